import Domain
import Routing
import Testing

@Suite struct MappedRouteTests {
    let today = RoutingFixture.today
    let catalog: RouteCatalog

    init() throws {
        let retired = Lifecycle(retiresAt: today, replacement: "here-ca")
        catalog = RouteCatalog(
            try [
                RoutingFixture.route("here-ca"), RoutingFixture.route("also-here-ca"),
                RoutingFixture.route("anywhere", processing: ["*"]),
                RoutingFixture.route("premises-ca", tier: .customerPremises, exposure: ["CA"]),
                RoutingFixture.route("gone-ca", lifecycle: retired),
            ])
    }

    private func code(
        _ name: String, to id: Route.ID, key: APIKey = RoutingFixture.key(), demanding tier: Tier? = nil
    ) -> GatewayError.Code? {
        do throws(GatewayError) {
            let clearance = try catalog.clearance(mapped: name, to: id, for: key, demanding: tier, on: today)
            #expect(clearance.route.id == id && clearance.key === key)
            return nil
        } catch {
            #expect(error.message.english.contains("'\(name)' is mapped to it: send 'ni-map-model'"))
            #expect(error.message.french.contains("'\(name)' y est associé : envoyez 'ni-map-model'"))
            #expect(error.status == error.code.status && error.parameter == "model")
            return error.code
        }
    }

    @Test func `a name that is no route leads to any route that the key may use`() {
        for route in catalog.routes where route.id != "gone-ca" { #expect(code("gpt-4o", to: route.id) == nil) }
    }

    @Test func `a mapping leads to nothing that could not be asked for by its own name`() {
        let key = RoutingFixture.key(tiers: [.managedCanadianCloud], routes: ["here-ca", "premises-ca"])
        #expect(code("gpt-4o", to: "premises-ca", key: key) == .routeNotAllowed)
        #expect(code("gpt-4o", to: "also-here-ca", key: key) == .routeNotAllowed)
        #expect(code("gpt-4o", to: "gone-ca") == .routeRetired)
        #expect(code("gpt-4o", to: "no-such-route") == .modelNotFound)
    }

    @Test func `what a request demands holds behind a mapping`() {
        #expect(code("gpt-4o", to: "here-ca", demanding: .customerPremises) == .routeNotAllowed)
        #expect(code("gpt-4o", to: "premises-ca", demanding: .customerPremises) == nil)
    }

    @Test func `a name that is itself a route leads no further than that route`() {
        #expect(code("here-ca", to: "also-here-ca") == nil && code("here-ca", to: "premises-ca") == nil)
        #expect(code("anywhere", to: "here-ca") == nil)
        #expect(code("here-ca", to: "anywhere") == .routeNotAllowed)
        #expect(code("premises-ca", to: "here-ca") == .routeNotAllowed)
        #expect(code("gone-ca", to: "anywhere") == .routeNotAllowed && code("gone-ca", to: "here-ca") == nil)
    }
}
