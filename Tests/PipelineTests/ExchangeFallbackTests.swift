import Domain
import Pipeline
import Providers
import Routing
import Testing
import Wire

@Suite struct ExchangeFallbackTests {
    @Test func `a route that fails before its first byte gives way to the next`() throws {
        let life = try life()
        life.connected(to: "192.0.2.1:443")
        life.received(head: 503, [("x-request-id", "up-1")])
        life.received(#"{"error":{"message":"busy"}}"#)
        #expect(life.ended() == "send again" && life.out.isEmpty)
        let second = try life.send()
        #expect(second.clearance.route.id == "b" && life.sent(second).head.contains("host: b.test"))
        #expect(life.sent(second).body.contains(#""model":"upstream-b""#))
        life.received(head: 200)
        life.received(ExchangeTests.reply)
        #expect(life.ended() == "finish whole" && life.text == ExchangeTests.reply)
        let record = try life.closed()
        #expect(record["asked_route"] == "a" && record["route"] == "b" && record["outcome"] == "completed")
        let attempts = try #require(record["attempts"]?.array)
        #expect(attempts.map { $0["route"] } == ["a", "b"])
        #expect(attempts[0]["failure"] == "unavailable" && attempts[0]["status"] == 503)
        #expect(attempts[0]["address"] == "192.0.2.1:443" && attempts[0]["upstream_request_id"] == "up-1")
        #expect(attempts[0]["ended_at"] != nil && attempts[1]["failure"] == nil && attempts[1]["address"] == nil)
    }

    @Test func `the plan is followed to its end, over wires, and the last error is the answer`() throws {
        let life = try life(#"{"model":"a","messages":[{"role":"user","content":"hi"}]}"#, in: chained())
        life.received(head: 429)
        #expect(life.ended() == "send again")
        let second = try life.send()
        #expect(second.clearance.route.id == "c" && life.sent(second).head.contains("/model/upstream-c/converse"))
        #expect(life.failed(.timeout) == "send again")
        #expect(try life.send().clearance.route.id == "b")
        life.received(head: 500)
        life.received("<html>")
        #expect(life.ended() == "finish error upstream_error")
        #expect(
            life.record.attempts.map(\.failure) == ["limit", "timeout", "upstream"] && life.record.route?.id == "b")
        #expect(try life.closed()["status"] == 502 && life.closed()["outcome"] == "failed")
    }

    @Test(arguments: [(400, "upstream_rejected"), (413, "upstream_rejected"), (422, "upstream_rejected")])
    func `a request that the upstream refuses is not tried elsewhere`(status: Int, code: String) throws {
        let life = try life()
        life.received(head: status)
        life.received(#"{"error":{"message":"bad"}}"#)
        #expect(life.ended() == "finish error \(code)" && life.ending.map { $0.entry.phase } == .closed)
        #expect(try life.closed()["status"]?.int == status)
    }

    @Test(arguments: ["context_length_exceeded", "content_filter"])
    func `a prompt that is too long or filtered is not tried elsewhere`(code: String) throws {
        let life = try life()
        life.received(head: 400)
        life.received(#"{"error":{"message":"bad","code":"\#(code)"}}"#)
        #expect(life.ended() == "finish error \(code)")
    }

    @Test(arguments: [401, 402, 403, 404, 408, 429, 500, 502, 503, 504, 529, 302, 204])
    func `every failure of the upstream's own is tried elsewhere`(status: Int) throws {
        let life = try life()
        life.received(head: status)
        #expect(life.ended() == "send again")
    }

    @Test func `what an upstream says about our credentials is nobody else's`() throws {
        let life = try life(#"{"model":"a","messages":[0],"allow_fallbacks":false}"#)
        life.received(head: 401)
        life.received(#"{"error":{"message":"Incorrect API key provided: upstream-secret"}}"#)
        #expect(life.ended() == "finish error upstream_error")
        guard case .error(let error)? = life.ending?.kind else { return }
        #expect(!error.message.english.contains("upstream-secret") && !error.message.french.contains("upstream-secret"))
    }

    @Test func `an upstream's advice about when to come back is passed on`() throws {
        let life = try life(#"{"model":"a","messages":[0],"allow_fallbacks":false}"#)
        life.received(head: 429, [("Retry-After", "17")])
        #expect(life.ended() == "finish error rate_limit_exceeded")
        guard case .error(let error)? = life.ending?.kind else { return }
        #expect(error.retryAfter == "17" && error.status == 429)
    }

    @Test func `fallbacks that the caller, its header or its key forbids don't happen`() throws {
        let byBody = try life(#"{"model":"a","messages":[0],"allow_fallbacks":false}"#)
        #expect(byBody.failed() == "finish error upstream_unreachable")

        var demands = CallerDemands()
        demands.fallbacks = "False"
        let byHeader = try life(demands: demands)
        #expect(byHeader.failed() == "finish error upstream_unreachable")

        let strict = PipelineFixture.key(KeyPolicy(tiers: Set(Tier.allCases), allowsFallbacks: false))
        let byKey = try life(key: strict)
        #expect(byKey.failed() == "finish error upstream_unreachable")

        demands.fallbacks = "true"
        let bodyWins = try life(#"{"model":"a","messages":[0],"allow_fallbacks":false}"#, demands: demands)
        #expect(bodyWins.failed() == "finish error upstream_unreachable")
        let headerWins = try life(
            #"{"model":"a","messages":[0],"allow_fallbacks":null}"#, key: strict, demands: demands)
        #expect(headerWins.failed() == "send again")
    }

    @Test func `after the first byte there is no other route`() throws {
        let life = try life(#"{"model":"a","messages":[0],"stream":true}"#)
        life.received(head: 200)
        #expect(life.received(ExchangeStreamTests.first) == "begin")
        #expect(life.failed(.connection) == "finish broken stream upstream_unreachable")
        #expect(life.record.attempts.count == 1)
        #expect(life.text.hasPrefix(ExchangeStreamTests.first + "data: {\"error\":"))
    }

    @Test func `a stream that fails without a whole event is tried elsewhere, and nothing of it goes out`() throws {
        let life = try life(#"{"model":"a","messages":[0],"stream":true}"#)
        life.received(head: 200)
        #expect(life.received("data: {\"choi") == "wait")
        #expect(life.failed(.connection) == "send again" && life.out.isEmpty)
        try life.send()
        life.received(head: 200)
        life.received(ExchangeStreamTests.first + ExchangeStreamTests.last + ExchangeStreamTests.done)
        #expect(life.ended() == "finish stream" && life.text.hasPrefix(ExchangeStreamTests.first))
    }

    @Test func `an empty stream and an error as the first event are tried elsewhere`() throws {
        let empty = try life(#"{"model":"a","messages":[0],"stream":true}"#)
        empty.received(head: 200)
        #expect(empty.ended() == "send again")
        let broken = try life(#"{"model":"a","messages":[0],"stream":true}"#)
        broken.received(head: 200)
        #expect(broken.received("data: {\"error\":\"no\"}\n\n") == "send again" && broken.out.isEmpty)
    }

    @Test func `a whole reply that can't be read is tried elsewhere, and nothing of it goes out`() throws {
        let life = try life()
        life.received(head: 200)
        life.received("{\"choices\":")
        #expect(life.ended() == "send again" && life.out.isEmpty)
    }

    @Test func `a connection that proves dead is replaced once, by a new one to the same route`() throws {
        let life = try life()
        #expect(life.failed(stale: true) == "send again")
        let second = try life.send()
        #expect(second.clearance.route.id == "a" && second.wantsFreshConnection)
        #expect(life.failed(stale: true) == "send again")
        let third = try life.send()
        #expect(third.clearance.route.id == "b" && !third.wantsFreshConnection)
        #expect(life.failed(stale: true) == "finish error upstream_unreachable")
        #expect(life.record.attempts.map(\.route.id) == ["a", "a", "b"])
    }

    @Test func `the replacement of a dead connection is no matter of another route's`() throws {
        let slot = CredentialSlot(.bearer("upstream-secret"))
        let snapshot = try PipelineFixture.snapshot([
            PipelineFixture.binding(PipelineFixture.route("a", fallbacks: ["b"]), slot: slot),
            PipelineFixture.binding(PipelineFixture.route("b")),
        ])
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: snapshot)
        try life.prepare()
        try life.send()
        #expect(life.failed(stale: true) == "send again")
        let past = Timestamp(seconds: 1)
        slot.put(IssuedCredential(.bearer("late"), issuedAt: past, expiresAt: past))
        let second = try life.send()
        #expect(second.clearance.route.id == "b" && !second.wantsFreshConnection)
    }

    @Test func `a dead connection is replaced where fallbacks are forbidden too`() throws {
        let life = try life(#"{"model":"a","messages":[0],"allow_fallbacks":false}"#)
        #expect(life.failed(stale: true) == "send again")
        #expect(try life.send().clearance.route.id == "a")
        #expect(life.failed(stale: true) == "finish error upstream_unreachable")
    }

    @Test func `a fallback that can't be asked the same ends the request with the failure before it`() throws {
        let body = #"{"model":"b","messages":[{"role":"user","content":"hi"}],"n":2}"#
        let life = try life(body)
        life.received(head: 503)
        #expect(life.ended() == "send again")
        let obstacle = try #require(throws: GatewayError.self) { try life.send() }
        #expect(obstacle.code == .unsupportedParameter && obstacle.parameter == "n")
        life.refused(obstacle)
        #expect(life.ending?.name == "error upstream_unavailable")
        let record = try life.closed()
        #expect(record["outcome"] == "failed" && record["route"] == "b" && record["attempts"]?.array?.count == 1)
        #expect(record["error"] == "upstream_unavailable" && record["status"] == 503)
        let lines = String(decoding: life.exchange.headerLines(on: PipelineFixture.today), as: UTF8.self)
        #expect(lines.contains("x-ni-resolved-route: b\r\n") && lines.contains("x-ni-attempts: 1\r\n"))
    }

    @Test func `a route whose credential isn't there yet is passed over`() throws {
        let snapshot = try PipelineFixture.snapshot([
            PipelineFixture.binding(PipelineFixture.route("a", fallbacks: ["b", "c"]), credential: nil),
            PipelineFixture.binding(PipelineFixture.route("b")),
            PipelineFixture.binding(PipelineFixture.route("c"), credential: nil),
        ])
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: snapshot)
        try life.prepare()
        #expect(try life.send().clearance.route.id == "b")
        #expect(life.failed(.timeout) == "send again")
        let obstacle = try #require(throws: GatewayError.self) { try life.send() }
        life.refused(obstacle)
        #expect(life.ending?.name == "error upstream_timeout" && life.record.attempts.map(\.route.id) == ["b"])
    }

    @Test func `what was read for one route is written for the next without being read again`() throws {
        let life = try life(#"{"model":"c","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(life.readCount == 1)
        #expect(life.failed() == "send again")
        let second = try life.send()
        #expect(second.clearance.route.id == "d" && life.sent(second).body.contains(#""text":"hi""#))
        #expect(life.readCount == 1)
    }

    // MARK: Helpers

    /// `a` falls back to `c`, which is Bedrock's, then to `b`.
    private func chained() throws -> ServingSnapshot {
        try PipelineFixture.snapshot([
            PipelineFixture.binding(PipelineFixture.route("a", fallbacks: ["c", "b"])),
            PipelineFixture.binding(PipelineFixture.route("b")),
            PipelineFixture.binding(PipelineFixture.route("c", of: BedrockAdapter.self), of: BedrockAdapter.self),
        ])
    }

    /// A request that has just been sent to its first route.
    private func life(
        _ body: String = #"{"model":"a","messages":[0]}"#, in snapshot: ServingSnapshot? = nil,
        key: APIKey = PipelineFixture.key(), demands: CallerDemands = CallerDemands()
    ) throws -> ExchangeLife {
        let life = ExchangeLife(body, in: try snapshot ?? PipelineFixture.snapshot(), key: key)
        try life.prepare(demands)
        try life.send()
        return life
    }
}
