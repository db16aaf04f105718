import Domain
import Testing

/// Routes and keys for tests: what isn't said is what allows most.
enum RoutingFixture {
    static let today = CalendarDate(daysSince1970: 20_780)

    static func route(
        _ id: Route.ID, tier: Tier = .managedCanadianCloud, model: String = "model", jurisdiction: String = "CA",
        processing: [String] = ["CA"], storage: [String] = ["CA"], exposure: [String] = ["CA", "US"],
        fallbacks: [Route.ID] = [], lifecycle: Lifecycle = Lifecycle(), egress: EgressRule = EgressRule(),
        onward: OnwardRule? = nil
    ) throws -> Route {
        let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        return Route(
            id: id, name: id, provider: ProviderID(rawValue: "compatible"), upstreamModel: model,
            endpoint: Endpoint(isTLS: true, host: "example.test", port: 443, pathPrefix: ""), tier: tier,
            residency: Residency(
                region: "r", jurisdiction: try #require(Jurisdiction(jurisdiction)), processing: try places(processing),
                storage: try places(storage), exposure: try places(exposure)),
            prices: PriceSnapshot(id: "free", cost: free, charge: free),
            capabilities: Capabilities(
                supportsVision: false, supportsFunctionCalling: true, modalities: ["text"], contextWindow: 8_192,
                maximumOutputTokens: 1_024, basis: .default),
            lifecycle: lifecycle, fallbacks: fallbacks,
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform, egress: egress, onward: onward)
    }

    static func key(
        tiers: Set<Tier> = Set(Tier.allCases), routes: Set<Route.ID>? = nil,
        residency: ResidencyDemand = ResidencyDemand()
    ) -> APIKey {
        APIKey(
            id: "key_test", organization: .default, name: "test", hint: "ni_test_",
            policy: KeyPolicy(tiers: tiers, routes: routes, residency: residency), createdAt: Timestamp(seconds: 0))
    }

    private static func places(_ codes: [String]) throws -> JurisdictionSet {
        JurisdictionSet(try codes.map { try #require(Jurisdiction($0)) })
    }
}
