public import Wire

/// The environment variables that AWS's own tools read to find keys.
public struct AWSEnvironment: Sendable {
    private let values: [String: String]

    static let name = "AWS environment"

    public init(_ values: [String: String]) { self.values = values }

    private subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The first of these that is set up: keys, a web identity, a profile, a container's service, and the machine's.
    ///
    /// - Parameters:
    ///   - profiles: of the shared files; nil where there are none.
    ///   - region: for AWS's token service.
    public func issuer(profiles: AWSProfiles?, region: String) throws(CredentialError) -> any CredentialIssuer {
        if let keys = try keys() { return keys }
        if let identity = try webIdentity(region: region) { return identity }
        let profile = self["AWS_PROFILE"]
        if let profiles, profile != nil || profiles.contains("default") {
            return try profiles.issuer(of: profile ?? "default", environment: self, region: region)
        }
        if let profile {
            throw .setting("'AWS_PROFILE'", issuer: Self.name, "names '\(profile)', but there are no shared files.")
        }
        if let container = try container() { return container }
        return try instance()
    }

    /// The source that a profile's `credential_source` names.
    func issuer(named name: String) throws(CredentialError) -> any CredentialIssuer {
        switch name {
        case "Environment":
            if let keys = try keys() { return keys }
            throw .setting("'AWS_ACCESS_KEY_ID'", issuer: Self.name, "is missing, which a profile wants.")
        case "EcsContainer":
            if let container = try container() { return container }
            throw .setting(
                "'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'", issuer: Self.name, "is missing, which a profile wants.")
        case "Ec2InstanceMetadata": return try instance()
        default:
            throw .setting(
                "'credential_source'", issuer: AWSProfiles.name,
                "must be Environment, Ec2InstanceMetadata or EcsContainer.")
        }
    }

    // MARK: Each of them

    private func keys() throws(CredentialError) -> FixedCredential? {
        let names = (id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY", token: "AWS_SESSION_TOKEN")
        let keys = try AWSCredentials(issuer: Self.name, names: names) { self[$0] }
        return keys.map { FixedCredential(.aws($0), name: Self.name) }
    }

    private func webIdentity(region: String) throws(CredentialError) -> AWSWebIdentityIssuer? {
        guard let file = self["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let arn = self["AWS_ROLE_ARN"] else {
            throw .setting("'AWS_ROLE_ARN'", issuer: Self.name, "is missing beside 'AWS_WEB_IDENTITY_TOKEN_FILE'.")
        }
        let role = try AWSRole(arn: arn, sessionName: self["AWS_ROLE_SESSION_NAME"])
        return try AWSWebIdentityIssuer(role, tokenFile: file, region: region)
    }

    private func container() throws(CredentialError) -> AWSContainerIssuer? {
        let authorization: AWSContainerIssuer.Authorization =
            if let file = self["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
                .file(file)
            } else if let token = self["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
                .token(token)
            } else {
                .none
            }
        if let path = self["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return try AWSContainerIssuer(relativeURI: path, authorization: authorization)
        }
        guard let url = self["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        return try AWSContainerIssuer(fullURI: url, authorization: authorization)
    }

    private func instance() throws(CredentialError) -> AWSInstanceIssuer {
        guard self["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else {
            throw CredentialError(
                .configuration, issuer: Self.name,
                "There are no keys, no web identity, no profile and no container, and the machine isn't to be asked. Set "
                    + "'AWS_ACCESS_KEY_ID' and 'AWS_SECRET_ACCESS_KEY', or unset 'AWS_EC2_METADATA_DISABLED'.")
        }
        if let url = self["AWS_EC2_METADATA_SERVICE_ENDPOINT"] { return try AWSInstanceIssuer(url: url) }
        let isIPv6 = self["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        return isIPv6 ? try AWSInstanceIssuer(url: "http://[fd00:ec2::254]") : AWSInstanceIssuer()
    }
}

extension AWSEnvironment: Unprintable {}
