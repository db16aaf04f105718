public import Domain
import Wire

/// OpenAI's own API.
public struct OpenAIAdapter: OpenAIWireAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "openai"), displayName: "OpenAI", litellmPrefix: "openai", telemetryName: "openai",
        defaultBaseURL: { _ in "https://api.openai.com/v1" }, witness: ReplyWitness(models: .openAI))

    public let upstream: OpenAIUpstream

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        let provider = Self.facts.displayName
        let model = OpenAIModel(name: route.upstreamModel)
        var dialect = OpenAIDialect(model: route.upstreamModel, tokenLimit: model.tokenLimit)
        dialect.leastEffort = model.leastEffort
        dialect.takesSampling = route.capabilities.supportsSamplingParameters
        upstream = OpenAIUpstream(
            chat: OpenAIWireCore(route: route, path: "/chat/completions", provider: provider),
            responses: OpenAIWireCore(route: route, path: "/responses", provider: provider),
            embeddings: OpenAIWireCore(route: route, path: "/embeddings", provider: provider),
            model: route.upstreamModel, encoder: OpenAIChatEncoder(dialect),
            style: ChatCompletionStyle(provider: provider))
    }
}
