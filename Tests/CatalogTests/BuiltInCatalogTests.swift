import Domain
import Routing
import Testing

@testable import northern

@Suite struct BuiltInCatalogTests {
    let routes: [CatalogRoute]

    init() throws { routes = try CatalogLoader.judging.routes(from: [.builtIn]) }

    private func route(_ id: Route.ID) throws -> Route {
        try #require(routes.first { $0.route.id == id }).route
    }

    @Test func `offers a useful number of routes, each under an id of its own`() {
        #expect(routes.count >= 35)
        #expect(Set(routes.map(\.route.id)).count == routes.count)
    }

    @Test func `names every price list after the file's version`() {
        #expect(routes.allSatisfy { $0.route.prices.id.hasPrefix("builtin-2026-11-23-") })
    }

    @Test func `says what every model can do itself, without guessing from its family`() {
        #expect(routes.allSatisfy { $0.route.capabilities.basis == .route })
    }

    @Test(arguments: [
        ("bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global", 200_000),
        ("bedrock/global.anthropic.claude-sonnet-4-6-global", 1_000_000),
    ])
    func `Claude from Canada is entered in Canada and processed anywhere`(id: String, contextWindow: Int) throws {
        let route = try route(id)
        #expect(route.provider.rawValue == "bedrock" && route.tier == .managedCanadianCloud)
        #expect("bedrock/\(route.upstreamModel)-global" == id)
        #expect(route.endpoint.url == "https://bedrock-runtime.ca-central-1.amazonaws.com")
        #expect(
            route.residency
                == Residency(
                    region: "ca-central-1", jurisdiction: try #require(Jurisdiction("CA")), processing: .anywhere,
                    storage: .of("CA"), exposure: .of("CA", "US"),
                    evidence: ResidencyEvidence(endpoint: .constrained, processing: .constrained)))
        #expect(
            route.capabilities
                == Capabilities(
                    supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"],
                    contextWindow: contextWindow, maximumOutputTokens: 64_000, basis: .route))
        #expect(route.lifecycle == Lifecycle(isEnforced: false))
        #expect(route.credentialSource == .platform)
    }

    @Test func `Gemini from Canada is processed in Canada and its disputed date is only shown`() throws {
        let route = try route("vertex_ai/gemini-2.5-pro-ca")
        #expect(route.provider.rawValue == "vertex" && route.upstreamModel == "gemini-2.5-pro")
        #expect(route.tier == .managedCanadianCloud)
        #expect(
            route.residency
                == Residency(
                    region: "northamerica-northeast1", jurisdiction: try #require(Jurisdiction("CA")),
                    processing: .of("CA"), storage: .of("CA"), exposure: .of("CA", "US"),
                    evidence: ResidencyEvidence(endpoint: .constrained, processing: .constrained)))
        #expect(route.capabilities.contextWindow == 1_048_576 && route.capabilities.maximumOutputTokens == 65_535)
        #expect(route.capabilities.supportsVision && route.capabilities.supportsFunctionCalling)
        #expect(route.lifecycle == Lifecycle(retiresAt: try .day("2026-10-20"), isEnforced: false))
        let state = route.lifecycle.state(on: try .day("2026-11-23"))
        guard case .active = state else {
            Issue.record("it is \(state)")
            return
        }
    }

    /// Input, cached input, cache write, output: micro-dollars per million tokens.
    @Test(arguments: [
        ("bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global", [1_000_000, 100_000, 1_250_000, 5_000_000]),
        ("bedrock/global.anthropic.claude-sonnet-4-6-global", [3_000_000, 300_000, 3_750_000, 15_000_000]),
        ("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0-us", [1_100_000, 110_000, 1_375_000, 5_500_000]),
        ("bedrock/us.anthropic.claude-haiku-5-5-us", [110_000, 11_000, 137_500, 550_000]),
        ("bedrock/meta.llama3-70b-instruct-v1:0-ca", [3_050_000, 3_050_000, 3_050_000, 4_030_000]),
        ("vertex_ai/gemini-2.5-pro-ca", [1_250_000, 125_000, 1_250_000, 10_000_000]),
        ("azure/gpt-4.1-mini-ca", [440_000, 110_000, 440_000, 1_760_000]),
        ("azure/gpt-5.2-ca", [1_925_000, 192_500, 1_925_000, 15_400_000]),
        ("openai/gpt-6-luna-global", [100_000, 10_000, 125_000, 500_000]),
        ("self-hosted/llama-3.3-70b-ca", [0, 0, 0, 0]),
    ])
    func `the prices are exact`(id: String, prices: [UInt64]) throws {
        let snapshot = try route(id).prices
        let cost = snapshot.cost
        let read = [cost.input, cost.cachedInput, cost.cacheWrite, cost.output].map(\.picodollars)
        #expect(read == prices)
        #expect(cost.reasoning == cost.output && snapshot.charge == cost)
    }

    @Test func `a long prompt of Gemini 2.5 Pro costs twice as much, as a whole`() throws {
        let prices = try route("vertex_ai/gemini-2.5-pro-ca").prices
        #expect(prices.charge(for: TokenUsage(input: 200_000, output: 0)).cost.description == "0.25")
        #expect(prices.charge(for: TokenUsage(input: 200_001, output: 0)).cost.description == "0.5000025")
        #expect(prices.longPrompt?.cost.output.description == "15")
        #expect(prices.longPrompt?.cost.cachedInput.description == "0.25")
    }

    @Test func `a regional profile of Claude costs a tenth more than the global one`() throws {
        for regional in routes.map(\.route) where regional.upstreamModel.hasPrefix("us.anthropic.") {
            let global = try route("bedrock/global.\(regional.upstreamModel.dropFirst(3))-global")
            for price in [\TokenPrices.input, \.cachedInput, \.cacheWrite, \.output] {
                let dearer = regional.prices.cost[keyPath: price].picodollars * 10
                #expect(dearer == global.prices.cost[keyPath: price].picodollars * 11, "\(regional.id)")
            }
        }
    }

    @Test func `whoever can keep data can be compelled to disclose it`() {
        for route in routes.map(\.route) {
            #expect(route.residency.storage.isSubset(of: route.residency.exposure), "\(route.id)")
        }
    }

    @Test func `an id tells where its route is processed`() throws {
        let places: [Substring: JurisdictionSet] = ["ca": .of("CA"), "us": .of("US"), "global": .anywhere]
        for route in routes.map(\.route) {
            let suffix = try #require(route.id.split(separator: "-").last)
            #expect(places[suffix] == route.residency.processing, "\(route.id)")
        }
    }

    @Test func `credentials are the providers' own`() {
        #expect(routes.allSatisfy { $0.credential == $0.route.provider.rawValue })
    }

    @Test func `without Azure and hardware of one's own their routes aren't offered, nor named by others`() throws {
        let catalog = try CatalogLoader.cloudOnly.catalog(from: [.builtIn])
        #expect(Set(catalog.omissions.map(\.provider.rawValue)) == ["azure", "compatible"])
        #expect(catalog.routes.count + catalog.omissions.count == routes.count)
        let offered = Set(catalog.routes.map(\.route.id))
        #expect(catalog.routes.allSatisfy { offered.isSuperset(of: $0.route.fallbacks) })
    }
}
