public import Domain
import Wire

/// Any host that speaks OpenAI's chat wire: vLLM, Ollama, llama.cpp and others.
///
/// They differ, so there are settings for it, all of which may be left out:
/// - `token_limit`: the member that limits a reply, `max_tokens` or `max_completion_tokens`.
/// - `system_messages`: `first`, where the model's template takes one only at the beginning and no neighbors of one role;
///   or `anywhere`.
/// - `reasoning`: `think_tags`, where the server leaves the thinking in the answer; else it has a member of its own.
/// - `reasoning_history`: the member in which the model wants its earlier thinking back, such as `reasoning_content`.
/// - `cloud_models`: `allowed`, where the server may hand a request on.
public struct OpenAICompatibleAdapter: OpenAIWireAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "compatible"), displayName: "OpenAI-compatible", litellmPrefix: "openai",
        telemetryName: "openai", defaultBaseURL: { _ in nil },
        residency: CompatibleResidency.finding, witness: ReplyWitness(models: .compatible))

    public let toleratesMissingEnd = true
    public let upstream: OpenAIUpstream

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        try Self.refuseForwarding(route.upstreamModel, settings)
        let provider = Self.facts.displayName
        var style = ChatCompletionStyle(provider: provider, toleratesMissingEnd: true)
        style.splitsThinkTags = try Self.choice("reasoning", ["member", "think_tags"], settings) == "think_tags"
        upstream = OpenAIUpstream(
            chat: OpenAIWireCore(route: route, path: "/chat/completions", provider: provider), responses: nil,
            embeddings: OpenAIWireCore(route: route, path: "/embeddings", provider: provider),
            model: route.upstreamModel, encoder: OpenAIChatEncoder(try Self.dialect(route, settings)), style: style)
    }

    private static func dialect(
        _ route: Route, _ settings: ProviderSettings
    ) throws(AdapterSettingError) -> OpenAIDialect {
        let limit = try choice("token_limit", ["max_tokens", "max_completion_tokens"], settings)
        var dialect = OpenAIDialect(
            model: route.upstreamModel, tokenLimit: limit == "max_tokens" ? .maxTokens : .maxCompletionTokens)
        dialect.isOpenAI = false
        dialect.takesTopK = true
        dialect.takesSampling = route.capabilities.supportsSamplingParameters
        let systemMessages = try choice("system_messages", ["first", "anywhere"], settings)
        dialect.systemMessages = systemMessages == "first" ? .first : .anywhere
        if let member = settings["reasoning_history"], !member.isEmpty { dialect.thinking = .text(member: member) }
        return dialect
    }

    /// The value of a setting that has few; the first where it is left out.
    private static func choice(
        _ name: String, _ values: [String], _ settings: ProviderSettings
    ) throws(AdapterSettingError) -> String {
        guard let value = settings[name], !value.isEmpty else { return values[0] }
        guard values.contains(value) else {
            throw AdapterSettingError(setting: name, "It must be \(values.joined(separator: " or ")), or be left out.")
        }
        return value
    }

    /// Ollama hands requests for such models on to a service elsewhere, which no route that promises a place may do.
    private static func refuseForwarding(_ model: String, _ settings: ProviderSettings) throws(AdapterSettingError) {
        guard CompatibleResidency.isOllamaCloud(model), settings["cloud_models"] != "allowed" else { return }
        throw AdapterSettingError(
            setting: "model",
            "The server hands requests for '\(model)' on to another service. Choose a model that it runs itself, or set "
                + "'cloud_models' to 'allowed'.")
    }
}
