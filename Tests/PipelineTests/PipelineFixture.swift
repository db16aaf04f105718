import Domain
import Pipeline
import Providers
import Routing
import Testing

/// Routes, keys and snapshots for tests.
enum PipelineFixture {
    static let today = CalendarDate(daysSince1970: 20_780)

    static func route(
        _ id: Route.ID, of adapter: any ProviderAdapter.Type = OpenAICompatibleAdapter.self,
        tier: Tier = .managedCanadianCloud,
        fallbacks: [Route.ID] = [], lifecycle: Lifecycle = Lifecycle(), otherEndpoints: [WeightedEndpoint] = [],
        customerCredentials: CustomerCredentialRule = .allowed
    ) throws -> Route {
        let canada = JurisdictionSet([try #require(Jurisdiction("CA"))])
        return Route(
            id: id, name: id, provider: adapter.facts.id, upstreamModel: "upstream-\(id)",
            endpoint: try #require(Endpoint(url: "https://\(id).test/v1")), tier: tier,
            residency: Residency(
                region: "ca-central-1", jurisdiction: try #require(Jurisdiction("CA")), processing: canada,
                storage: canada,
                exposure: JurisdictionSet(try ["US", "CA"].map { try #require(Jurisdiction($0)) })),
            prices: PriceSnapshot(id: "2026-11", cost: prices(1), charge: prices(3)),
            capabilities: Capabilities(
                supportsVision: true, supportsFunctionCalling: true, modalities: ["text"], contextWindow: 200_000,
                maximumOutputTokens: 8_192, basis: .route),
            lifecycle: lifecycle, fallbacks: fallbacks,
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform, otherEndpoints: otherEndpoints, customerCredentials: customerCredentials)
    }

    /// So many dollars per million input tokens, a tenth for cached ones, ten times for output, twenty for thinking.
    private static func prices(_ dollars: UInt64) -> TokenPrices {
        TokenPrices(
            input: TokenPrice(picodollars: dollars * 1_000_000),
            cachedInput: TokenPrice(picodollars: dollars * 100_000),
            output: TokenPrice(picodollars: dollars * 10_000_000),
            reasoning: TokenPrice(picodollars: dollars * 20_000_000))
    }

    static func binding(
        _ route: Route, of adapter: any ProviderAdapter.Type = OpenAICompatibleAdapter.self,
        credential: Credential? = .bearer("upstream-secret"), slot: CredentialSlot? = nil,
        breaker: CircuitBreaker.Settings = CircuitBreaker.Settings(failures: 0)
    ) throws -> RouteBinding {
        try RouteBinding(
            route: route, adapter: adapter, settings: ProviderSettings(),
            credential: slot ?? CredentialSlot(credential), gateway: try #require(Jurisdiction("CA")), breaker: breaker)
    }

    /// - Parameter retries: most tests want to see each failure by itself.
    static func snapshot(
        _ bindings: [RouteBinding], keys: any KeyDirectory = UnaskedKeys(), retries: RetryPolicy = RetryPolicy(limit: 0)
    ) throws -> ServingSnapshot {
        ServingSnapshot(
            keys: keys, bindings: bindings, jurisdiction: try #require(Jurisdiction("CA")), version: "0.0-test",
            retries: retries)
    }

    /// Two routes of the OpenAI wire, `a` and `b`, and two of Bedrock's, `c` and `d`; each may fall back to the next.
    static func snapshot(firstAdapter: any ProviderAdapter.Type = OpenAICompatibleAdapter.self) throws
        -> ServingSnapshot
    {
        try snapshot([
            binding(route("a", of: firstAdapter, fallbacks: ["b"]), of: firstAdapter),
            binding(route("b", fallbacks: ["c"])),
            binding(route("c", of: BedrockAdapter.self, fallbacks: ["d"]), of: BedrockAdapter.self),
            binding(route("d", of: BedrockAdapter.self), of: BedrockAdapter.self),
        ])
    }

    static func key(_ policy: KeyPolicy = KeyPolicy(tiers: Set(Tier.allCases))) -> APIKey {
        APIKey(
            id: "key_1", organization: OrganizationID(rawValue: "org_1"), name: "test", hint: "ni_test_",
            policy: policy,
            createdAt: Timestamp(seconds: 0))
    }
}

/// A directory that nobody should ask.
struct UnaskedKeys: KeyDirectory {
    func key(for secret: APIKeySecret, at now: Timestamp) -> KeyLookup {
        Issue.record("No test told this directory what to answer.")
        return .unknown
    }
}

/// A directory that knows what it was told.
struct FakeKeys: KeyDirectory {
    let answers: [APIKeySecret: KeyLookup]

    func key(for secret: APIKeySecret, at now: Timestamp) -> KeyLookup { answers[secret] ?? .unknown }
}
