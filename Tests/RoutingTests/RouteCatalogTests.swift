import Domain
import Routing
import Testing

@Suite struct RouteCatalogTests {
    let today = RoutingFixture.today

    @Test func `an id is exact`() throws {
        let catalog = RouteCatalog([try RoutingFixture.route("Model-A")])
        let key = RoutingFixture.key()
        #expect(try catalog.route(for: "Model-A", key: key, on: today).id == "Model-A")
        for wrong in ["model-a", "Model-A ", "Model-", "", "*"] {
            let error = try #require(throws: GatewayError.self) { try catalog.route(for: wrong, key: key, on: today) }
            #expect(error.code == .modelNotFound && error.status == 404 && error.parameter == "model")
        }
    }

    @Test func `an unknown id is answered with up to three that look like it, the likest first`() throws {
        let ids = ["claude-opus-ca", "claude-sonnet-ca", "claude-sonnet-us", "gpt-4o", "command-r", "claude-haiku-ca"]
        let catalog = RouteCatalog(try ids.map { try RoutingFixture.route($0) })
        let message = try message(catalog, "claude-sonet-ca", RoutingFixture.key())
        #expect(message.contains("Did you mean 'claude-sonnet-ca', '"))
        #expect(
            message.components(separatedBy: "'claude").count - 1 == 4 && !message.contains("gpt")
                && !message.contains("command"))
    }

    @Test func `a suggestion is never a route that the key may not use or that is retired`() throws {
        let catalog = RouteCatalog(
            try [
                RoutingFixture.route("secret-model-1", tier: .providerAPI),
                RoutingFixture.route("secret-model-2", lifecycle: Lifecycle(retiresAt: today)),
                RoutingFixture.route("secret-model-3"),
            ])
        let message = try message(catalog, "secret-model-0", RoutingFixture.key(tiers: [.managedCanadianCloud]))
        #expect(message.contains("Did you mean 'secret-model-3'?"))
        #expect(!message.contains("secret-model-1") && !message.contains("secret-model-2"))
    }

    @Test(arguments: ["", "x", "日本語", String(repeating: "claude", count: 50_000), "\u{0}\r\n"])
    func `any text at all can be asked for`(_ text: String) throws {
        let catalog = RouteCatalog([try RoutingFixture.route("claude-sonnet-ca"), try RoutingFixture.route("a")])
        #expect(try message(catalog, text, RoutingFixture.key()).utf8.count < 1_000)
    }

    @Test func `a retired route is gone with its date and its replacement`() throws {
        let catalog = RouteCatalog(
            try [
                RoutingFixture.route("old", lifecycle: Lifecycle(retiresAt: today, replacement: "new")),
                RoutingFixture.route("new"),
            ])
        let key = RoutingFixture.key()
        let error = try #require(throws: GatewayError.self) { try catalog.route(for: "old", key: key, on: today) }
        #expect(error.code == .routeRetired && error.status == 410)
        #expect(error.message.english.contains("\(today)") && error.message.english.contains("Use 'new'."))
        #expect(try catalog.route(for: "old", key: key, on: today.adding(days: -1)).id == "old")
        #expect(catalog.routes(for: key, on: today).map(\.id) == ["new"])
    }

    @Test func `of two routes with one id the first counts`() throws {
        let first = try RoutingFixture.route("a")
        #expect(RouteCatalog([first, try RoutingFixture.route("a")])["a"] === first)
    }

    private func message(_ catalog: RouteCatalog, _ id: String, _ key: APIKey) throws -> String {
        try #require(throws: GatewayError.self) { try catalog.route(for: id, key: key, on: today) }.message.english
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
