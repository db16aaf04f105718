public import Domain
public import Wire

/// A question to a provider that costs nothing and that only a good credential gets an answer to: which models there are.
public struct CredentialProbe: Sendable {
    public let endpoint: Endpoint
    public let request: UpstreamRequest

    /// Nil for providers that have none such on the host of their models.
    ///
    /// - Parameter endpoint: of one of the provider's routes.
    public init?(of provider: ProviderID, at endpoint: Endpoint, with credential: Credential) {
        guard let path = Self.path(of: provider, behind: endpoint.pathPrefix) else { return nil }
        var head = UpstreamHead(method: "GET", target: path, host: endpoint.authority)
        head.add("accept", "application/json")
        head.add("user-agent", "northern")
        if provider == AnthropicAdapter.facts.id { head.add("anthropic-version", "2023-06-01") }
        self.endpoint = endpoint
        request = UpstreamRequest(head: head.bytes(with: credential), body: .bytes([]))
    }

    private static func path(of provider: ProviderID, behind prefix: String) -> String? {
        switch provider {
        case OpenAIAdapter.facts.id, OpenAICompatibleAdapter.facts.id: prefix + "/models"
        case AnthropicAdapter.facts.id: (prefix.hasSuffix("/v1") ? String(prefix.dropLast(3)) : prefix) + "/v1/models"
        case AzureOpenAIAdapter.facts.id: prefix + "/openai/v1/models"
        case CohereAdapter.facts.id: prefix + "/v1/models"
        default: nil
        }
    }
}

extension CredentialProbe: Unprintable {}
