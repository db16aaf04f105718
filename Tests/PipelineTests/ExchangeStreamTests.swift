import Domain
import Pipeline
import Providers
import Testing
import Wire

@Suite struct ExchangeStreamTests {
    static let first = #"data: {"id":"x","model":"m-1","choices":[{"delta":{"content":"hi"}}],"usage":null}"# + "\n\n"
    static let last = #"data: {"id":"x","choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}"# + "\n\n"
    static let usage = #"data: {"id":"x","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10}}"# + "\n\n"
    static let done = "data: [DONE]\n\n"

    @Test func `a stream begins with its first event and goes on event by event`() throws {
        let life = try life()
        #expect(life.received("data: {\"cho") == "wait" && !life.exchange.hasBegun)
        #expect(life.received("ices\":[]}\n\n") == "begin" && life.exchange.hasBegun)
        #expect(life.received(Self.first) == "proceed" && life.received(": ping\n") == "wait")
        #expect(life.received("\n" + Self.last) == "proceed")
        #expect(life.received(Self.usage) == "wait" && !life.exchange.isComplete)
        #expect(life.received(Self.done) == "wait" && life.exchange.isComplete)
        #expect(life.ended() == "finish stream")
        #expect(
            life.text == "data: {\"choices\":[]}\n\n" + Self.first + ": ping\n\n" + Self.last
                + ": x-ni-outcome=completed; x-ni-cost-usd=0.0006; x-ni-input-tokens=100; x-ni-output-tokens=10\n\n"
                + Self.done)
    }

    @Test func `usage is asked for upstream and passed to those who asked for it too`() throws {
        let life = ExchangeLife(
            #"{"model":"a","messages":[0],"stream":true,"stream_options":{"include_usage":true}}"#,
            in: try PipelineFixture.snapshot())
        try life.prepare()
        #expect(life.sent(try life.send()).body.contains(#""stream_options":{"include_usage":true}"#))
        life.received(head: 200)
        life.received(Self.first + Self.last + Self.usage + Self.done)
        life.ended()
        #expect(life.text.hasPrefix(Self.first + Self.last + Self.usage + ": x-ni-"))
    }

    @Test func `the record of a stream counts what went out and what it cost`() throws {
        let life = try life()
        life.received(Self.first)
        life.received(Self.last + Self.usage)
        life.received(Self.done)
        life.ended()
        let record = try life.closed()
        #expect(record["streamed"] == true && record["outcome"] == "completed" && record["status"] == 200)
        #expect(record["response_bytes"]?.int == life.out.count)
        #expect(record["usage"]?["estimated"] == false && record["usage"]?["input_tokens"] == 100)
        let attempt = try #require(record["attempts"]?.array?.first)
        #expect(attempt["answered_model"] == "m-1")
        #expect(attempt["received_bytes"]?.int == (Self.first + Self.last + Self.usage + Self.done).utf8.count)
    }

    @Test(arguments: [
        first, first + last, first + last + usage, first + usage + done, first + done, first + last + "data: {}",
    ])
    func `a stream that ends before its closing event is broken off, not ended`(_ text: String) throws {
        let life = try life(adapter: OpenAIAdapter.self)
        life.received(text)
        #expect(life.ended() == "finish broken stream upstream_truncated")
        #expect(!life.text.contains("[DONE]") && !life.text.contains("x-ni-outcome"))
        let record = try life.closed()
        #expect(record["outcome"] == "failed" && record["status"] == 200 && record["error"] == "upstream_truncated")
        #expect(record["attempts"]?.array?.first?["failure"] == "truncated")
        #expect(record["response_bytes"]?.int == life.out.count)
    }

    @Test func `a compatible server may leave out the end mark but not the finish reason`() throws {
        let life = try life()
        life.received(Self.first + Self.last)
        #expect(life.ended() == "finish stream" && life.text.hasSuffix(Self.done))
        let cut = try self.life()
        cut.received(Self.first + Self.usage)
        #expect(cut.ended() == "finish broken stream upstream_truncated")
        let unfinished = try self.life()
        unfinished.received(Self.first + Self.last + "data: {\"choices\"")
        #expect(unfinished.ended() == "finish broken stream upstream_truncated")
    }

    @Test func `an error within a stream breaks it off behind what came before`() throws {
        let life = try life()
        let step = life.received(Self.first + "data: {\"error\":{\"message\":\"Overloaded\"}}\n\n" + Self.last)
        #expect(step == "finish broken stream upstream_error" && life.text.hasPrefix(Self.first + "data: {\"error\":"))
        #expect(!life.text.contains(Self.last) && !life.text.contains("[DONE]"))
        guard case .brokenStream(let error)? = life.ending?.kind else { return }
        #expect(error.message.english == "OpenAI-compatible: Overloaded")
        #expect(try life.closed()["response_bytes"]?.int == life.out.count)
    }

    @Test func `usage that came before a stream broke is billed`() throws {
        let life = try life()
        life.received(Self.first + Self.usage)
        #expect(life.failed(.connection) == "finish broken stream upstream_unreachable")
        #expect(try life.closed()["usage"]?["input_tokens"] == 100)
        #expect(try life.closed()["money"]?["basis"] == "provider_counts")
    }

    @Test func `a stream without usage is billed by an estimate that says so`() throws {
        let life = try life()
        life.received(Self.first + Self.last + Self.done)
        life.ended()
        #expect(life.record.usage?.isEstimated == true && life.record.charge?.basis == .estimate)
    }

    @Test func `a stream that its caller leaves is billed by what had come until then`() throws {
        let life = try life()
        for _ in 0..<5 { life.received(Self.first) }
        let record = try life.cancelled()
        #expect(record["usage"]?["output_tokens"] == 5 && record["usage"]?["estimated"] == true)
        #expect(record["money"]?["basis"] == "estimate_until_cancelled")
    }

    @Test func `counts from the beginning of a stream don't hide the output that came later`() throws {
        let life = try life()
        life.received(Self.first.replacing("null", with: #"{"prompt_tokens":100,"completion_tokens":1}"#))
        for _ in 0..<5 { life.received(Self.first) }
        let record = try life.cancelled()
        #expect(record["usage"]?["input_tokens"] == 100 && record["usage"]?["output_tokens"] == 6)
        #expect(record["money"]?["basis"] == "estimate_until_cancelled")
    }

    @Test func `a stream that its caller leaves at its end is billed by the provider's counts`() throws {
        let life = try life()
        for _ in 0..<20 { life.received(Self.first) }
        life.received(Self.last + Self.usage)
        let record = try life.cancelled()
        #expect(record["usage"]?["output_tokens"] == 10 && record["money"]?["basis"] == "provider_counts")
    }

    @Test(arguments: [1, 2, 3, 11, 64, 100_000])
    func `another wire's stream is the same however it is split`(piece: Int) throws {
        let life = try bedrock(#""stream_options":{"include_usage":true}"#)
        let bytes = Self.frames.flatMap { $0.encoded() }
        for start in stride(from: 0, to: bytes.count, by: piece) {
            life.received(Array(bytes[start..<min(start + piece, bytes.count)]))
        }
        #expect(life.ended() == "finish stream" && life.steps.first { $0 != "wait" } == "begin")
        let chunks = try Self.chunks(life.text)
        #expect(chunks.allSatisfy { $0["id"] == "chatcmpl-0123456789abcdeffedcba9876543210" && $0["model"] == "c" })
        #expect(chunks.compactMap { $0["choices"]?.array?.first?["delta"]?["content"]?.string }.joined() == "Hello")
        #expect(chunks.dropLast().last?["choices"]?.array?.first?["finish_reason"] == "stop")
        #expect(chunks.last?["usage"]?["prompt_tokens"] == 11 && chunks.last?["choices"] == [])
        #expect(
            life.text.hasSuffix(
                ": x-ni-outcome=completed; x-ni-cost-usd=0.000243; x-ni-input-tokens=11; "
                    + "x-ni-output-tokens=7\n\ndata: [DONE]\n\n"))
    }

    @Test func `another wire's stream without its last event is broken off`() throws {
        for count in 1..<Self.frames.count {
            let life = try bedrock()
            life.received(Self.frames.prefix(count).flatMap { $0.encoded() })
            #expect(life.ended() == "finish broken stream upstream_truncated", "after \(count) frames")
            #expect(!life.text.contains("[DONE]"))
        }
    }

    @Test func `a frame that is damaged breaks the stream off`() throws {
        let life = try bedrock()
        life.received(Self.frames[0].encoded())
        var damaged = Self.frames[1].encoded()
        damaged[damaged.count - 1] ^= 1
        #expect(life.received(damaged) == "finish broken stream upstream_error")
    }

    // MARK: Helpers

    private static let frames = [
        event("messageStart", #"{"role":"assistant"}"#),
        event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"Hel"}}"#),
        event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"lo"}}"#),
        event("contentBlockStop", #"{"contentBlockIndex":0}"#), event("messageStop", #"{"stopReason":"end_turn"}"#),
        event("metadata", #"{"usage":{"inputTokens":11,"outputTokens":7}}"#),
    ]

    private static func event(_ type: String, _ payload: String) -> EventStreamMessage {
        EventStreamMessage(
            headers: [(":event-type", .string(type)), (":message-type", .string("event"))], payload: Array(payload.utf8)
        )
    }

    private static func chunks(_ text: String) throws -> [JSON] {
        try text.split(separator: "\n\n").filter { $0.hasPrefix("data: {") }.map {
            try JSON(parsing: String($0.dropFirst(6)))
        }
    }

    private func life(adapter: any ProviderAdapter.Type = OpenAICompatibleAdapter.self) throws -> ExchangeLife {
        try begun(
            ExchangeLife(
                #"{"model":"a","messages":[0],"stream":true}"#, in: try PipelineFixture.snapshot(firstAdapter: adapter))
        )
    }

    private func bedrock(_ member: String = #""seed":null"#) throws -> ExchangeLife {
        try begun(
            ExchangeLife(
                #"{"model":"c","messages":[{"role":"user","content":"hi"}],"stream":true,\#(member)}"#,
                in: try PipelineFixture.snapshot()))
    }

    private func begun(_ life: ExchangeLife) throws -> ExchangeLife {
        try life.prepare()
        try life.send()
        life.received(head: 200)
        return life
    }
}
