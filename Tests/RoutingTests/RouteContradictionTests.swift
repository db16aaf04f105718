import Domain
import Routing
import Testing

@Suite struct RouteContradictionTests {
    @Test func `a Canadian route that is Canadian throughout is sound`() throws {
        try RoutingFixture.route("model-ca").checkAgainstItself()
        try RoutingFixture.route("model-ca", model: "ca.anthropic.claude").checkAgainstItself()
    }

    @Test func `an id that promises nothing can't be contradicted`() throws {
        for id in ["model", "model-us", "ca-model", "model-ca-2", "modelca"] {
            try RoutingFixture.route(id, model: "global.x", jurisdiction: "US", processing: ["*"]).checkAgainstItself()
        }
    }

    @Test func `an endpoint elsewhere contradicts the id`() throws {
        try check(RoutingFixture.route("m-ca", jurisdiction: "US"), "needs an endpoint in CA, and this one is in US")
        try check(RoutingFixture.route("m-ca", jurisdiction: "*"), "needs an endpoint in CA")
    }

    @Test(arguments: [["US"], ["CA", "US"], ["*"]])
    func `processing elsewhere contradicts the id`(_ places: [String]) throws {
        try check(RoutingFixture.route("m-ca", processing: places), "processing in CA alone")
    }

    @Test(arguments: ["global.", "us.", "eu.", "apac.", "au.", "jp."])
    func `an inference profile that runs elsewhere contradicts the id`(_ prefix: String) throws {
        try check(RoutingFixture.route("m-ca", model: prefix + "anthropic.claude"), "'\(prefix)'")
    }

    private func check(_ route: Route, _ words: String) throws {
        let error = try #require(throws: RouteContradiction.self) { try route.checkAgainstItself() }
        #expect(error.route == route.id && error.rule.contains(words))
        #expect(
            error.description.hasPrefix("The route '\(route.id)' contradicts itself")
                && error.description.hasSuffix("."))
    }
}
