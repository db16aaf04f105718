import Domain
import Routing
import TestSupport
import Testing

@Suite struct FallbackPlanTests {
    let today = RoutingFixture.today

    @Test func `fallbacks follow in the order of the catalogue entry`() throws {
        let plan = try plan(["c", "b"], others: [RoutingFixture.route("b"), RoutingFixture.route("c")])
        #expect(plan == ["a", "c", "b"])
    }

    @Test func `without leave to fall back there is one route`() throws {
        #expect(try plan(["b"], others: [RoutingFixture.route("b")], allowsFallbacks: false) == ["a"])
    }

    @Test func `a fallback that is unknown, retired, repeated or the route itself is left out`() throws {
        let others = try [
            RoutingFixture.route("b"), RoutingFixture.route("old", lifecycle: Lifecycle(retiresAt: today)),
        ]
        #expect(try plan(["nowhere", "old", "a", "b", "b"], others: others) == ["a", "b"])
    }

    @Test func `a fallback that the key may not use is left out`() throws {
        let others = try [RoutingFixture.route("b", tier: .providerAPI), RoutingFixture.route("c")]
        #expect(
            try plan(["b", "c"], others: others, key: RoutingFixture.key(tiers: [.managedCanadianCloud])) == ["a", "c"])
        #expect(try plan(["b", "c"], others: others, key: RoutingFixture.key(routes: ["a", "b"])) == ["a", "b"])
    }

    @Test func `a demand for a tier holds for fallbacks too`() throws {
        let others = try [RoutingFixture.route("b", tier: .customerPremises), RoutingFixture.route("c")]
        #expect(try plan(["b", "c"], others: others, demanding: .managedCanadianCloud) == ["a", "c"])
    }

    @Test func `a fallback never takes data where it would not have gone`() throws {
        let weaker = try [
            RoutingFixture.route("w1", processing: ["CA", "US"]), RoutingFixture.route("w2", storage: ["US"]),
            RoutingFixture.route("w3", exposure: ["CA", "US", "FR"]), RoutingFixture.route("w4", processing: ["*"]),
            RoutingFixture.route("w5", jurisdiction: "US"), RoutingFixture.route("w6", exposure: ["*"]),
        ]
        let stronger = try RoutingFixture.route("s", storage: [], exposure: ["CA"])
        #expect(try plan(weaker.map(\.id) + ["s"], others: weaker + [stronger]) == ["a", "s"])
    }

    @Test func `a route that may process anywhere may fall back to any place`() throws {
        let first = try RoutingFixture.route("a", processing: ["*"], storage: ["*"], exposure: ["*"], fallbacks: ["us"])
        let other = try RoutingFixture.route("us", jurisdiction: "US", processing: ["US"], storage: ["US"])
        #expect(try plan(from: first, others: [other]) == ["a", "us"])
    }

    @Test func `no plan over any catalogue weakens residency, tier or leave`() throws {
        var generator = CatalogGenerator(seed: 5)
        for _ in 0..<400 {
            let routes = try generator.routes()
            let catalog = RouteCatalog(routes)
            let key = generator.key(routes)
            let tier = generator.random.isOneIn(3) ? generator.random.pick(Tier.allCases) : nil
            let allows = !generator.random.isOneIn(4)
            for route in routes {
                guard let first = try? key.clearance(for: route, demanding: tier, in: catalog, on: today) else {
                    continue
                }
                let plan = FallbackPlan(first, allowsFallbacks: allows, demanding: tier, in: catalog, on: today)
                #expect(plan.clearances.first?.route === route)
                if !allows { #expect(plan.clearances.count == 1) }
                for later in plan.clearances.dropFirst() { check(later, after: first, key, tier) }
                #expect(Set(plan.clearances.map(\.route.id)).count == plan.clearances.count)
            }
        }
    }

    private func check(_ later: Clearance, after first: Clearance, _ key: APIKey, _ tier: Tier?) {
        let from = first.route.residency
        let to = later.route.residency
        #expect(later.key === key && key.policy.tiers.contains(later.route.tier))
        #expect(key.policy.routes?.contains(later.route.id) ?? true)
        #expect(tier == nil || later.route.tier == tier)
        #expect(first.route.fallbacks.contains(later.route.id))
        for country in Jurisdiction.some {
            let reached = to.isReached(country)
            #expect(!reached.processing || from.isReached(country).processing)
            #expect(!reached.storage || from.isReached(country).storage)
            #expect(!reached.exposure || from.isReached(country).exposure)
        }
    }

    private func plan(
        _ fallbacks: [Route.ID], others: [Route], allowsFallbacks: Bool = true, key: APIKey = RoutingFixture.key(),
        demanding tier: Tier? = nil
    ) throws -> [Route.ID] {
        let first = try RoutingFixture.route("a", fallbacks: fallbacks)
        return try plan(from: first, others: others, allowsFallbacks: allowsFallbacks, key: key, demanding: tier)
    }

    private func plan(
        from first: Route, others: [Route], allowsFallbacks: Bool = true, key: APIKey = RoutingFixture.key(),
        demanding tier: Tier? = nil
    ) throws -> [Route.ID] {
        let catalog = RouteCatalog([first] + others)
        let clearance = try key.clearance(for: first, demanding: tier, in: catalog, on: today)
        return FallbackPlan(clearance, allowsFallbacks: allowsFallbacks, demanding: tier, in: catalog, on: today)
            .clearances.map(\.route.id)
    }
}

extension Jurisdiction {
    fileprivate static let some = ["CA", "US", "FR", "ZZ"].compactMap { Jurisdiction($0) }
}

extension Residency {
    /// Whether data may come to a country, worked out country by country instead of with sets.
    fileprivate func isReached(_ country: Jurisdiction) -> (processing: Bool, storage: Bool, exposure: Bool) {
        func holds(_ set: JurisdictionSet) -> Bool { set.members.contains(country) || set.members.contains(.anywhere) }
        let isAccepting = jurisdiction == country || jurisdiction == .anywhere
        return (holds(processing) || isAccepting, holds(storage), holds(exposure))
    }
}

/// Makes small catalogues whose routes point at each other.
private struct CatalogGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let ids = ["a", "b", "c", "d", "e"]
    private static let places = [["CA"], ["US"], ["CA", "US"], ["*"], ["CA", "FR"], []]

    mutating func routes() throws -> [Route] {
        var routes: [Route] = []
        for id in Self.ids {
            let retires = random.isOneIn(6) ? RoutingFixture.today.adding(days: random.below(3) - 1) : nil
            routes.append(
                try RoutingFixture.route(
                    id, tier: random.pick(Tier.allCases), jurisdiction: random.pick(["CA", "US", "*"]),
                    processing: random.pick(Self.places), storage: random.pick(Self.places),
                    exposure: random.pick(Self.places), fallbacks: fallbacks(), lifecycle: Lifecycle(retiresAt: retires)
                ))
        }
        return routes
    }

    mutating func key(_ routes: [Route]) -> APIKey {
        let tiers = Tier.allCases.filter { _ in !random.isOneIn(3) }
        let allowed = random.isOneIn(2) ? Set(Self.ids.filter { _ in !random.isOneIn(3) }) : nil
        return RoutingFixture.key(tiers: Set(tiers), routes: allowed)
    }

    private mutating func fallbacks() -> [Route.ID] {
        (0..<random.below(5)).map { _ in random.pick(Self.ids + ["nowhere"]) }
    }
}
