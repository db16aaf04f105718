import Domain
import Routing
import Testing

@Suite struct ClearanceTests {
    let today = RoutingFixture.today

    @Test(arguments: Tier.allCases, Tier.allCases)
    func `a key uses the tiers it is allowed and no other`(keys: Tier, routes: Tier) throws {
        let route = try RoutingFixture.route("a", tier: routes)
        let key = RoutingFixture.key(tiers: [keys])
        let clearance = try? key.clearance(for: route, demanding: nil, in: RouteCatalog([route]), on: today)
        #expect((clearance != nil) == (keys == routes))
        if let clearance { #expect(clearance.route === route && clearance.key === key) }
    }

    @Test func `a key with a list of routes uses those of its tiers and no other`() throws {
        let routes = try [
            RoutingFixture.route("a"), RoutingFixture.route("b"), RoutingFixture.route("c", tier: .providerAPI),
        ]
        let key = RoutingFixture.key(tiers: [.managedCanadianCloud], routes: ["a", "c"])
        let catalog = RouteCatalog(routes)
        let cleared = routes.filter { (try? key.clearance(for: $0, demanding: nil, in: catalog, on: today)) != nil }
        #expect(cleared.map(\.id) == ["a"] && catalog.routes(for: key, on: today).map(\.id) == ["a"])
    }

    @Test func `an empty list of routes allows none`() throws {
        let route = try RoutingFixture.route("a")
        #expect(throws: GatewayError.self) {
            try RoutingFixture.key(routes: []).clearance(
                for: route, demanding: nil, in: RouteCatalog([route]), on: today)
        }
    }

    @Test func `a refusal says why and names a route that the key may use`() throws {
        let catalog = RouteCatalog(
            try [
                RoutingFixture.route("zeta"), RoutingFixture.route("claude-sonnet-us", tier: .providerAPI),
                RoutingFixture.route("claude-sonnet-ca"),
            ])
        let key = RoutingFixture.key(tiers: [.managedCanadianCloud])
        let asked = try #require(catalog["claude-sonnet-us"])
        let error = try #require(throws: GatewayError.self) {
            try key.clearance(for: asked, demanding: nil, in: catalog, on: today)
        }
        #expect(error.code == .routeNotAllowed && error.status == 403 && error.parameter == "model")
        for text in [error.message.english, error.message.french] {
            #expect(text.contains("'claude-sonnet-us'") && text.contains("'provider_api'"))
            #expect(text.contains("'claude-sonnet-ca'") && !text.contains("zeta"))
        }
    }

    @Test func `a refusal names any route of the key where none is alike, and none where there is none`() throws {
        let catalog = RouteCatalog(
            try [RoutingFixture.route("xyzzy", tier: .providerAPI), RoutingFixture.route("abc")])
        let asked = try #require(catalog["xyzzy"])
        func message(_ key: APIKey) throws -> String {
            try #require(throws: GatewayError.self) {
                try key.clearance(for: asked, demanding: nil, in: catalog, on: today)
            }.message.english
        }
        #expect(try message(RoutingFixture.key(tiers: [.managedCanadianCloud])).contains("It may use 'abc'."))
        #expect(try !message(RoutingFixture.key(tiers: [])).contains("It may use"))
    }

    @Test func `a demand for another tier is refused, and the alternative is of that tier`() throws {
        let catalog = RouteCatalog(
            try [
                RoutingFixture.route("model-a"), RoutingFixture.route("model-b", tier: .providerAPI),
                RoutingFixture.route("model-c", tier: .canadianOwnedCloud),
            ])
        let asked = try #require(catalog["model-a"])
        let key = RoutingFixture.key()
        let error = try #require(throws: GatewayError.self) {
            try key.clearance(for: asked, demanding: .canadianOwnedCloud, in: catalog, on: today)
        }
        #expect(error.code == .routeNotAllowed && error.message.english.contains("It may use 'model-c'."))
        let none = try #require(throws: GatewayError.self) {
            try key.clearance(for: asked, demanding: .customerPremises, in: catalog, on: today)
        }
        #expect(!none.message.english.contains("It may use"), "not the very route that was refused")
        #expect(throws: Never.self) {
            try key.clearance(for: asked, demanding: .managedCanadianCloud, in: catalog, on: today)
        }
    }
}
