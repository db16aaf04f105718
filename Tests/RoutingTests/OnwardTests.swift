import Domain
import Routing
import Testing

/// A request that has its provider send it on goes only where route and key allow that.
@Suite struct OnwardTests {
    private let today = RoutingFixture.today

    @Test(arguments: Tier.allCases)
    func `only a route of a provider's own tier sends onward, unless it says otherwise`(tier: Tier) throws {
        #expect(try refusal(RoutingFixture.route("a", tier: tier)) == (tier == .providerAPI ? nil : .onwardNotAllowed))
        #expect(try refusal(RoutingFixture.route("a", tier: tier, onward: .allowed)) == nil)
        #expect(try refusal(RoutingFixture.route("a", tier: tier, onward: .refused)) == .onwardNotAllowed)
    }

    @Test(
        arguments: [
            (ResidencyDemand(processing: JurisdictionSet(codes: "CA")), true),
            (ResidencyDemand(exposure: JurisdictionSet(codes: "CA,US")), true),
            (ResidencyDemand(processing: .anywhere, exposure: .anywhere), false),
            (ResidencyDemand(evidence: .declared), false), (ResidencyDemand(egress: .enforce), false),
        ])
    func `a key that demands processing or exposure sends nothing onward on any route`(
        demand: ResidencyDemand, isRefused: Bool
    ) throws {
        let route = try RoutingFixture.route("a", onward: .allowed)
        #expect(try refusal(route, key: RoutingFixture.key(residency: demand)) == (isRefused ? .onwardNotAllowed : nil))
    }

    @Test func `a refusal names the member and a route that takes it`() throws {
        let asked = try RoutingFixture.route("model-ca")
        let others = try [
            RoutingFixture.route("model-ca-2"), RoutingFixture.route("model-us", tier: .providerAPI),
            RoutingFixture.route("model-on", onward: .allowed),
        ]
        let error = try #require(try failure(of: asked, among: others))
        #expect(error.status == 403 && error.parameter == "tools[0]")
        #expect(error.message.english.hasPrefix("'tools[0]' may have the provider send"))
        #expect(error.message.english.contains("the route 'model-ca' allows none of that"))
        #expect(
            error.message.english.contains("or use 'model-us'") || error.message.english.contains("or use 'model-on'"))
        let demanding = RoutingFixture.key(residency: ResidencyDemand(processing: JurisdictionSet(codes: "CA")))
        let strict = try #require(try failure(of: asked, among: others, key: demanding))
        #expect(strict.message.english.hasSuffix("Leave it out."))
    }

    @Test func `its plan leaves out routes that send nothing onward, and says why`() throws {
        let first = try RoutingFixture.route("a", fallbacks: ["b", "c"], onward: .allowed)
        let catalog = try RouteCatalog([
            first, RoutingFixture.route("b"), RoutingFixture.route("c", onward: .allowed),
        ])
        let clearance = try RoutingFixture.key().clearance(for: first, demanding: nil, in: catalog, on: today)
        func plan(_ sendsOnward: Bool) -> [Route.ID] {
            FallbackPlan(
                clearance, allowsFallbacks: true, demanding: nil, sendingOnward: sendsOnward, in: catalog, on: today
            ).clearances.map(\.route.id)
        }
        #expect(plan(false) == ["a", "b", "c"] && plan(true) == ["a", "c"])
        let leftOut = FallbackPlan.leftOut(
            after: clearance, allowsFallbacks: true, demanding: nil, sendingOnward: true, in: catalog, on: today)
        #expect(leftOut.map(\.route) == ["b"])
        #expect(leftOut.first?.reason.english.contains("'b' allows none of that") == true)
    }

    private func refusal(_ route: Route, key: APIKey = RoutingFixture.key()) throws -> GatewayError.Code? {
        try failure(of: route, key: key)?.code
    }

    private func failure(
        of route: Route, among others: [Route] = [], key: APIKey = RoutingFixture.key()
    ) throws -> GatewayError? {
        let catalog = RouteCatalog([route] + others)
        let clearance = try key.clearance(for: route, demanding: nil, in: catalog, on: today)
        do throws(GatewayError) {
            try clearance.checkOnward("tools[0]", demanding: nil, in: catalog, on: today)
            return nil
        } catch {
            return error
        }
    }
}
