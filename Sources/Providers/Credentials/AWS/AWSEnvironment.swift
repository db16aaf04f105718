public import Wire

/// The environment variables that AWS's own tools read to find keys.
public struct AWSEnvironment: Sendable {
    private let values: [String: String]

    static let name = "AWS environment"

    public init(_ values: [String: String]) { self.values = values }

    private subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// For AWS's token service.
    public var region: String? { self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] }
    /// Where that service is, if it isn't AWS's own.
    public var tokenURL: String? { self["AWS_ENDPOINT_URL_STS"] }

    /// The places that keys can come from.
    public enum Source: String, Sendable {
        case keys
        case webIdentity = "web_identity"
        case profile, container, instance
    }

    /// The first of these that is set up: keys, a web identity, a profile, a container's service. Nil where none is.
    ///
    /// The machine's own service isn't among them: on a machine that is none of AWS's, nobody answers at its address.
    ///
    /// - Parameters:
    ///   - profiles: of the shared files; nil where there are none.
    ///   - region: for AWS's token service, where nothing else names one.
    public func issuer(profiles: AWSProfiles?, region: String) throws(CredentialError) -> (any CredentialIssuer)? {
        if let keys = try keys() { return keys }
        if let identity = try webIdentity(region: region) { return identity }
        if self["AWS_PROFILE"] != nil || profiles?.isIdentity("default") == true {
            return try profile(of: profiles, region: region)
        }
        return try container()
    }

    /// One of them and no other, the machine's own service included.
    public func issuer(
        from source: Source, profiles: AWSProfiles?, region: String
    ) throws(CredentialError) -> any CredentialIssuer {
        switch source {
        case .keys:
            if let keys = try keys() { return keys }
            throw .setting("'AWS_ACCESS_KEY_ID'", issuer: Self.name, "is missing.")
        case .webIdentity:
            if let identity = try webIdentity(region: region) { return identity }
            throw .setting("'AWS_WEB_IDENTITY_TOKEN_FILE'", issuer: Self.name, "is missing.")
        case .profile: return try profile(of: profiles, region: region)
        case .container:
            if let container = try container() { return container }
            throw .setting("'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'", issuer: Self.name, "is missing.")
        case .instance: return try instance()
        }
    }

    /// The source that a profile's `credential_source` names.
    func issuer(named name: String) throws(CredentialError) -> any CredentialIssuer {
        let sources: [String: Source] = [
            "Environment": .keys, "EcsContainer": .container, "Ec2InstanceMetadata": .instance,
        ]
        guard let source = sources[name] else {
            throw .setting(
                "'credential_source'", issuer: AWSProfiles.name,
                "must be Environment, Ec2InstanceMetadata or EcsContainer.")
        }
        return try issuer(from: source, profiles: nil, region: "")
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
        return try AWSWebIdentityIssuer(
            role, tokenFile: file, region: self.region ?? region, tokenURL: tokenURL)
    }

    private func profile(of profiles: AWSProfiles?, region: String) throws(CredentialError) -> any CredentialIssuer {
        let name = self["AWS_PROFILE"] ?? "default"
        guard let profiles else {
            throw .setting("'AWS_PROFILE'", issuer: Self.name, "is '\(name)', but there are no shared files.")
        }
        return try profiles.issuer(of: name, environment: self, region: region)
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
                "The machine's own service is to be asked, and 'AWS_EC2_METADATA_DISABLED' forbids it. Unset one of both."
            )
        }
        if let url = self["AWS_EC2_METADATA_SERVICE_ENDPOINT"] { return try AWSInstanceIssuer(url: url) }
        let isIPv6 = self["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        return isIPv6 ? try AWSInstanceIssuer(url: "http://[fd00:ec2::254]") : AWSInstanceIssuer()
    }
}

extension AWSEnvironment: Unprintable {}
