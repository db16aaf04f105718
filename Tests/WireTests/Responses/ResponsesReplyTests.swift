import Testing
import Wire

@Suite struct ResponsesReplyTests {
    @Test func `a stream begins with the created response and numbers its events`() throws {
        let events = try stream([.started(id: nil, model: nil), .text("a"), .finished(.stop), .ended])
        #expect(
            events.map { $0["type"]?.string } == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ])
        #expect(events.enumerated().allSatisfy { $1["sequence_number"]?.int == $0 })
        #expect(events.compactMap { $0["response"]?["id"]?.string } == ["resp_9", "resp_9", "resp_9"])
    }

    @Test func `what is streamed adds up to what is told whole`() throws {
        let events: [ChatEvent] = [
            .started(id: nil, model: nil), .reasoning("hm"), .reasoning("?"), .reasoningSignature("s"),
            .redactedReasoning(data: "d"), .text("a"), .text("b"), .refusal("c"),
            .toolCallStarted(index: 0, id: "c0", name: "f"), .toolCallArguments(index: 0, text: #"{"a":"}"#),
            .toolCallStarted(index: 1, id: "c1", name: "g"), .toolCallArguments(index: 1, text: "{}"),
            .toolCallArguments(index: 0, text: #"\""}"#), .text("d"), .finished(.toolCalls),
            .usage(ChatUsage(input: 5, output: 4, cachedInput: 3, cacheWrite: 1, reasoning: 2)), .ended,
        ]
        let whole = try whole(events)
        let streamed = try stream(events)
        #expect(streamed.last?["response"] == whole)
        let done = streamed.filter { $0["type"] == "response.output_item.done" }
            .sorted { ($0["output_index"]?.int ?? 0) < ($1["output_index"]?.int ?? 0) }
        #expect(whole["output"]?.array == done.compactMap { $0["item"] })
        #expect(
            whole["output"]?.array?.map { $0["type"]?.string } == [
                "reasoning", "reasoning", "message", "function_call", "function_call", "message",
            ])
        #expect(whole["output"]?.array?[3]["arguments"] == #"{"a":"}\""}"#)
        #expect(whole["usage"]?["input_tokens_details"]?["cached_tokens"] == 3)
        #expect(whole["usage"]?["total_tokens"] == 9)
    }

    @Test func `thinking comes back from the caller as it went out`() throws {
        let output = try whole([
            .reasoning("hm"), .reasoningSignature("s"), .redactedReasoning(data: "d"), .reasoningSignature("only"),
            .reasoning("unsigned"), .text("a"), .finished(.stop), .ended,
        ])["output"]
        var items = output?.array ?? []
        items.insert(["role": "user", "content": "hi"], at: 0)
        let body = JSON.object(["model": "m", "input": .array(items)]).bytes()
        let back = try body.withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: []) }.request.messages
        #expect(
            back[1]
                == ChatMessage(
                    role: .assistant, .reasoning(.text("hm", signature: "s")), .reasoning(.redacted(data: "d")),
                    .reasoning(.text("", signature: "only")), .reasoning(.text("unsigned", signature: nil)),
                    .text("a")))
    }

    @Test(
        arguments: [
            (.stop, "completed", nil), (.toolCalls, "completed", nil), (.paused, "completed", nil),
            (.length, "incomplete", "max_output_tokens"), (.contextWindow, "incomplete", "max_output_tokens"),
            (.contentFilter, "incomplete", "content_filter"), (.refusal, "incomplete", "content_filter"),
        ] as [(ChatFinishReason, String, String?)])
    func `a finish reason becomes a status`(_ reason: ChatFinishReason, _ status: String, _ detail: String?) throws {
        let response = try whole([.text("a"), .finished(reason), .ended])
        #expect(response["status"]?.string == status)
        #expect(response["incomplete_details"]?["reason"]?.string == detail)
        let events = try stream([.text("a"), .finished(reason), .ended])
        #expect(events.last?["type"]?.string == "response.\(status)")
    }

    @Test func `a refusal that is told is a completed answer`() throws {
        #expect(try whole([.refusal("no"), .finished(.refusal), .ended])["status"] == "completed")
    }

    @Test func `an end without a reason is never told as complete`() throws {
        #expect(try whole([.text("a"), .ended])["status"] == "failed")
        #expect(try stream([.text("a"), .ended]).last?["type"] == "response.failed")
    }

    @Test func `a failure behind the first event is a failed response and before it an error`() throws {
        let error = OpenAIErrorBody(message: "Broken.", type: "server_error", parameter: nil, code: "upstream_error")
        var writer = ResponsesStreamWriter(identity())
        var bytes: [UInt8] = []
        writer.fail(error, to: &bytes)
        let early = try #require(try Self.events(bytes).first)
        #expect(early["type"] == "error" && early["code"] == "upstream_error" && early["sequence_number"] == 0)
        #expect(early["param"] == .null)

        writer = ResponsesStreamWriter(identity())
        bytes = []
        writer.write(.text("a"), to: &bytes)
        writer.fail(error, to: &bytes)
        let late = try #require(try Self.events(bytes).last)
        #expect(late["type"] == "response.failed" && late["response"]?["status"] == "failed")
        #expect(late["response"]?["error"] == ["code": "upstream_error", "message": "Broken."])
        #expect(late["response"]?["output"]?.array?.first?["content"]?.array?.first?["text"] == "a")
    }

    @Test func `a response repeats what was asked and stores nothing`() throws {
        let request = #"""
            {"model":"m","input":"hi","store":true,"metadata":{"a":"b"},"instructions":"i","temperature":0.50,
             "text":{"verbosity":"low"},"reasoning":{"effort":"low"},"tools":[{"type":"function","name":"f"}],"user":"u"}
            """#
        let echo = try Array(request.utf8).withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: []) }.echo
        let response = try whole([.finished(.stop), .ended], echo: echo)
        #expect(response["store"] == false && response["metadata"] == ["a": "b"] && response["instructions"] == "i")
        #expect(response["temperature"] == .number("0.50") && response["top_p"] == 1)
        #expect(response["text"] == ["verbosity": "low", "format": ["type": "text"]])
        #expect(response["reasoning"] == ["effort": "low", "summary": nil])
        #expect(response["tools"] == [["type": "function", "name": "f"]] && response["user"] == "u")
        #expect(response["previous_response_id"] == .null && response["usage"] == .null)
    }

    @Test func `nothing of a request is printed`() throws {
        let echo = try Array(#"{"model":"m","input":"secret","instructions":"secret"}"#.utf8)
            .withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: []) }.echo
        #expect(!"\(echo)".contains("secret"))
    }

    // MARK: Support

    private func identity(_ echo: ResponsesEcho = ResponsesEcho()) -> ResponsesReplyIdentity {
        ResponsesReplyIdentity(id: "resp_9", created: 1, model: "m", echo: echo)
    }

    private func whole(_ events: [ChatEvent], echo: ResponsesEcho = ResponsesEcho()) throws -> JSON {
        var builder = ResponsesBuilder(identity(echo))
        for event in events { builder.add(event) }
        var bytes: [UInt8] = []
        builder.write(to: &bytes)
        return try JSON(parsing: bytes)
    }

    private func stream(_ events: [ChatEvent]) throws -> [JSON] {
        var writer = ResponsesStreamWriter(identity())
        var bytes: [UInt8] = []
        for event in events { writer.write(event, to: &bytes) }
        return try Self.events(bytes)
    }

    private static func events(_ bytes: [UInt8]) throws -> [JSON] {
        var reader = SSEReader()
        var events: [JSON] = []
        try bytes.withUnsafeBytes { bytes in
            try reader.receive(bytes) { (event: SSEEvent) throws(JSONError) in
                let value = try JSON(event.data)
                #expect(value["type"]?.string == String(decoding: event.name, as: UTF8.self))
                events.append(value)
            }
        }
        return events
    }
}
