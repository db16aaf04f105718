import Domain
import Pipeline
import Providers
import Wire

/// Every kind of upstream, with a model that takes as much as any of its kind.
enum FieldUpstream: String, CaseIterable, Sendable {
    case openai, azure, compatible, anthropic
    case vertexAnthropic = "vertex_anthropic"
    case bedrockAnthropic = "bedrock_anthropic"
    case bedrock, vertex, cohere

    var route: Route.ID { "fields/\(rawValue)" }

    var model: String {
        switch self {
        case .openai: "gpt-4.1"
        case .azure: "our-gpt-4.1"
        case .compatible: "meta-llama/Llama-3.3-70B-Instruct"
        case .anthropic: "claude-sonnet-4-6"
        case .vertexAnthropic: "claude-sonnet-4-6"
        case .bedrockAnthropic, .bedrock: "global.anthropic.claude-sonnet-4-6"
        case .vertex: "gemini-2.5-pro"
        case .cohere: "command-a-reasoning-08-2025"
        }
    }

    /// The surfaces whose requests pass.
    var passes: Set<ChatWire> {
        switch self {
        case .openai, .azure: [.openAIChat, .openAIResponses, .openAIEmbeddings]
        case .compatible: [.openAIChat, .openAIEmbeddings]
        case .anthropic, .vertexAnthropic: [.anthropicMessages, .anthropicTokenCount]
        case .bedrockAnthropic: [.anthropicMessages]
        case .bedrock, .vertex, .cohere: []
        }
    }

    /// Whether its provider counts tokens ahead.
    var countsTokens: Bool {
        switch self {
        case .anthropic, .vertexAnthropic, .bedrockAnthropic, .bedrock, .vertex: true
        case .openai, .azure, .compatible, .cohere: false
        }
    }

    private var adapter: any ProviderAdapter.Type {
        switch self {
        case .openai: OpenAIAdapter.self
        case .azure: AzureOpenAIAdapter.self
        case .compatible: OpenAICompatibleAdapter.self
        case .anthropic: AnthropicAdapter.self
        case .vertexAnthropic: VertexAnthropicAdapter.self
        case .bedrockAnthropic: BedrockAnthropicAdapter.self
        case .bedrock: BedrockAdapter.self
        case .vertex: VertexAdapter.self
        case .cohere: CohereAdapter.self
        }
    }

    private var credential: Credential {
        switch self {
        case .azure: .header(name: "api-key", value: "sim")
        case .anthropic: .header(name: "x-api-key", value: "sim")
        case .bedrockAnthropic, .bedrock: .aws(AWSCredentials(accessKeyID: "AKIDSIM", secretAccessKey: "sim"))
        case .openai, .compatible, .vertexAnthropic, .vertex, .cohere: .bearer("sim")
        }
    }

    fileprivate static func bindings(at port: Int) throws -> [RouteBinding] {
        try allCases.map { try $0.binding(at: port) }
    }

    private func binding(at port: Int) throws -> RouteBinding {
        let here = JurisdictionSet([.canada])
        let prefix = self == .openai || self == .compatible ? "/v1" : ""
        let route = Route(
            id: route, name: "All fields to \(rawValue)", provider: adapter.facts.id, upstreamModel: model,
            endpoint: Endpoint(isTLS: false, host: "127.0.0.1", port: port, pathPrefix: prefix),
            tier: .managedCanadianCloud,
            residency: Residency(
                region: "ca-central-1", jurisdiction: .canada, processing: here, storage: here, exposure: here),
            prices: .test, capabilities: .test, lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform, onward: .allowed)
        return try RouteBinding(
            route: route, adapter: adapter, settings: ProviderSettings(["project": "a-project"]),
            credential: CredentialSlot(credential), gateway: .canada)
    }
}

/// Gives a test a gateway that has a route of every kind of upstream.
///
/// - Parameter port: where all of them are; nil for the gateway's simulator.
func withEveryUpstream(at port: Int? = nil, _ body: (TestGateway) async throws -> Void) async throws {
    let bindings: @Sendable (Int) throws -> [RouteBinding] = { simulator in
        try FieldUpstream.bindings(at: port ?? simulator)
    }
    try await withGateway {
        $0.bindings = bindings
    } _: { gateway in
        try await body(gateway)
    }
}
