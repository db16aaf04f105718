public import Domain

/// OpenAI's own API.
public struct OpenAIAdapter: OpenAIWireAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "openai"), displayName: "OpenAI", litellmPrefix: "openai", telemetryName: "openai",
        defaultBaseURL: { _ in "https://api.openai.com/v1" })

    public let toleratesMissingDone = false
    public let core: OpenAIWireCore

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        core = OpenAIWireCore(route: route, path: "/chat/completions", provider: Self.facts.displayName)
    }
}

/// Azure OpenAI, through its `v1` paths, where the body's `model` is the name of the deployment.
public struct AzureOpenAIAdapter: OpenAIWireAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "azure"), displayName: "Azure", litellmPrefix: "azure",
        telemetryName: "azure.ai.openai",
        // The host is named after the customer's resource, so there is none to assume.
        defaultBaseURL: { _ in nil })

    public let toleratesMissingDone = false
    public let core: OpenAIWireCore

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        core = OpenAIWireCore(route: route, path: "/openai/v1/chat/completions", provider: Self.facts.displayName)
    }
}

/// Any host that speaks OpenAI's chat wire: vLLM, Ollama, llama.cpp and others.
public struct OpenAICompatibleAdapter: OpenAIWireAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "compatible"), displayName: "OpenAI-compatible", litellmPrefix: "openai",
        telemetryName: "openai", defaultBaseURL: { _ in nil })

    public let toleratesMissingDone = true
    public let core: OpenAIWireCore

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        core = OpenAIWireCore(route: route, path: "/chat/completions", provider: Self.facts.displayName)
    }
}
