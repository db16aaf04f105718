import Domain
import Pipeline
import Providers
import Routing
import Wire

/// A catalogue of about the usual size, and one key for all of it.
struct House {
    static let now = Timestamp(seconds: 1_795_414_200)
    static let today = CalendarDate(daysSince1970: 20_780)

    let key: APIKey
    let snapshot: ServingSnapshot

    init(keys: any KeyDirectory, key: APIKey) throws {
        self.key = key
        let others = try (0..<36).map { number in try Upstream.compatible.binding("model-\(number)") }
        snapshot = ServingSnapshot(
            keys: keys, bindings: try Upstream.all.map { try $0.binding($0.name) } + others,
            jurisdiction: try Jurisdiction("CA").orTrouble("jurisdiction"), version: "1.0.0")
    }

    /// For what doesn't ask whose the key is.
    init() throws {
        let key = APIKey(
            id: "key_0123456789abcdef", organization: .default, name: "measured", hint: "ni_live_0123",
            policy: Self.policy, createdAt: Self.now)
        try self.init(keys: NoKeys(), key: key)
    }

    static let policy = KeyPolicy(tiers: Set(Tier.allCases))

    func exchange(_ body: [UInt8], engine: SubstitutionEngine? = nil) -> Exchange {
        Exchange(
            id: RequestID(high: 0x019A_0000_0000_0000, low: 0x0123_4567_89AB_CDEF), key: key,
            policy: "sha256:0123456789abcdef",
            surface: "chat.completions", codec: OpenAIChatCodec(), language: .english, snapshot: snapshot,
            requestBytes: body.count, engine: engine, at: Self.now)
    }
}

private struct NoKeys: KeyDirectory {
    func key(for secret: APIKeySecret, at now: Timestamp) -> KeyLookup { .unknown }
}

/// A provider, the model that is asked there, and how it answers.
struct Upstream {
    /// Of the route, and in the table.
    let name: String
    private let type: any TranslatingAdapter.Type
    private let model: String
    private let settings: ProviderSettings
    let credential: Credential

    static let all = [compatible, azure, anthropic, bedrock, vertex, cohere]

    static let compatible = Upstream(
        name: "OpenAI-compatible", type: OpenAICompatibleAdapter.self, model: "qwen3-8b", credential: .bearer("k-1"))
    static let azure = Upstream(
        name: "Azure", type: AzureOpenAIAdapter.self, model: "gpt-5",
        credential: .header(name: "api-key", value: "k-1"))
    static let anthropic = Upstream(
        name: "Anthropic", type: AnthropicAdapter.self, model: "claude-sonnet-4-6",
        credential: .header(name: "x-api-key", value: "k-1"))
    static let bedrock = Upstream(
        name: "Bedrock", type: BedrockAdapter.self, model: "ca.amazon.nova-lite-v1:0",
        credential: .aws(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "0123456789abcdef")))
    static let vertex = Upstream(
        name: "Vertex", type: VertexAdapter.self, model: "gemini-2.5-flash", settings: ["project": "p-1"],
        credential: .bearer("k-1"))
    static let cohere = Upstream(
        name: "Cohere", type: CohereAdapter.self, model: "command-a-03-2025", credential: .bearer("k-1"))

    private init(
        name: String, type: any TranslatingAdapter.Type, model: String, settings: [String: String] = [:],
        credential: Credential
    ) {
        self.name = name
        self.type = type
        self.model = model
        self.settings = ProviderSettings(settings)
        self.credential = credential
    }

    func adapter() throws -> any TranslatingAdapter { try type.init(route: try route(name), settings: settings) }

    func binding(_ id: Route.ID) throws -> RouteBinding {
        try RouteBinding(
            route: try route(id), adapter: type, settings: settings, credential: CredentialSlot(credential),
            gateway: try Jurisdiction("CA").orTrouble("jurisdiction"))
    }

    private func route(_ id: Route.ID) throws -> Route {
        let canada = try Jurisdiction("CA").orTrouble("jurisdiction")
        let region = type == VertexAdapter.self ? "northamerica-northeast1" : "ca-central-1"
        let url = type.facts.defaultBaseURL(region) ?? "https://models.example.org/v1"
        return Route(
            id: id, name: id, provider: type.facts.id, upstreamModel: model,
            endpoint: try Endpoint(url: url).orTrouble("endpoint"), tier: .managedCanadianCloud,
            residency: Residency(
                region: region, jurisdiction: canada, processing: JurisdictionSet([canada]),
                storage: JurisdictionSet([canada]), exposure: JurisdictionSet([canada])),
            prices: PriceSnapshot(id: "2026-11", cost: Self.prices, charge: Self.prices),
            capabilities: Capabilities(
                supportsVision: true, supportsFunctionCalling: true, modalities: ["text"], contextWindow: 200_000,
                maximumOutputTokens: 64_000, basis: .route),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform)
    }

    private static let prices = TokenPrices(
        input: TokenPrice(picodollars: 1_000_000), output: TokenPrice(picodollars: 5_000_000))
}
