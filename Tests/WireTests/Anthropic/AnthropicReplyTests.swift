import TestSupport
import Testing
import Wire

@Suite struct AnthropicReplyTests {
    static let identity = AnthropicReplyIdentity(id: "msg_1", model: "route")

    // MARK: Streams

    @Test func `calls that interleave become blocks that don't, and the first one flows`() throws {
        var writer = AnthropicStreamWriter(Self.identity)
        var bytes: [UInt8] = []
        func flush() -> [String] {
            defer { bytes = [] }
            return Self.summary(of: bytes)
        }
        writer.write(.toolCallStarted(index: 0, id: "a", name: "f"), to: &bytes)
        #expect(flush() == ["message_start", "start 0 tool_use"])
        writer.write(.toolCallStarted(index: 1, id: "b", name: "g"), to: &bytes)
        writer.write(.toolCallArguments(index: 1, text: #"{"y":"#), to: &bytes)
        #expect(flush().isEmpty, "the second waits")
        writer.write(.toolCallArguments(index: 0, text: #"{"x":"}"#), to: &bytes)
        #expect(flush() == [#"delta 0 {"x":"}"#], "a brace within a string ends nothing")
        writer.write(.toolCallArguments(index: 0, text: #"\""}"#), to: &bytes)
        #expect(flush() == [#"delta 0 \""}"#, "stop 0", "start 1 tool_use", #"delta 1 {"y":"#])
        writer.write(.toolCallArguments(index: 1, text: "1}"), to: &bytes)
        writer.write(.toolCallArguments(index: 0, text: " "), to: &bytes)
        writer.write(.finished(.toolCalls), to: &bytes)
        #expect(flush() == ["delta 1 1}", "stop 1"])
        writer.write(.usage(ChatUsage(input: 3, output: 4)), to: &bytes)
        #expect(flush().isEmpty)
        writer.write(.ended, to: &bytes)
        #expect(flush() == ["message_delta tool_use"])
    }

    @Test func `text behind a call that isn't complete waits for it`() {
        let events: [ChatEvent] = [
            .text("a"), .toolCallStarted(index: 0, id: "a", name: "f"), .text("b"), .reasoning("c"),
            .reasoningSignature("s"), .reasoning("d"), .toolCallArguments(index: 0, text: "{}"), .text("e"),
            .finished(.stop), .ended,
        ]
        #expect(
            Self.written(events) == [
                "message_start", "start 0 text", "delta 0 a", "stop 0", "start 1 tool_use", "delta 1 {}", "stop 1",
                "start 2 text", "delta 2 b", "stop 2", "start 3 thinking", "delta 3 c", "delta 3 s", "stop 3",
                "start 4 thinking", "delta 4 d", "stop 4", "start 5 text", "delta 5 e", "stop 5",
                "message_delta end_turn",
            ])
    }

    @Test func `a hundred mixed calls in any order keep their arguments`() throws {
        for seed in 0..<50 {
            var random = SeededGenerator(seed: UInt64(seed))
            var writer = AnthropicStreamWriter(Self.identity)
            var builder = AnthropicMessageBuilder()
            var bytes: [UInt8] = []
            var rest = (0..<100).map { call in (call, Array(#"{"n":"\#(call){\"[","m":[{}]}"#)) }
            func take(_ event: ChatEvent) {
                writer.write(event, to: &bytes)
                builder.add(event)
            }
            for call in 0..<100 { take(.toolCallStarted(index: call, id: "c\(call)", name: "f")) }
            while !rest.isEmpty {
                let place = random.below(rest.count)
                let count = min(rest[place].1.count, 1 + random.below(5))
                take(.toolCallArguments(index: rest[place].0, text: String(rest[place].1.prefix(count))))
                rest[place].1.removeFirst(count)
                if rest[place].1.isEmpty { rest.remove(at: place) }
            }
            take(.finished(.toolCalls))
            take(.ended)
            let whole = try Self.whole(builder)
            #expect(try Self.assembled(bytes) == whole["content"], "seed \(seed)")
            #expect(whole["content"]?.array?.count == 100)
        }
    }

    @Test func `what can't be put in order within the bound is an error and no end`() {
        var writer = AnthropicStreamWriter(Self.identity, limit: 1_000)
        var bytes: [UInt8] = []
        writer.write(.toolCallStarted(index: 0, id: "a", name: "f"), to: &bytes)
        writer.write(.toolCallStarted(index: 1, id: "b", name: "f"), to: &bytes)
        for _ in 0..<200 { writer.write(.toolCallArguments(index: 1, text: "0123456789"), to: &bytes) }
        writer.write(.finished(.toolCalls), to: &bytes)
        writer.write(.ended, to: &bytes)
        #expect(writer.isFailed)
        #expect(Self.summary(of: bytes) == ["message_start", "start 0 tool_use", "error"])
    }

    @Test func `a stream that breaks off gets no finish`() {
        #expect(Self.written([.text("a")]) == ["message_start", "start 0 text", "delta 0 a"])
        #expect(Self.written([.text("a"), .finished(.stop)]).last == "stop 0")
        #expect(Self.written([.text("a"), .ended]).last == "stop 0")
    }

    @Test func `the start may be written before anything is known, and is written once`() {
        var writer = AnthropicStreamWriter(Self.identity)
        var bytes: [UInt8] = []
        writer.start(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","
                + "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"route\",\"content\":[],"
                + "\"stop_reason\":null,\"stop_sequence\":null,\"stop_details\":null,\"usage\":{\"input_tokens\":0,"
                + "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":0,"
                + "\"output_tokens_details\":{\"thinking_tokens\":0}}}}\n\n")
        let count = bytes.count
        writer.write(.started(id: "x", model: "y"), to: &bytes)
        #expect(bytes.count == count)
    }

    // MARK: Endings

    @Test(
        arguments: [
            ([.finished(.stop)], "end_turn"), ([.stopSequence("x"), .finished(.stop)], "stop_sequence"),
            ([.finished(.length)], "max_tokens"), ([.finished(.contextWindow)], "model_context_window_exceeded"),
            ([.finished(.toolCalls)], "tool_use"), ([.finished(.contentFilter)], "refusal"),
            ([.finished(.refusal)], "refusal"), ([.refusal("No."), .finished(.stop)], "refusal"),
            ([.finished(.paused)], "pause_turn"),
        ] as [([ChatEvent], String)])
    func `each finish has its stop reason`(_ events: [ChatEvent], _ reason: String) throws {
        #expect(Self.written(events + [.ended]).last == "message_delta \(reason)")
        var builder = AnthropicMessageBuilder()
        for event in events { builder.add(event) }
        let message = try Self.whole(builder)
        #expect(message["stop_reason"]?.string == reason)
        #expect(message["stop_sequence"]?.string == (reason == "stop_sequence" ? "x" : nil))
        let isTold = events.contains(.refusal("No."))
        #expect(message["stop_details"]?["explanation"]?.string == (isTold ? "No." : nil))
    }

    @Test(arguments: [ChatFinishReason.length, .contextWindow])
    func `a call that was cut off is shown without its arguments`(_ finish: ChatFinishReason) throws {
        var builder = AnthropicMessageBuilder()
        builder.add(.toolCallStarted(index: 0, id: "a", name: "f"))
        builder.add(.toolCallArguments(index: 0, text: #"{"x":"#))
        builder.add(.finished(finish))
        #expect(try Self.whole(builder)["content"]?.array?.first?["input"] == [:])
    }

    @Test(arguments: [#"{"x":"#, "[1]", "null", "{}x"])
    func `arguments that are no object are an error, never something else`(_ arguments: String) throws {
        var builder = AnthropicMessageBuilder()
        builder.add(.toolCallStarted(index: 0, id: "a", name: "f"))
        builder.add(.toolCallArguments(index: 0, text: arguments))
        builder.add(.finished(.toolCalls))
        #expect(throws: AnthropicMessageBuilder.MalformedCall(id: "a")) { try Self.whole(builder) }
    }

    @Test func `nothing of a reply is printable`() {
        var builder = AnthropicMessageBuilder()
        builder.add(.text("secret"))
        var writer = AnthropicStreamWriter(Self.identity)
        var bytes: [UInt8] = []
        writer.write(.toolCallStarted(index: 0, id: "secret", name: "f"), to: &bytes)
        #expect("\(builder) \(writer)" == "<redacted> <redacted>")
        var dumped = ""
        dump(builder, to: &dumped)
        dump(writer, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    // MARK: Errors and counts

    @Test(arguments: [
        (400, "invalid_request_error"), (401, "authentication_error"), (402, "billing_error"),
        (403, "permission_error"), (404, "not_found_error"), (408, "timeout_error"), (409, "conflict_error"),
        (410, "invalid_request_error"), (413, "request_too_large"), (429, "rate_limit_error"), (500, "api_error"),
        (502, "api_error"), (503, "overloaded_error"), (504, "timeout_error"), (529, "overloaded_error"),
    ])
    func `each status has its type of error`(_ status: Int, _ type: String) {
        #expect(AnthropicError(status: status, message: "").type == type)
    }

    @Test func `an error is written and read`() {
        let error = AnthropicError(status: 429, message: "No \"x\".")
        var bytes: [UInt8] = []
        error.write(requestID: "req_1", to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"type":"error","error":{"type":"rate_limit_error","message":"No \"x\"."},"request_id":"req_1"}"#)
        #expect(bytes.withUnsafeBytes { AnthropicError($0) } == error)
        var event: [UInt8] = []
        error.writeEvent(requestID: nil, to: &event)
        #expect(
            String(decoding: event, as: UTF8.self)
                == "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\","
                + "\"message\":\"No \\\"x\\\".\"}}\n\n")
    }

    @Test func `a count of tokens is written and read`() {
        var bytes: [UInt8] = []
        AnthropicTokenCount(inputTokens: 11).write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"input_tokens":11}"#)
        #expect(bytes.withUnsafeBytes { AnthropicTokenCount($0) } == AnthropicTokenCount(inputTokens: 11))
        for body in ["{}", #"{"input_tokens":-1}"#, #"{"input_tokens":"1"}"#, "x", ""] {
            #expect(Array(body.utf8).withUnsafeBytes { AnthropicTokenCount($0) } == nil)
        }
    }

    @Test func `a whole reply is scanned for the books`() throws {
        let scan = try Self.scan(
            #"{"model":"claude","content":[{"usage":{"input_tokens":9}}],"stop_reason":"end_turn","usage":"#
                + #"{"input_tokens":3,"cache_read_input_tokens":10,"cache_creation_input_tokens":5,"output_tokens":7,"#
                + #""output_tokens_details":{"thinking_tokens":99},"server_tool_use":null}}"#)
        #expect(scan.usage == ChatUsage(input: 18, output: 7, cachedInput: 10, cacheWrite: 5, reasoning: 7))
        #expect(scan.model == "claude" && scan.isFinished && scan.error == nil)
        let failed = try Self.scan(
            #"{"type":"error","error":{"type":"api_error","message":"m","details":{"error_code":"c"}}}"#)
        #expect(failed.error == AnthropicError(type: "api_error", message: "m", code: "c") && failed.usage == nil)
        #expect(throws: JSONError.self) { try Self.scan("[]") }
        let huge = #"{"usage":{"input_tokens":9223372036854775807,"cache_read_input_tokens":9223372036854775807}}"#
        #expect(try Self.scan(huge).usage != nil, "counts that no model has don't overflow")
    }

    // MARK: Reading what was written

    private static func scan(_ body: String) throws -> AnthropicReplyScan {
        try Array(body.utf8).withUnsafeBytes { try AnthropicReplyScan($0) }
    }

    private static func whole(_ builder: AnthropicMessageBuilder) throws -> JSON {
        var bytes: [UInt8] = []
        try builder.write(identity, to: &bytes)
        return try JSON(parsing: bytes)
    }

    private static func written(_ events: [ChatEvent]) -> [String] {
        var writer = AnthropicStreamWriter(identity)
        var bytes: [UInt8] = []
        for event in events { writer.write(event, to: &bytes) }
        return summary(of: bytes)
    }

    private static func events(in bytes: [UInt8]) -> [JSON] {
        var reader = SSEReader()
        var events: [JSON] = []
        try? bytes.withUnsafeBytes { bytes in
            try reader.receive(bytes) { event in events.append(try JSON(event.data)) }
        }
        return events
    }

    private static func summary(of bytes: [UInt8]) -> [String] {
        events(in: bytes).map { event in
            let index = event["index"]?.int.map { "\($0)" } ?? ""
            let delta = event["delta"]
            return switch event["type"]?.string {
            case "content_block_start": "start \(index) \(event["content_block"]?["type"]?.string ?? "")"
            case "content_block_stop": "stop \(index)"
            case "content_block_delta":
                "delta \(index) \(delta?.object?.members.last?.value.string ?? "")"
            case "message_delta": "message_delta \(delta?["stop_reason"]?.string ?? "")"
            default: event["type"]?.string ?? ""
            }
        }
    }

    /// The content that a client makes of a stream of tool calls.
    private static func assembled(_ bytes: [UInt8]) throws -> JSON {
        var blocks: [JSONObject] = []
        var inputs: [String] = []
        for event in events(in: bytes) {
            if let block = event["content_block"]?.object {
                #expect(event["index"]?.int == blocks.count)
                blocks.append(block)
                inputs.append("")
            }
            if let piece = event["delta"]?["partial_json"]?.string {
                #expect(event["index"]?.int == blocks.count - 1)
                inputs[inputs.count - 1] += piece
            }
        }
        for index in blocks.indices { blocks[index]["input"] = try JSON(parsing: inputs[index]) }
        return .array(blocks.map { .object($0) })
    }
}
