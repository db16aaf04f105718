import Testing
import Wire

/// What goes wrong once a part of a stream has gone to the caller.
@Suite(.gateway) struct BrokenStreamTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    struct Fault: Sendable {
        let marker: String
        let codes: Set<String>

        static let all = [
            Fault(marker: "cut 3", codes: ["upstream_unreachable"]),
            Fault(marker: "end 3", codes: ["upstream_truncated"]),
            Fault(marker: "garbage-event 3", codes: ["upstream_error", "upstream_truncated"]),
            Fault(marker: "error-event 3", codes: ["upstream_error", "upstream_unavailable"]),
        ]
    }

    @Test(arguments: Family.allCases, Fault.all)
    func `what came is kept, an error ends it, and no finish is invented`(family: Family, fault: Fault) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:words 9]][[sim:\(fault.marker)]]"))
        #expect(reply.status == 200)
        #expect(try reply.streamedText == "w1 w2 w3")
        #expect(try reply.finishReasons == [])
        #expect(!reply.events.contains("[DONE]"))
        #expect(!reply.comments.contains { $0.contains("outcome=completed") })

        let error = try #require(try reply.streamError)
        #expect(error.object?.members.map(\.key) == ["message", "type", "param", "code"])
        let code = try #require(error["code"]?.string)
        #expect(fault.codes.contains(code))
        #expect(error["type"] == "server_error")

        let record = try await gateway.record(of: reply)
        #expect(record["state"] == "closed")
        #expect(record["outcome"] == "failed")
        #expect(record["status"] == 200)
        #expect(record["error"] == .string(code))
        #expect(record["attempts"]?.array?.count == 1)
    }

    @Test(arguments: Family.allCases)
    func `the record closes after it was opened`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:words 9]][[sim:error-event 3]]"))
        let record = try await gateway.record(of: reply)
        let opened = try #require(record["opened_at"]?.string)
        let attempt = try #require(record["attempts"]?[0])
        let started = try #require(attempt["started_at"]?.string)
        let ended = try #require(attempt["ended_at"]?.string)
        let closed = try #require(record["closed_at"]?.string)
        #expect(opened < started)
        #expect(started < ended)
        #expect(ended <= closed)
    }

    @Test(arguments: Family.allCases)
    func `a stream without its end is no answer, whatever it said`(family: Family) async throws {
        // All of the text came, and only what closes it is missing.
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:words 3]][[sim:end 99]]"))
        #expect(!reply.isDone)
        #expect(try reply.streamError?["code"] == "upstream_truncated")
        #expect(try await gateway.record(of: reply)["outcome"] == "failed")
    }

    @Test func `the connection can be used after a broken stream`() async throws {
        let client = try await TestClient.connect(to: gateway)
        try await client.send(gateway.stream(.bedrock, "[[sim:words 9]][[sim:error-event 3]]"))
        #expect(try await client.reply().streamError != nil)
        try await client.send(gateway.chat(.bedrock, "[[sim:echo]]still here"))
        #expect(try await client.reply().content == "still here")
    }

    @Test func `a broken stream's error is French where that is asked for`() async throws {
        let call = gateway.stream(.compatible, "[[sim:words 9]][[sim:end 3]]").with("accept-language", "fr-CA")
        let reply = try await gateway.reply(to: call)
        #expect(try reply.streamError?["message"]?.string?.hasPrefix("OpenAI-compatible : ") == true)
    }
}
