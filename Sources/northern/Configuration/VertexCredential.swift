import Providers

/// Where Vertex AI's credential comes from.
struct VertexCredential {
    enum Source: String, CaseIterable {
        case auto
        case accessToken = "access_token"
        case credentialsFile = "credentials_file"
        case metadata
    }

    private typealias Names = ProviderSetting
    private static let account = "vertex"
    private let reader: SettingReader
    private let source: Source

    init(_ reader: SettingReader) throws {
        self.reader = reader
        source = try reader.choice(Names.vertexCredentialSource)
    }

    /// - Returns: the project that the credential itself names, too.
    func origin() throws -> (origin: CredentialOrigin, project: String?) {
        switch source {
        case .metadata: return (try metadata(), nil)
        case .accessToken:
            guard let token = accessToken else { throw ConfigurationError.missingSource(Names.vertexAccessToken) }
            return (token, nil)
        case .credentialsFile:
            guard let file else { throw ConfigurationError.missingSource(Names.vertexCredentialsFile) }
            return try serviceAccount(file)
        case .auto:
            if let token = accessToken { return (token, nil) }
            return try file.map { try serviceAccount($0) } ?? (.absent, nil)
        }
    }

    private var accessToken: CredentialOrigin? {
        reader.text(Names.vertexAccessToken).map { .fixed(.bearer($0), from: "'\(Names.vertexAccessToken.key)'") }
    }

    private var file: String? {
        reader.text(Names.vertexCredentialsFile, orVariable: "GOOGLE_APPLICATION_CREDENTIALS")
    }

    private func serviceAccount(_ file: String) throws -> (origin: CredentialOrigin, project: String?) {
        var project: String?
        let isChosen = source != .auto || reader.text(Names.vertexCredentialsFile) != nil
        let origin = try CredentialOrigin.looking(in: Self.account, isChosen: isChosen) { () throws(CredentialError) in
            guard let bytes = reader.content(of: file, most: 1 << 20) else {
                throw CredentialError(
                    .configuration, issuer: "Google credentials file",
                    "'\(file)' can't be read. Check its path and rights.")
            }
            let account = try GoogleCredentialsFile.issuer(json: bytes, tokenURI: reader.text(Names.vertexTokenURL))
            project = account.projectID
            return .issued(account, account: Self.account)
        }
        return (origin, project)
    }

    private func metadata() throws -> CredentialOrigin {
        let host = reader.text(Names.vertexMetadataHost, orVariable: "GCE_METADATA_HOST")
        guard let server = host.map({ GoogleMetadataServer(host: $0) }) ?? GoogleMetadataServer() else {
            throw ConfigurationError(
                "'\(Names.vertexMetadataHost.key)' must be a host's name, and its port if need be.")
        }
        return .issued(server, account: Self.account)
    }
}
