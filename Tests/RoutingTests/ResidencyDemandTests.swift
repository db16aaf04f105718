import Domain
import Routing
import Testing

@Suite struct ResidencyDemandTests {
    private let today = RoutingFixture.today

    @Test func `a key that demands Canadian processing uses no route that may run elsewhere`() throws {
        let key = RoutingFixture.key(residency: ResidencyDemand(processing: JurisdictionSet(codes: "CA")))
        try expect(key, allows: RoutingFixture.route("a"))
        try expect(key, refuses: RoutingFixture.route("a", processing: ["CA", "US"]), saying: "may run in CA,US")
        try expect(key, refuses: RoutingFixture.route("a", processing: ["*"]), saying: "demands processing in CA")
        try expect(key, refuses: RoutingFixture.route("a", jurisdiction: "US"), saying: "its endpoint is in US")
    }

    @Test func `a key that allows one law's exposure uses no route exposed to another`() throws {
        let key = RoutingFixture.key(residency: ResidencyDemand(exposure: JurisdictionSet(codes: "CA")))
        try expect(key, allows: RoutingFixture.route("a", exposure: ["CA"]))
        try expect(key, refuses: RoutingFixture.route("a", exposure: ["CA", "US"]), saying: "law of CA,US")
    }

    @Test func `a key that demands proof uses no route whose address proves nothing`() throws {
        let demand = ResidencyDemand(evidence: .observedNetwork)
        let key = RoutingFixture.key(residency: demand)
        try expect(key, refuses: RoutingFixture.route("a"), saying: "'declared' at best")
        let provable = try RoutingFixture.route("a", egress: EgressRule(mode: .off, proof: .regional(.aws)))
        try expect(key, allows: provable)
        let own = EgressRule(declaredAddresses: [try #require(IPPrefix("10.0.0.0/8"))])
        try expect(key, allows: RoutingFixture.route("a", egress: own))
        try expect(
            RoutingFixture.key(residency: ResidencyDemand(evidence: .observedProvider)), refuses: provable,
            saying: "'observed_network' at best")
    }

    @Test func `addresses are checked as strictly as the stricter of route and key demands`() throws {
        func mode(_ route: EgressMode, _ demand: ResidencyDemand) throws -> EgressMode {
            let route = try RoutingFixture.route("a", egress: EgressRule(mode: route, proof: .regional(.aws)))
            return try clearance(RoutingFixture.key(residency: demand), route).egress
        }
        #expect(try mode(.observe, ResidencyDemand()) == .observe)
        #expect(try mode(.off, ResidencyDemand(egress: .enforce)) == .enforce)
        #expect(try mode(.enforce, ResidencyDemand(egress: .off)) == .enforce)
        #expect(try mode(.off, ResidencyDemand(evidence: .observedNetwork)) == .enforce)
        #expect(try mode(.off, ResidencyDemand(evidence: .declared)) == .off)
    }

    @Test func `a refusal names a route that does what the key demands`() throws {
        let asked = try RoutingFixture.route("model-us", processing: ["US"])
        let catalog = RouteCatalog([
            asked, try RoutingFixture.route("model-global", processing: ["*"]), try RoutingFixture.route("model-ca"),
        ])
        let key = RoutingFixture.key(residency: ResidencyDemand(processing: JurisdictionSet(codes: "CA")))
        let error = try #require(throws: GatewayError.self) {
            try key.clearance(for: asked, demanding: nil, in: catalog, on: today)
        }
        #expect(error.message.english.contains("'model-ca'") && !error.message.english.contains("model-global"))
    }

    @Test func `policies without demands keep their text, and each demand changes it`() {
        let plain = KeyPolicy(tiers: [.providerAPI])
        let demands = [
            ResidencyDemand(), ResidencyDemand(processing: JurisdictionSet(codes: "CA")),
            ResidencyDemand(exposure: JurisdictionSet(codes: "CA")), ResidencyDemand(evidence: .declared),
            ResidencyDemand(egress: .observe),
        ]
        let texts = demands.map { KeyPolicy(tiers: [.providerAPI], residency: $0).canonicalText }
        #expect(Set(texts).count == demands.count && texts[0] == plain.canonicalText)
        #expect(plain.canonicalText == "tiers=provider_api;routes=*;fallbacks=true")
    }

    private func clearance(_ key: APIKey, _ route: Route) throws -> Clearance {
        try key.clearance(for: route, demanding: nil, in: RouteCatalog([route]), on: today)
    }

    private func expect(_ key: APIKey, allows route: Route) throws {
        #expect(throws: Never.self) { try clearance(key, route) }
    }

    private func expect(_ key: APIKey, refuses route: Route, saying words: String) throws {
        let error = try #require(throws: GatewayError.self) { try clearance(key, route) }
        #expect(error.code == .routeNotAllowed && error.status == 403 && error.message.english.contains(words))
    }
}
