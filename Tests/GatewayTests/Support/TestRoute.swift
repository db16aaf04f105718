import Domain
import Pipeline
import Providers
import Routing
import Testing

/// The kinds of upstream: those that a chat request is translated for, and those of the chat wire itself.
enum Family: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case bedrock, vertex, anthropic, azure, openai, compatible, cohere
    case bedrockAnthropic = "bedrock_anthropic"
    case vertexAnthropic = "vertex_anthropic"

    static let translated: [Family] = [
        .bedrock, .bedrockAnthropic, .vertex, .vertexAnthropic, .anthropic, .cohere,
    ]
    static let passedOn: [Family] = [.azure, .openai, .compatible]

    var testDescription: String { rawValue }

    /// The id of the family's usual route.
    var route: Route.ID {
        switch self {
        case .bedrock: "bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global"
        case .vertex: "vertex_ai/gemini-2.5-pro-ca"
        case .anthropic: "anthropic/claude-haiku-4-5-us"
        case .azure: "azure/gpt-4.1-ca"
        case .openai: "openai/gpt-4.1-us"
        case .compatible: "local/llama-3.3-70b-ca"
        case .cohere: "cohere/command-a-reasoning-us"
        case .bedrockAnthropic: "bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0-global"
        case .vertexAnthropic: "vertex_ai/claude-haiku-4-5@20251001-us"
        }
    }

    var upstreamModel: String {
        switch self {
        case .bedrock: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
        case .vertex: "gemini-2.5-pro"
        case .anthropic: "claude-haiku-4-5-20251001"
        case .azure: "our-gpt-4.1"
        case .openai: "gpt-4.1-2025-04-14"
        case .compatible: "meta-llama/Llama-3.3-70B-Instruct"
        case .cohere: "command-a-reasoning-08-2025"
        case .bedrockAnthropic: "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
        case .vertexAnthropic: "claude-haiku-4-5@20251001"
        }
    }

    fileprivate var adapter: any ProviderAdapter.Type {
        switch self {
        case .bedrock: BedrockAdapter.self
        case .vertex: VertexAdapter.self
        case .anthropic: AnthropicAdapter.self
        case .azure: AzureOpenAIAdapter.self
        case .openai: OpenAIAdapter.self
        case .compatible: OpenAICompatibleAdapter.self
        case .cohere: CohereAdapter.self
        case .bedrockAnthropic: BedrockAnthropicAdapter.self
        case .vertexAnthropic: VertexAnthropicAdapter.self
        }
    }

    /// Whether replies say which model has answered.
    var namesItsModel: Bool { self != .bedrock && self != .cohere }

    var credential: Credential {
        switch self {
        case .bedrock, .bedrockAnthropic: .aws(AWSCredentials(accessKeyID: "AKIDSIM", secretAccessKey: "sim"))
        case .azure: .header(name: "api-key", value: "sim")
        case .anthropic: .header(name: "x-api-key", value: "sim")
        case .vertex, .vertexAnthropic, .openai, .compatible, .cohere: .bearer("sim")
        }
    }

    fileprivate var pathPrefix: String { self == .openai || self == .compatible ? "/v1" : "" }

    var tier: Tier {
        switch self {
        case .bedrock, .bedrockAnthropic, .vertex, .azure: .managedCanadianCloud
        case .openai, .anthropic, .cohere, .vertexAnthropic: .providerAPI
        case .compatible: .customerPremises
        }
    }

    fileprivate var residency: Residency {
        let canada = JurisdictionSet([.canada])
        let both = JurisdictionSet([.canada, .unitedStates])
        let states = JurisdictionSet([.unitedStates])
        return switch self {
        case .bedrock, .bedrockAnthropic:
            Residency(
                region: "ca-central-1", jurisdiction: .canada, processing: .anywhere, storage: canada, exposure: both)
        case .vertex:
            Residency(
                region: "northamerica-northeast1", jurisdiction: .canada, processing: canada, storage: canada,
                exposure: both)
        case .azure:
            Residency(
                region: "canadaeast", jurisdiction: .canada, processing: canada, storage: canada, exposure: both)
        case .vertexAnthropic:
            Residency(
                region: "us-east5", jurisdiction: .unitedStates, processing: states, storage: states, exposure: states)
        case .openai, .anthropic, .cohere:
            Residency(
                region: "us", jurisdiction: .unitedStates, processing: states, storage: states, exposure: states)
        case .compatible:
            Residency(
                region: "montreal-1", jurisdiction: .canada, processing: canada, storage: canada, exposure: canada)
        }
    }
}

/// A route of the tests, from which each event loop makes its own binding.
struct TestRoute: Sendable {
    let id: Route.ID
    let family: Family
    let port: Int
    var credential: Credential?
    var lifecycle = Lifecycle()
    var fallbacks: [Route.ID] = []
    var egress = EgressRule()
    /// Nil: as is usual for the family's tier.
    var onward: OnwardRule?
    /// The names under which the model may answer, where the family's own rule isn't to say it.
    var answersAs: [String] = []
    /// The name of the endpoint's host, for a resolver that knows it.
    var host = "127.0.0.1"
    var isTLS = false
    /// Of more endpoints that serve the same.
    var otherPorts: [Int] = []
    /// Most tests let their upstream fail as often as they like.
    var breaker = CircuitBreaker.Settings(failures: 0)

    init(
        _ id: Route.ID, _ family: Family, port: Int, lifecycle: Lifecycle = Lifecycle(), fallbacks: [Route.ID] = []
    ) {
        self.id = id
        self.family = family
        self.port = port
        self.lifecycle = lifecycle
        self.fallbacks = fallbacks
        credential = family.credential
    }

    /// And the slot of its credential, whose name is the route's id.
    func binding() throws -> (binding: RouteBinding, slot: CredentialSlot) {
        let endpoint = Endpoint(isTLS: isTLS, host: host, port: port, pathPrefix: family.pathPrefix)
        let route = Route(
            id: id, name: "A test's \(family)", provider: family.adapter.facts.id, upstreamModel: family.upstreamModel,
            endpoint: endpoint, tier: family.tier, residency: family.residency, prices: .test,
            capabilities: .test, lifecycle: lifecycle, fallbacks: fallbacks,
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: family == .compatible ? .customer : .platform, egress: egress, onward: onward,
            answersAs: answersAs,
            otherEndpoints: otherPorts.map {
                WeightedEndpoint(Endpoint(isTLS: false, host: host, port: $0, pathPrefix: family.pathPrefix))
            })
        let slot = CredentialSlot(credential)
        let binding = try RouteBinding(
            route: route, adapter: family.adapter, settings: ProviderSettings(["project": "a-project"]),
            credential: slot, gateway: .canada, breaker: breaker)
        return (binding, slot)
    }
}

extension TestRoute {
    static let unreachable = "local/unreachable-ca"
    static let unreachableWithFallback = "local/unreachable-with-fallback-ca"
    static let withFallback = "local/with-fallback-ca"
    static let bedrockWithFallback = "bedrock/with-fallback-global"
    static let bedrockWithLocalFallback = "bedrock/with-local-fallback-global"
    static let azureWithFallback = "azure/with-fallback-ca"
    static let withExposedFallback = "local/with-exposed-fallback-ca"
    static let withoutCredential = "vertex_ai/without-credential-ca"
    static let withoutCredentialWithFallback = "vertex_ai/without-credential-with-fallback-ca"
    static let retired = "local/retired-ca"
    static let retiring = "local/retiring-ca"

    /// A route of each family, and what the tests of plans and dates need.
    static func usual(at port: Int) -> [TestRoute] {
        var routes = Family.allCases.map { TestRoute($0.route, $0, port: port) }
        let local = Family.compatible.route
        // Nobody listens on this port.
        let nowhere = 1
        routes += [
            TestRoute(unreachable, .compatible, port: nowhere),
            TestRoute(unreachableWithFallback, .compatible, port: nowhere, fallbacks: [local]),
            TestRoute(withFallback, .compatible, port: port, fallbacks: [local]),
            TestRoute(bedrockWithFallback, .bedrock, port: port, fallbacks: [Family.vertex.route]),
            TestRoute(bedrockWithLocalFallback, .bedrock, port: port, fallbacks: [local]),
            TestRoute(azureWithFallback, .azure, port: port, fallbacks: [Family.vertex.route]),
            // Its fallback is exposed to the law of the United States, which the route itself is not.
            TestRoute(withExposedFallback, .compatible, port: nowhere, fallbacks: [Family.vertex.route]),
            TestRoute(
                retired, .compatible, port: port,
                lifecycle: Lifecycle(retiresAt: CalendarDate("2026-11-23"), replacement: local)),
            TestRoute(
                retiring, .compatible, port: port,
                lifecycle: Lifecycle(retiresAt: CalendarDate("2026-12-31"), replacement: local)),
        ]
        var locked = [
            TestRoute(withoutCredential, .vertex, port: port),
            TestRoute(withoutCredentialWithFallback, .vertex, port: port, fallbacks: [Family.azure.route]),
        ]
        for index in locked.indices { locked[index].credential = nil }
        return routes + locked
    }
}

extension Jurisdiction {
    static let canada = Jurisdiction("CA") ?? .anywhere
    static let unitedStates = Jurisdiction("US") ?? .anywhere
}

extension PriceSnapshot {
    /// In dollars per million tokens: 3 for input, 0.30 cached, 3.75 to write the cache, 15 for output, 16 for reasoning;
    /// we charge twice of that.
    static let test = PriceSnapshot(id: "prices-of-the-tests", cost: .times(1), charge: .times(2))
}

extension TokenPrices {
    fileprivate static func times(_ factor: UInt64) -> TokenPrices {
        TokenPrices(
            input: TokenPrice(picodollars: factor * 3_000_000),
            cachedInput: TokenPrice(picodollars: factor * 300_000),
            cacheWrite: TokenPrice(picodollars: factor * 3_750_000),
            output: TokenPrice(picodollars: factor * 15_000_000),
            reasoning: TokenPrice(picodollars: factor * 16_000_000))
    }
}

extension Capabilities {
    static let test = Capabilities(
        supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"], contextWindow: 200_000,
        maximumOutputTokens: 8_192, basis: .route)
}
