import Wire

extension AWSProfiles {
    /// Where a profile's keys come from.
    ///
    /// - Parameters:
    ///   - environment: for profiles whose `credential_source` is the environment.
    ///   - region: for AWS's token service, where neither environment nor profile names one.
    public func issuer(
        of profile: String, environment: AWSEnvironment, region: String
    ) throws(CredentialError) -> any CredentialIssuer {
        try issuer(of: profile, environment: environment, region: region, visited: [])
    }

    private func issuer(
        of profile: String, environment: AWSEnvironment, region: String, visited: [String]
    ) throws(CredentialError) -> any CredentialIssuer {
        guard contains(profile) else { throw .setting("The profile '\(profile)'", issuer: Self.name, "isn't there.") }
        // A profile that leads to itself brings its own keys.
        if visited.last == profile, let keys = try keys(of: profile) { return keys }
        guard !visited.contains(profile), visited.count < 8 else {
            throw .setting("'source_profile' of '\(profile)'", issuer: Self.name, "leads back to where it began.")
        }
        try refuseUnknownKinds(profile)
        guard let arn = self[profile, "role_arn"] else {
            if let keys = try keys(of: profile) { return keys }
            throw .setting(
                "The profile '\(profile)'", issuer: Self.name,
                "names no keys. Give it 'aws_access_key_id' and 'aws_secret_access_key', or a 'role_arn'.")
        }
        let role = try role(arn, of: profile)
        let region = environment.region ?? self[profile, "region"] ?? region
        if let file = self[profile, "web_identity_token_file"] {
            return try AWSWebIdentityIssuer(
                role, tokenFile: file, region: region, tokenURL: environment.tokenURL)
        }
        let base = try base(of: profile, environment: environment, region: region, visited: visited + [profile])
        return try AWSRoleIssuer(role, with: base, region: region, tokenURL: environment.tokenURL)
    }

    /// Whose keys ask for a profile's role.
    private func base(
        of profile: String, environment: AWSEnvironment, region: String, visited: [String]
    ) throws(CredentialError) -> any CredentialIssuer {
        if let next = self[profile, "source_profile"] {
            return try issuer(of: next, environment: environment, region: region, visited: visited)
        }
        if let name = self[profile, "credential_source"] { return try environment.issuer(named: name) }
        throw .setting(
            "The profile '\(profile)'", issuer: Self.name,
            "has a 'role_arn', but neither 'source_profile', 'credential_source' nor 'web_identity_token_file'.")
    }

    private func keys(of profile: String) throws(CredentialError) -> FixedCredential? {
        let names = (id: "aws_access_key_id", secret: "aws_secret_access_key", token: "aws_session_token")
        let keys = try AWSCredentials(issuer: Self.name, names: names) { self[profile, $0] }
        return keys.map { FixedCredential(.aws($0), name: "AWS profile '\(profile)'") }
    }

    private func role(_ arn: String, of profile: String) throws(CredentialError) -> AWSRole {
        var duration: Int?
        if let text = self[profile, "duration_seconds"] {
            guard let seconds = Int(text) else {
                throw .setting("'duration_seconds' of '\(profile)'", issuer: Self.name, "must be a whole number.")
            }
            duration = seconds
        }
        return try AWSRole(
            arn: arn, sessionName: self[profile, "role_session_name"], externalID: self[profile, "external_id"],
            duration: duration)
    }

    /// Whether a profile says who we are at all: many have nothing but a region.
    func isIdentity(_ profile: String) -> Bool {
        let names = ["aws_access_key_id", "aws_secret_access_key", "role_arn"] + Self.unknownKinds.map(\.name)
        return names.contains { self[profile, $0] != nil }
    }

    /// Kinds that need a person, a browser or a program of somebody else's, which a gateway has none of.
    private static let unknownKinds: [(name: String, what: String)] = [
        ("sso_session", "single sign-on"), ("sso_start_url", "single sign-on"),
        ("login_session", "a console login"), ("credential_process", "a program that prints keys"),
        ("mfa_serial", "a one-time password"),
    ]

    private func refuseUnknownKinds(_ profile: String) throws(CredentialError) {
        for (name, what) in Self.unknownKinds where self[profile, name] != nil {
            throw CredentialError(
                .unsupported, issuer: Self.name,
                "The profile '\(profile)' asks for \(what) ('\(name)'), which a gateway can't use. Give it keys, or a "
                    + "role of the machine it runs on.")
        }
    }
}
