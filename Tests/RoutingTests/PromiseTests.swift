import Domain
import Routing
import TestSupport
import Testing

/// The promise, over random catalogues, keys and failures: nothing is sent where the key or the asked route doesn't allow it.
/// What is allowed is worked out here once more, from plain sets of names.
@Suite struct PromiseTests {
    /// 4 × 1,000 catalogues × 25 requests.
    @Test(arguments: 0..<4)
    func `no request goes to a tier, place or law that its key doesn't allow, nor further than the route it asked for`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        var sent = 0
        for _ in 0..<1_000 {
            let world = try World(&random)
            for _ in 0..<25 { sent += try world.request(&random) }
        }
        // Else it would be easy to keep.
        #expect(sent > 10_000)
    }
}

/// A catalogue, and the state of its endpoints.
private final class World {
    private let routes: [PlainRoute]
    private let catalog: RouteCatalog
    private var balancers: [Route.ID: EndpointBalancer] = [:]
    private var now = Timestamp(seconds: 1_795_413_600)

    init(_ random: inout SeededGenerator) throws {
        let count = 2 + random.below(4)
        routes = try (0..<count).map { try PlainRoute($0, of: count, &random) }
        catalog = RouteCatalog(routes.map(\.route))
        for route in routes {
            balancers[route.route.id] = EndpointBalancer(
                route.route.endpoints, breaker: CircuitBreaker.Settings(failures: random.below(4), rest: 5))
        }
    }

    /// Sends one request until it is answered or given up.
    ///
    /// - Returns: how often it was sent.
    func request(_ random: inout SeededGenerator) throws -> Int {
        let key = try PlainKey(&random, routes.count)
        let asked = random.pick(routes)
        let tier = random.isOneIn(8) ? random.pick(Tier.allCases) : nil
        let allowsFallbacks = !random.isOneIn(4)
        guard !asked.isRetired else { return 0 }
        let clearance: Clearance
        do {
            clearance = try key.key.clearance(
                for: asked.route, demanding: tier, in: catalog, on: RoutingFixture.today)
        } catch {
            demand(!key.allows(asked, demanding: tier), "\(asked) is refused to \(key)")
            return 0
        }
        let plan = FallbackPlan(
            clearance, allowsFallbacks: allowsFallbacks, demanding: tier, in: catalog, on: RoutingFixture.today)
        let policy = RetryPolicy(limit: random.below(4), firstWait: .zero)
        return follow(AttemptPlan(plan, policy), &random) { clearance in
            guard let route = routes.first(where: { $0.route === clearance.route }) else {
                Issue.record("\(clearance.route.id) is no route of the catalogue")
                return
            }
            demand(key.allows(route, demanding: tier), "\(route) is used by \(key)")
            demand(route.goesNoFurther(than: asked), "\(route) follows \(asked)")
            demand(route.route.endpoints.contains { $0.endpoint == clearance.endpoint }, "\(clearance.endpoint)")
            demand(clearance.egress >= max(route.route.egress.mode, key.egress), "\(clearance.egress)")
            demand(allowsFallbacks || clearance.route === asked.route, "\(route) follows \(asked) all the same")
        }
    }

    /// An expectation that costs nothing as long as it holds.
    private func demand(_ condition: Bool, _ comment: @autoclosure () -> String) {
        if !condition { Issue.record("\(comment())") }
    }

    private func follow(
        _ plan: AttemptPlan, _ random: inout SeededGenerator, _ check: (Clearance) -> Void
    ) -> Int {
        var plan = plan
        var sent = 0
        var reconnects: Int?
        while let clearance = plan.clearance {
            now = now.adding(seconds: Int64(random.below(4)))
            // Some have no credential at the moment.
            guard !random.isOneIn(10), let index = begin(clearance, plan.tried, reconnects, &random) else {
                plan.skip()
                reconnects = nil
                continue
            }
            check(clearance.at(endpoint: index))
            sent += 1
            let isAnswered = random.isOneIn(4)
            let outcome = isAnswered ? .answered : random.pick([EndpointBalancer.Outcome.failed, .unknown, .answered])
            _ = balancers[clearance.route.id]?.ended(index, outcome, at: now)
            guard !isAnswered else { return sent }
            plan.tried(index)
            let remedy = random.pick([
                AttemptPlan.Remedy.nothing, .anotherRoute, .anotherConnection, .anotherTry(after: nil),
                .anotherTry(after: .seconds(1)), .anotherTry(after: .seconds(60)),
            ])
            let hasOther = balancers[clearance.route.id]?.hasOther(than: plan.tried, at: now) ?? false
            let move = plan.move(after: remedy, hasOther: hasOther, draw: random.next())
            reconnects = move == .reconnect ? index : nil
            if move == nil { return sent }
        }
        return sent
    }

    private func begin(
        _ clearance: Clearance, _ tried: EndpointSet, _ reconnects: Int?, _ random: inout SeededGenerator
    ) -> Int? {
        guard let reconnects else {
            return balancers[clearance.route.id]?.begin(at: now, after: tried, draw: random.next())
        }
        balancers[clearance.route.id]?.begin(reconnects, at: now)
        return reconnects
    }
}

/// Names of places; `*` is all of them.
private struct Places: CustomStringConvertible {
    let names: Set<String>

    init(_ random: inout SeededGenerator, orAnywhere: Bool) {
        var names: Set<String> = []
        for name in ["CA", "US", "FR"] where random.isOneIn(2) { names.insert(name) }
        if names.isEmpty { names = [orAnywhere ? "*" : "CA"] }
        self.names = names
    }

    init(_ name: String) { names = [name] }

    func isWithin(_ other: Places) -> Bool {
        other.names.contains("*") || (!names.contains("*") && names.isSubset(of: other.names))
    }

    var set: JurisdictionSet { get throws { JurisdictionSet(try names.map { try #require(Jurisdiction($0)) }) } }
    var description: String { names.sorted().joined(separator: ",") }
}

private struct PlainRoute: CustomStringConvertible {
    let route: Route
    let tier: Tier
    let endpoint: String
    let processing: Places
    let storage: Places
    let exposure: Places
    let isRetired: Bool

    init(_ index: Int, of count: Int, _ random: inout SeededGenerator) throws {
        tier = random.pick(Tier.allCases)
        endpoint = random.pick(["CA", "CA", "US", "FR", "*"])
        processing = Places(&random, orAnywhere: true)
        storage = Places(&random, orAnywhere: true)
        exposure = Places(&random, orAnywhere: true)
        isRetired = random.isOneIn(8)
        // Unknown ones, itself and repeated ones are among them.
        let fallbacks = (0..<random.below(4)).map { _ in "r\(random.below(count + 1))" }
        let others = (0..<random.below(3)).map {
            WeightedEndpoint(Endpoint(isTLS: false, host: "r\(index)-\($0)", port: 80, pathPrefix: ""), weight: 2)
        }
        route = Route(
            try RoutingFixture.route(
                "r\(index)", tier: tier, jurisdiction: endpoint, processing: Array(processing.names),
                storage: Array(storage.names), exposure: Array(exposure.names), fallbacks: fallbacks,
                lifecycle: Lifecycle(retiresAt: isRetired ? RoutingFixture.today : nil),
                egress: EgressRule(mode: random.pick(EgressMode.allCases))),
            and: others)
    }

    /// Whether data that may go here may all go where another route's does.
    func goesNoFurther(than other: PlainRoute) -> Bool {
        Places(endpoint).isWithin(Places(names: other.processing.names.union([other.endpoint])))
            && processing.isWithin(other.processing) && storage.isWithin(other.storage)
            && exposure.isWithin(other.exposure)
    }

    var description: String { "\(route.id) (\(tier), \(endpoint), \(processing), \(storage), \(exposure))" }
}

extension Places {
    fileprivate init(names: Set<String>) { self.names = names }
}

extension Route {
    fileprivate convenience init(_ route: Route, and others: [WeightedEndpoint]) {
        self.init(
            id: route.id, name: route.name, provider: route.provider, upstreamModel: route.upstreamModel,
            endpoint: route.endpoint, tier: route.tier, residency: route.residency, prices: route.prices,
            capabilities: route.capabilities, lifecycle: route.lifecycle, fallbacks: route.fallbacks,
            retention: route.retention, credentialSource: route.credentialSource, egress: route.egress,
            otherEndpoints: others)
    }
}

private struct PlainKey: CustomStringConvertible {
    let key: APIKey
    private let tiers: Set<Tier>
    private let routes: Set<Route.ID>?
    private let processing: Places?
    private let exposure: Places?
    let egress: EgressMode

    init(_ random: inout SeededGenerator, _ count: Int) throws {
        var tiers: Set<Tier> = [random.pick(Tier.allCases)]
        for tier in Tier.allCases where !random.isOneIn(6) { tiers.insert(tier) }
        self.tiers = tiers
        routes = random.isOneIn(4) ? Set((0..<count).filter { _ in random.isOneIn(2) }.map { "r\($0)" }) : nil
        processing = random.isOneIn(3) ? Places(&random, orAnywhere: true) : nil
        exposure = random.isOneIn(3) ? Places(&random, orAnywhere: true) : nil
        egress = random.pick(EgressMode.allCases)
        key = RoutingFixture.key(
            tiers: tiers, routes: routes,
            residency: ResidencyDemand(processing: try processing?.set, exposure: try exposure?.set, egress: egress))
    }

    func allows(_ route: PlainRoute, demanding tier: Tier?) -> Bool {
        tiers.contains(route.tier) && (tier == nil || tier == route.tier) && !route.isRetired
            && (routes?.contains(route.route.id) ?? true)
            && (processing.map { route.processing.isWithin($0) && Places(route.endpoint).isWithin($0) } ?? true)
            && (exposure.map { route.exposure.isWithin($0) } ?? true)
    }

    var description: String {
        "a key (\(tiers.map(\.rawValue).sorted()), \(processing.map(\.description) ?? "anywhere"), "
            + "\(exposure.map(\.description) ?? "any law"))"
    }
}
