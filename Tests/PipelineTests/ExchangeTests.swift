import Domain
import Pipeline
import Providers
import Routing
import Testing
import Wire

/// Replies that come whole.
@Suite struct ExchangeTests {
    static let reply =
        #"{"id":"x", "model":"m-1","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":"#
        + #"{"prompt_tokens":100,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":40}}, "odd":1}"#

    @Test func `what the caller sent goes out with the model's name changed and our members cut`() throws {
        let life = ExchangeLife(
            #"{ "model":"a", "messages":[{"role":"user","content":"héllo"}], "allow_fallbacks":false, "seed":7 }"#,
            in: try PipelineFixture.snapshot())
        try life.prepare()
        let dispatch = try life.send()
        let (head, body) = life.sent(dispatch)
        #expect(head.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\nhost: a.test\r\n"))
        #expect(head.contains("\r\nauthorization: Bearer upstream-secret\r\n") && head.hasSuffix("\r\n"))
        #expect(body == #"{ "model":"upstream-a", "messages":[{"role":"user","content":"héllo"}], "seed":7 }"#)
        #expect(dispatch.clearance.route.id == "a" && !dispatch.wantsFreshConnection)
    }

    @Test func `the record is opened with the attempt before anything can come back`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        let entry = life.exchange.openingEntry()
        #expect(entry.phase == .opened && entry.id == ExchangeLife.id && entry.organization.rawValue == "org_1")
        #expect(
            String(decoding: entry.json, as: UTF8.self)
                == #"{"asked_route":"a","attempts":[{"host":"a.test","provider":"compatible","received_bytes":0,"#
                + #""region":"ca-central-1","route":"a","sent_bytes":37,"#
                + #""started_at":"2026-11-23T06:10:00.001000Z","upstream_model":"upstream-a"}],"closed_at":null,"#
                + #""credential_source":"platform","gateway_version":"0.0-test","#
                + #""id":"0123456789abcdeffedcba9876543210","key":"key_1","opened_at":"2026-11-23T06:10:00.000000Z","#
                + #""organization":"org_1","outcome":"open","policy":"sha256:p","record_version":1,"#
                + #""request_bytes":28,"residency":{"evidence":"declared","exposure":"CA,US","jurisdiction":"CA","#
                + #""processing":"CA","processing_evidence":"declared","region":"ca-central-1","storage":"CA"},"#
                + #""response_bytes":0,"route":"a","state":"open","streamed":false,"surface":"chat.completions","#
                + #""tier":"managed_canadian_cloud"}"#)
    }

    @Test func `a reply on the caller's own wire comes back byte for byte`() throws {
        for piece in [1, 7, 1_000] {
            let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
            try life.prepare()
            try life.send()
            life.connected()
            life.received(head: 200, [("X-Request-Id", "up-1")])
            for start in stride(from: 0, to: Self.reply.utf8.count, by: piece) {
                #expect(life.received(Array(Self.reply.utf8.dropFirst(start).prefix(piece))) == "wait")
                #expect(life.out.isEmpty)
            }
            #expect(life.ended() == "finish whole" && life.text == Self.reply)
        }
    }

    @Test func `the closed record says who answered, what it took and what it cost`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        var demands = CallerDemands()
        demands.nonce = "n-1"
        try life.prepare(demands)
        try life.send()
        life.connected()
        life.received(head: 200, [("x-request-id", "up-1")])
        life.received(Self.reply)
        life.ended()
        let record = try life.closed()
        #expect(life.ending?.entry.phase == .closed && record["state"] == "closed" && record["outcome"] == "completed")
        #expect(record["status"] == 200 && record["nonce"] == "n-1" && record["error"] == nil)
        #expect(record["closed_at"] == "2026-11-23T06:10:00.003000Z")
        #expect(
            record["usage"]?.text()
                == #"{"cache_write_tokens":0,"cached_input_tokens":40,"estimated":false,"input_tokens":60,"#
                + #""output_tokens":10,"reasoning_tokens":0}"#)
        #expect(
            record["money"]
                == [
                    "basis": "provider_counts", "charge_picodollars": 492_000_000, "cost_picodollars": 164_000_000,
                    "price_snapshot": "2026-11",
                ])
        #expect(record["response_bytes"]?.int == Self.reply.utf8.count)
        let attempt = try #require(record["attempts"]?.array?.first)
        #expect(attempt["address"] == "192.0.2.1:443" && attempt["upstream_request_id"] == "up-1")
        #expect(attempt["answered_model"] == "m-1" && attempt["status"] == 200 && attempt["failure"] == nil)
        #expect(attempt["ended_at"] == record["closed_at"] && attempt["received_bytes"]?.int == Self.reply.utf8.count)
    }

    @Test func `a reply of another wire is translated and bears our id and the route's name`() throws {
        let life = ExchangeLife(
            #"{"model":"c","messages":[{"role":"user","content":"hi"}],"privacy_tier":"managed_canadian_cloud"}"#,
            in: try PipelineFixture.snapshot())
        try life.prepare()
        let (head, body) = life.sent(try life.send())
        #expect(
            head.hasPrefix("POST /v1/model/upstream-c/converse HTTP/1.1\r\n") && head.contains("Bearer upstream-secret")
        )
        #expect(try JSON(parsing: body)["messages"] == [["role": "user", "content": [["text": "hi"]]]])
        #expect(!body.contains("privacy_tier"))
        life.received(head: 200, [("x-amzn-requestid", "aws-1")])
        life.received(#"{"output":{"message":{"content":[{"text":"hel"#)
        life.received(#"lo"}]}},"stopReason":"end_turn","usage":{"inputTokens":5,"outputTokens":2}}"#)
        #expect(life.ended() == "finish whole" && life.steps == ["wait", "wait", "finish whole"])
        let reply = try JSON(parsing: life.out)
        #expect(reply["id"] == "chatcmpl-0123456789abcdeffedcba9876543210" && reply["model"] == "c")
        #expect(reply["created"] == 1_795_414_200 && reply["usage"]?["total_tokens"] == 7)
        #expect(reply["choices"]?.array?.first?["message"]?["content"] == "hello")
        let record = try life.closed()
        #expect(record["attempts"]?.array?.first?["upstream_request_id"] == "aws-1")
        #expect(record["money"]?["cost_picodollars"] == 25_000_000)
    }

    @Test func `usage that the upstream doesn't give is estimated and said to be`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received(#"{"choices":[]}"#)
        #expect(life.ended() == "finish whole")
        #expect(try life.closed()["money"]?["basis"] == "estimate")
        #expect(
            try life.closed()["usage"]?.text()
                == #"{"cache_write_tokens":0,"cached_input_tokens":0,"estimated":true,"input_tokens":7,"#
                + #""output_tokens":4,"reasoning_tokens":0}"#)
    }

    @Test func `thinking and cached input are billed once, in their own class`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received(
            #"{"usage":{"prompt_tokens":10,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":3,"#
                + #""cache_write_tokens":2},"completion_tokens_details":{"reasoning_tokens":8}}}"#)
        life.ended()
        #expect(
            life.record.usage
                == TokenUsage(input: 5, cachedInput: 3, cacheWrite: 2, output: 1, reasoning: 8))
        #expect(life.record.charge?.cost.picodollars == 177_300_000)
    }

    @Test(arguments: ["", "oops", "[]", #"{"choices":["#, #"{"error":{"message":"no"}}"#])
    func `a reply of status 200 that is none is an error, and none of it goes out`(_ text: String) throws {
        let life = ExchangeLife(
            #"{"model":"a","messages":[0],"allow_fallbacks":false}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received(text)
        #expect(life.ended() == "finish error upstream_error" && life.out.isEmpty)
        #expect(try life.closed()["status"] == 502)
    }
}
