/// What LiteLLM's entries say of the account that a provider is asked with, and which settings that is.
///
/// A provider has one account here, so entries with another one are left out: the key of one would else go to the other.
struct LiteLLMAccount {
    /// Secrets: they are taken from variables, and never copied.
    let secrets: [(member: String, setting: Setting)]
    let settings: [(member: String, setting: Setting)]
    /// The variable that LiteLLM looks for by itself where an entry has no `api_key`.
    let usualVariable: String?

    init(
        secrets: [(member: String, setting: Setting)] = [], settings: [(member: String, setting: Setting)] = [],
        usualVariable: String? = nil
    ) {
        self.secrets = secrets
        self.settings = settings
        self.usualVariable = usualVariable
    }

    /// By provider.
    static let all: [String: LiteLLMAccount] = {
        typealias Names = ProviderSetting
        let vertex = LiteLLMAccount(settings: [("vertex_project", Names.vertexProject)])
        return [
            "openai": LiteLLMAccount(secrets: [("api_key", Names.openaiKey)], usualVariable: "OPENAI_API_KEY"),
            "anthropic": LiteLLMAccount(
                secrets: [("api_key", Names.anthropicKey)], usualVariable: "ANTHROPIC_API_KEY"),
            "cohere": LiteLLMAccount(secrets: [("api_key", Names.cohereKey)], usualVariable: "COHERE_API_KEY"),
            "compatible": LiteLLMAccount(secrets: [("api_key", Names.compatibleKey)]),
            "azure": LiteLLMAccount(
                secrets: [("api_key", Names.azureKey), ("client_secret", Names.azureClientSecret)],
                settings: [
                    ("api_version", Names.azureVersion), ("tenant_id", Names.azureTenantID),
                    ("client_id", Names.azureClientID),
                ], usualVariable: "AZURE_API_KEY"),
            "bedrock": LiteLLMAccount(
                secrets: [
                    ("aws_access_key_id", Names.bedrockAccessKeyID),
                    ("aws_secret_access_key", Names.bedrockSecretAccessKey),
                    ("aws_session_token", Names.bedrockSessionToken),
                ],
                settings: [
                    ("aws_role_name", Names.bedrockRoleARN), ("aws_session_name", Names.bedrockRoleSessionName),
                    ("aws_profile_name", Names.bedrockProfile),
                ]),
            "vertex": vertex, "vertex_anthropic": vertex,
        ]
    }()
}
