import Domain
import Routing
import Testing

@Suite struct RouteContradictionTests {
    private let canada = JurisdictionSet([Jurisdiction("CA")].compactMap(\.self))

    @Test func `a Canadian route that is Canadian throughout is sound`() throws {
        let route = try RoutingFixture.route("model-ca")
        try route.check(against: ResidencyFinding())
        try route.check(
            against: ResidencyFinding(
                jurisdiction: Jurisdiction("CA"), hostRegion: "r",
                processing: .init(canada, since: "it says so")))
    }

    @Test func `an id that promises nothing can't be contradicted`() throws {
        for id in ["model", "ca-model", "model-ca-2", "modelca", "model-global"] {
            try RoutingFixture.route(id, model: "global.x", jurisdiction: "US", processing: ["*"])
                .check(against: ResidencyFinding())
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

    @Test func `an id of the United States may have a Canadian endpoint, and no processing elsewhere`() throws {
        try RoutingFixture.route("m-us", processing: ["US"]).check(against: ResidencyFinding())
        try check(RoutingFixture.route("m-us", processing: ["US", "CA"]), "processing in US alone")
    }

    @Test func `a region's name and the name of the host must be of the same place`() throws {
        let route = try RoutingFixture.route("m", processing: ["*"])
        try check(route, finding: ResidencyFinding(hostRegion: "elsewhere"), "is that of 'elsewhere'")
        try check(route, finding: ResidencyFinding(jurisdiction: Jurisdiction("US")), "'r' is in US, and it says CA")
        try RoutingFixture.route("m", jurisdiction: "*")
            .check(against: ResidencyFinding(jurisdiction: Jurisdiction("US")))
    }

    @Test func `a route claims no narrower processing than its provider's interface gives`() throws {
        let anywhere = ResidencyFinding(processing: .init(.anywhere, since: "the profile may choose any region"))
        try check(
            RoutingFixture.route("m"), finding: anywhere, "it may run in *, since the profile may choose any region")
        try RoutingFixture.route("m", processing: ["*"]).check(against: anywhere)
        let home = ResidencyFinding(processing: .init(canada, since: "it is called without a profile"))
        try RoutingFixture.route("m", processing: ["CA", "US"]).check(against: home)
    }

    @Test func `what the interface admits is known better than what is only said`() throws {
        let residency = try RoutingFixture.route("m").residency
        #expect(residency.evidence == .declared)
        let named = residency.graded(
            by: ResidencyFinding(hostRegion: "r", processing: .init(canada, since: "the id says so")))
        #expect(named.evidence == ResidencyEvidence(endpoint: .constrained, processing: .constrained))
        let said = residency.graded(
            by: ResidencyFinding(processing: .init(canada, since: "of its type", grade: .declared)))
        #expect(said.evidence == .declared)
    }

    private func check(_ route: Route, finding: ResidencyFinding = ResidencyFinding(), _ words: String) throws {
        let error = try #require(throws: RouteContradiction.self) { try route.check(against: finding) }
        #expect(error.route == route.id && error.rule.contains(words))
        #expect(
            error.description.hasPrefix("The route '\(route.id)' contradicts itself")
                && error.description.hasSuffix("."))
    }
}
