import Providers

/// Where Bedrock's credential comes from, in the order that AWS's own tools have. Our settings go before the environment.
struct BedrockCredential {
    enum Source: String, CaseIterable {
        case auto
        case bearer = "bearer_key"
        case keys
        case webIdentity = "web_identity"
        case profile, container, instance
    }

    private typealias Names = ProviderSetting
    private static let account = "bedrock"
    private let reader: SettingReader
    private let source: Source
    private let environment: AWSEnvironment
    private let values: [String: String]

    init(_ reader: SettingReader) throws {
        self.reader = reader
        source = try reader.choice(Names.bedrockCredentialSource)
        values = Self.values(reader)
        environment = AWSEnvironment(values)
    }

    func origin() throws -> CredentialOrigin {
        try checkPairs()
        if let bearer { return .fixed(.bearer(bearer), from: "the Bedrock API key ('bedrock.bearer_key')") }
        return try .looking(in: Self.account, isChosen: isChosen) { () throws(CredentialError) in
            guard let base = try base() else { return .absent }
            guard let arn = reader.text(Names.bedrockRoleARN) else {
                return CredentialOrigin(base, account: Self.account)
            }
            return .issued(try assumed(arn, with: base), account: Self.account)
        }
    }

    // MARK: Settings

    private static func values(_ reader: SettingReader) -> [String: String] {
        var values = reader.environment(with: [
            "AWS_ACCESS_KEY_ID": Names.bedrockAccessKeyID, "AWS_SECRET_ACCESS_KEY": Names.bedrockSecretAccessKey,
            "AWS_PROFILE": Names.bedrockProfile, "AWS_REGION": Names.bedrockTokenRegion,
            "AWS_ROLE_SESSION_NAME": Names.bedrockRoleSessionName, "AWS_ENDPOINT_URL_STS": Names.bedrockTokenURL,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": Names.bedrockMetadataURL,
        ])
        // A session belongs to its keys: that of the environment has nothing to do with the keys of our settings.
        let isOurs = reader.text(Names.bedrockAccessKeyID) != nil
        let token = reader.text(Names.bedrockSessionToken)
        if isOurs || token != nil { values["AWS_SESSION_TOKEN"] = token }
        return values
    }

    private func value(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func isSet(_ settings: Setting...) -> Bool { settings.contains { reader.text($0) != nil } }

    private var isChosen: Bool {
        source != .auto || isSet(Names.bedrockAccessKeyID, Names.bedrockSecretAccessKey, Names.bedrockProfile)
            || isSet(Names.bedrockRoleARN)
    }

    private func checkPairs() throws {
        if isSet(Names.bedrockAccessKeyID, Names.bedrockSecretAccessKey),
            value("AWS_ACCESS_KEY_ID") == nil || value("AWS_SECRET_ACCESS_KEY") == nil
        {
            throw ConfigurationError(
                "'\(Names.bedrockAccessKeyID.key)' and '\(Names.bedrockSecretAccessKey.key)' go together: set both.")
        }
        if isSet(Names.bedrockRoleARN), source == .bearer || isSet(Names.bedrockBearerKey) {
            throw ConfigurationError(
                "'\(Names.bedrockRoleARN.key)' needs keys that it can be assumed with, not a bearer key. Set one of both."
            )
        }
        if source == .bearer, bearer == nil {
            throw ConfigurationError.missingSource(Names.bedrockBearerKey)
        }
    }

    /// The environment's goes behind keys and profiles that our settings name.
    private var bearer: String? {
        guard source == .auto || source == .bearer else { return nil }
        let isElsewhere = isChosen && source == .auto
        return isElsewhere
            ? reader.text(Names.bedrockBearerKey)
            : reader.text(Names.bedrockBearerKey, orVariable: "AWS_BEARER_TOKEN_BEDROCK")
    }

    // MARK: Issuers

    private static let region = "ca-central-1"

    private func base() throws(CredentialError) -> (any CredentialIssuer)? {
        if let source = AWSEnvironment.Source(rawValue: effectiveSource.rawValue) {
            return try environment.issuer(from: source, profiles: try profiles(), region: Self.region)
        }
        return try environment.issuer(profiles: try profiles(), region: Self.region)
    }

    /// A profile that our settings name goes before keys of the environment.
    private var effectiveSource: Source {
        guard source == .auto, !isSet(Names.bedrockAccessKeyID), isSet(Names.bedrockProfile) else { return source }
        return .profile
    }

    private func assumed(
        _ arn: String, with base: any CredentialIssuer
    ) throws(CredentialError) -> any CredentialIssuer {
        let role = try AWSRole(
            arn: arn, sessionName: reader.text(Names.bedrockRoleSessionName),
            externalID: reader.text(Names.bedrockRoleExternalID))
        return try AWSRoleIssuer(
            role, with: base, region: environment.region ?? Self.region, tokenURL: environment.tokenURL)
    }

    /// The shared files, where AWS's tools look for them. Nil where there are none.
    private func profiles() throws(CredentialError) -> AWSProfiles? {
        let config = content("AWS_CONFIG_FILE", "config")
        let credentials = content("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        guard config != nil || credentials != nil else { return nil }
        return try AWSProfiles(config: config, credentials: credentials)
    }

    private func content(_ variable: String, _ name: String) -> [UInt8]? {
        let usual = value("HOME").map { "\($0)/.aws/\(name)" }
        guard let path = value(variable) ?? usual else { return nil }
        return reader.content(of: path, most: (1 << 20) + 1)
    }
}
