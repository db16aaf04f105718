import Domain
import Pipeline
import Providers
import Routing
import Testing
import Wire

/// What an exchange does about a failure that may pass.
@Suite struct ExchangeRetryTests {
    private func life(
        endpoints: Int = 1, retries: RetryPolicy = RetryPolicy(limit: 1), breaker: Int = 0, fallbacks: [Route.ID] = []
    ) throws -> ExchangeLife {
        let others = (1..<max(1, endpoints)).map {
            WeightedEndpoint(Endpoint(isTLS: true, host: "a\($0).test", port: 443, pathPrefix: "/v1"))
        }
        let route = try PipelineFixture.route("a", fallbacks: fallbacks, otherEndpoints: others)
        let snapshot = try PipelineFixture.snapshot(
            [
                PipelineFixture.binding(route, breaker: CircuitBreaker.Settings(failures: breaker, rest: 60)),
                PipelineFixture.binding(PipelineFixture.route("b")),
            ], retries: retries)
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: snapshot)
        try life.prepare()
        return life
    }

    @Test func `each attempt names its endpoint, and the request goes where the attempt says`() throws {
        let life = try life(endpoints: 3, retries: RetryPolicy(limit: 2))
        var hosts: [String] = []
        for _ in 0..<3 {
            let dispatch = try life.send()
            hosts.append(dispatch.clearance.endpoint.host)
            #expect(life.sent(dispatch).head.contains("host: \(dispatch.clearance.endpoint.host)\r\n"))
            life.failed()
        }
        #expect(Set(hosts) == ["a.test", "a1.test", "a2.test"])
        let record = try life.closed()
        #expect(record["attempts"]?.array?.map { $0["host"]?.string } == hosts)
    }

    @Test func `another endpoint is asked at once, the same one after a wait`() throws {
        let one = try life()
        try one.send()
        #expect(one.failed() == "wait and send again")
        let two = try life(endpoints: 2)
        try two.send()
        #expect(two.failed() == "send again")
    }

    @Test(arguments: [UpstreamFault.Cause.timeout, .stalled, .malformed, .residency, .missing, .account])
    func `what won't pass in a moment goes to the next route`(cause: UpstreamFault.Cause) throws {
        let life = try life(fallbacks: ["b"])
        try life.send()
        #expect(life.failed(cause) == "send again")
        #expect(try life.send().clearance.route.id == "b")
    }

    @Test func `a route that is left alone is passed over, and where there is no other the caller is told until when`()
        throws
    {
        let alone = try life(retries: RetryPolicy(limit: 0), breaker: 1)
        try alone.send()
        #expect(alone.failed(.unavailable) == "finish error upstream_unavailable")
        let next = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: alone.snapshot, after: 1)
        try next.prepare()
        let obstacle = try #require(throws: GatewayError.self) { try next.send() }
        #expect(obstacle.code == .upstreamUnavailable && obstacle.status == 503 && obstacle.retryAfter == "59")

        let withFallback = try life(retries: RetryPolicy(limit: 0), breaker: 1, fallbacks: ["b"])
        try withFallback.send()
        #expect(withFallback.failed(.unavailable) == "send again")
        let passed = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: withFallback.snapshot, after: 1)
        try passed.prepare()
        #expect(try passed.send().clearance.route.id == "b")
    }

    @Test func `a trial that its caller gives up leaves its place to another`() throws {
        let first = try life(retries: RetryPolicy(limit: 0), breaker: 1)
        try first.send()
        first.failed()
        let trial = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: first.snapshot, after: 61)
        try trial.prepare()
        try trial.send()
        let second = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: first.snapshot, after: 61)
        try second.prepare()
        #expect(throws: GatewayError.self) { try second.send() }
        _ = try trial.cancelled()
        let third = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: first.snapshot, after: 61)
        try third.prepare()
        #expect(try third.send().clearance.route.id == "a")
    }
}
