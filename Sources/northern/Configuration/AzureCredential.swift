import Providers

/// Where Azure OpenAI's credential comes from.
struct AzureCredential {
    enum Source: String, CaseIterable {
        case auto
        case key = "api_key"
        case entra
        case managedIdentity = "managed_identity"
    }

    private typealias Names = ProviderSetting
    private static let account = "azure"
    private let reader: SettingReader
    private let source: Source

    init(_ reader: SettingReader) throws {
        self.reader = reader
        source = try reader.choice(Names.azureCredentialSource)
    }

    func origin() throws -> CredentialOrigin {
        switch source {
        case .auto:
            if case .fixed = key { return key }
            return try entra(isChosen: isSetUp)
        case .key:
            guard case .fixed = key else {
                throw ConfigurationError.missingSource(Names.azureKey)
            }
            return key
        case .entra: return try entra(isChosen: true)
        case .managedIdentity: return try managedIdentity()
        }
    }

    private var key: CredentialOrigin {
        guard let key = reader.text(Names.azureKey) else { return .absent }
        return .fixed(.header(name: "api-key", value: key), from: "'\(Names.azureKey.key)'")
    }

    /// Whether our settings name an application.
    private var isSetUp: Bool {
        [Names.azureTenantID, Names.azureClientID, Names.azureClientSecret, Names.azureTokenFile]
            .contains { reader.text($0) != nil }
    }

    private func entra(isChosen: Bool) throws -> CredentialOrigin {
        let environment = reader.environment(with: [
            "AZURE_TENANT_ID": Names.azureTenantID, "AZURE_CLIENT_ID": Names.azureClientID,
            "AZURE_CLIENT_SECRET": Names.azureClientSecret, "AZURE_FEDERATED_TOKEN_FILE": Names.azureTokenFile,
            "AZURE_AUTHORITY_HOST": Names.azureTokenURL,
        ])
        let found = try CredentialOrigin.looking(in: Self.account, isChosen: isChosen) { () throws(CredentialError) in
            try EntraClient(environment: environment, scope: scope).map { .issued($0, account: Self.account) }
                ?? .absent
        }
        if case .absent = found, isChosen {
            throw ConfigurationError(
                "'\(Names.azureTenantID.key)', '\(Names.azureClientID.key)' and '\(Names.azureClientSecret.key)' go "
                    + "together: set all three.")
        }
        return found
    }

    private func managedIdentity() throws -> CredentialOrigin {
        let url = reader.text(Names.azureMetadataURL, orVariable: "AZURE_POD_IDENTITY_AUTHORITY_HOST")
        return try .looking(in: Self.account, isChosen: true) { () throws(CredentialError) in
            let identity = try AzureManagedIdentity(
                clientID: reader.text(Names.azureClientID, orVariable: "AZURE_CLIENT_ID"), resource: resource,
                url: url ?? AzureManagedIdentity.defaultURL)
            return .issued(identity, account: Self.account)
        }
    }

    private var scope: String { reader.text(Names.azureScope) ?? EntraClient.defaultScope }

    /// Machines' own service knows the resource that a scope belongs to.
    private var resource: String {
        let ending = "/.default"
        return scope.hasSuffix(ending) ? String(scope.dropLast(ending.count)) : scope
    }
}
