import Domain
import Providers

/// A provider that credentials are stored for.
enum CredentialAccount: String, CaseIterable {
    case bedrock, vertex, openai, azure, anthropic, cohere, compatible

    init?(_ provider: ProviderID) { self.init(rawValue: provider.rawValue) }

    /// The credentials of the catalogue that are of this account: some are asked on two wires.
    var credentialNames: [String] {
        switch self {
        case .bedrock: [rawValue, BedrockAnthropicAdapter.facts.id.rawValue]
        case .vertex: [rawValue, VertexAnthropicAdapter.facts.id.rawValue]
        case .openai, .azure, .anthropic, .cohere, .compatible: [rawValue]
        }
    }

    var kinds: [ProviderCredential.Kind] {
        switch self {
        case .bedrock: [.awsKeys, .apiKey]
        case .vertex: [.googleServiceAccount, .bearer]
        case .azure: [.apiKey, .entraClient, .bearer]
        case .anthropic: [.apiKey]
        case .openai, .cohere, .compatible: [.apiKey, .bearer]
        }
    }
}

extension StoredCredentialConfiguration {
    /// What a stored secret is to a provider.
    ///
    /// - Parameter id: what names it where it has to be fetched.
    /// - Throws: ``CredentialUnusable``.
    func origin(
        of secret: CredentialSecret, _ kind: ProviderCredential.Kind, for provider: ProviderID, named id: String
    ) throws -> CredentialOrigin {
        guard let account = CredentialAccount(provider) else {
            throw CredentialUnusable("There is no provider named so. \(CredentialAccount.list)")
        }
        guard account.kinds.contains(kind) else {
            let kinds = account.kinds.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw CredentialUnusable("A credential for '\(account.rawValue)' is of the kind \(kinds).")
        }
        do {
            switch kind {
            case .apiKey: return .fixed(account.credential(key: secret["api_key"] ?? ""), from: id)
            case .bearer: return .fixed(.bearer(secret["token"] ?? ""), from: id)
            case .awsKeys: return CredentialOrigin(try awsIssuer(secret, named: id), account: id)
            case .googleServiceAccount:
                let json = Array((secret["json"] ?? "").utf8)
                return .issued(
                    try GoogleCredentialsFile.issuer(json: json, tokenURI: googleTokenURL), account: id)
            case .entraClient:
                return .issued(
                    try EntraClient(
                        tenant: secret["tenant_id"] ?? "", clientID: secret["client_id"] ?? "",
                        proof: .secret(secret["client_secret"] ?? ""), scope: entraScope, authority: entraURL),
                    account: id)
            }
        } catch let error as CredentialError {
            throw CredentialUnusable(error.description)
        }
    }

    private func awsIssuer(_ secret: CredentialSecret, named id: String) throws -> any CredentialIssuer {
        let keys = FixedCredential(
            .aws(
                AWSCredentials(
                    accessKeyID: secret["access_key_id"] ?? "", secretAccessKey: secret["secret_access_key"] ?? "",
                    sessionToken: secret["session_token"])), name: id)
        guard let arn = secret["role_arn"] else { return keys }
        let role = try AWSRole(arn: arn, externalID: secret["external_id"])
        return try AWSRoleIssuer(role, with: keys, region: awsRegion, tokenURL: awsTokenURL)
    }
}

extension CredentialAccount {
    static var list: String { "Credentials are for \(allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))." }

    fileprivate func credential(key: String) -> Credential {
        switch self {
        case .azure: .header(name: "api-key", value: key)
        case .anthropic: .header(name: "x-api-key", value: key)
        case .bedrock, .vertex, .openai, .cohere, .compatible: .bearer(key)
        }
    }
}
