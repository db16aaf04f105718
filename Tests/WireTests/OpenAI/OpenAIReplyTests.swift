import Testing
import Wire

@Suite struct OpenAIReplyScanTests {
    @Test func `the counts of a reply are found among everything else`() throws {
        let scan = try scan(
            #"""
            {"id":"x","model":"m-1","choices":[{"index":0,"message":{"content":"usage","usage":{"prompt_tokens":9}},
             "finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":999,
             "prompt_tokens_details":{"cached_tokens":30,"cache_write_tokens":20,"audio_tokens":1},
             "completion_tokens_details":{"reasoning_tokens":40}},"error":null}
            """#)
        #expect(scan.usage == ChatUsage(input: 100, output: 50, cachedInput: 30, cacheWrite: 20, reasoning: 40))
        #expect(scan.model == "m-1" && scan.isFinished && !scan.hasNoChoices && scan.error == nil)
    }

    @Test func `a part is never more than its whole and no count is negative`() throws {
        let over = try scan(
            #"""
            {"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":
             {"cached_tokens":8,"cache_write_tokens":8},"completion_tokens_details":{"reasoning_tokens":6}}}
            """#)
        #expect(over.usage == ChatUsage(input: 10, output: 5, cachedInput: 8, cacheWrite: 2, reasoning: 5))
        let odd = try scan(
            #"{"usage":{"prompt_tokens":-10,"completion_tokens":1.5,"prompt_tokens_details":{"cached_tokens":4}}}"#)
        #expect(odd.usage == ChatUsage(input: 0, output: 0))
        let huge = try scan(#"{"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":1e99}}"#)
        #expect(huge.usage == ChatUsage(input: 1 << 40, output: 0))
    }

    @Test func `details that come before their whole count all the same`() throws {
        let scan = try scan(
            #"{"usage":{"prompt_tokens_details":{"cached_tokens":4},"completion_tokens":1,"prompt_tokens":6}}"#)
        #expect(scan.usage == ChatUsage(input: 6, output: 1, cachedInput: 4))
    }

    @Test(arguments: ["null", "[]", "7", #""none""#])
    func `members of another kind say nothing`(_ value: String) throws {
        let scan = try scan(
            #"{"usage":\#(value),"choices":\#(value == "[]" ? "null" : value),"model":null}"#
        )
        #expect(scan.usage == nil && !scan.hasNoChoices && !scan.isFinished && scan.model == nil)
    }

    @Test func `one choice that has finished is enough`() throws {
        #expect(try scan(#"{"choices":[{"finish_reason":null},3,{"finish_reason":"length"}]}"#).isFinished)
        #expect(try !scan(#"{"choices":[{"finish_reason":null},{"delta":{"finish_reason":"stop"}}]}"#).isFinished)
        #expect(try scan(#"{"choices":[ ]}"#).hasNoChoices)
    }

    @Test(arguments: ["", "[]", "null", #"{"a":1"#, "{}{}", #"{"choices":[{]}"#])
    func `what is no JSON object is refused`(_ text: String) {
        #expect(throws: JSONError.self) { try scan(text) }
    }

    private func scan(_ text: String) throws -> OpenAIReplyScan {
        try Array(text.utf8).withUnsafeBytes { try OpenAIReplyScan($0) }
    }
}

@Suite struct OpenAIReplyWritingTests {
    static let identity = OpenAIReplyIdentity(id: "chatcmpl-1", created: 1_795_335_391, model: "route")
    static let usage = ChatUsage(input: 11, output: 7, cachedInput: 3, cacheWrite: 2, reasoning: 4)
    static let usageText =
        #"{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"#
        + #""prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":2,"audio_tokens":0},"#
        + #""completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":0,"#
        + #""accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#

    @Test(
        arguments: [
            (.started(id: "u", model: "m"), #"{"role":"assistant","content":"","refusal":null}"#, "null"),
            (.text("a\"\n"), #"{"content":"a\"\n"}"#, "null"),
            (.reasoning("hm"), #"{"reasoning_content":"hm"}"#, "null"), (.refusal("no"), #"{"refusal":"no"}"#, "null"),
            (
                .toolCallStarted(index: 1, id: "call_1", name: "f"),
                #"{"tool_calls":[{"index":1,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}"#,
                "null"
            ),
            (
                .toolCallArguments(index: 1, text: "{\"a"),
                #"{"tool_calls":[{"index":1,"function":{"arguments":"{\"a"}}]}"#, "null"
            ),
            (.finished(.toolCalls), "{}", #""tool_calls""#),
        ] as [(ChatEvent, String, String)])
    func `an event makes a chunk`(_ event: ChatEvent, _ delta: String, _ finish: String) {
        let head = #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795335391,"model":"route","#
        let chunk = head + #""choices":[{"index":0,"delta":\#(delta),"logprobs":null,"finish_reason":\#(finish)}]"#
        #expect(written(event, includesUsage: false) == chunk + "}\n\n")
        #expect(written(event, includesUsage: true) == chunk + #","usage":null}"# + "\n\n")
    }

    @Test func `usage is a chunk without choices, for those who asked`() {
        let head = #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795335391,"model":"route","#
        #expect(
            written(.usage(Self.usage), includesUsage: true) == head + #""choices":[],"usage":\#(Self.usageText)}"#
                + "\n\n")
        #expect(written(.usage(Self.usage), includesUsage: false).isEmpty)
    }

    @Test(arguments: [ChatEvent.ended, .stopSequence("s")])
    func `what has no place on the wire makes no chunk`(_ event: ChatEvent) {
        #expect(written(event, includesUsage: true).isEmpty)
    }

    @Test func `a whole reply gathers its pieces`() {
        let events: [ChatEvent] = [
            .started(id: nil, model: nil), .reasoning("h"), .reasoning("m"), .reasoningSignature("s"), .text("Zo"),
            .text("é"), .finished(.length), .usage(Self.usage), .ended,
        ]
        #expect(
            completion(events)
                == #"{"id":"chatcmpl-1","object":"chat.completion","created":1795335391,"model":"route","choices":[{"#
                + #""index":0,"message":{"role":"assistant","content":"Zoé","refusal":null,"reasoning_content":"hm","#
                + #""thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"}],"annotations":[]},"#
                + #""logprobs":null,"finish_reason":"length"}],"usage":\#(Self.usageText)}"#)
    }

    @Test func `a reply that only calls tools has null for content`() {
        let events: [ChatEvent] = [
            .toolCallStarted(index: 0, id: "a", name: "f"), .toolCallStarted(index: 1, id: "b", name: "g"),
            .toolCallArguments(index: 1, text: "{}"), .toolCallArguments(index: 0, text: "{\"x\":"),
            .toolCallArguments(index: 0, text: "1}"), .toolCallArguments(index: 2, text: "lost"), .finished(.toolCalls),
        ]
        #expect(
            completion(events)
                == #"{"id":"chatcmpl-1","object":"chat.completion","created":1795335391,"model":"route","choices":[{"#
                + #""index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":["#
                + #"{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},"#
                + #"{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}],"annotations":[]},"#
                + #""logprobs":null,"finish_reason":"tool_calls"}]}"#)
    }

    @Test(
        arguments: [
            ([], #""content":"","refusal":null"#),
            ([.refusal("I "), .refusal("won't")], #""content":null,"refusal":"I won't""#),
            ([.text("")], #""content":"","refusal":null"#),
        ] as [([ChatEvent], String)])
    func `content is null only where something else stands for it`(_ events: [ChatEvent], _ expected: String) {
        #expect(completion(events).contains(expected))
    }

    @Test(arguments: [(nil, "null"), ("model", #""model""#)] as [(String?, String)])
    func `an error has all four members`(_ parameter: String?, _ text: String) {
        var bytes: [UInt8] = []
        OpenAIErrorBody(message: "No \"x\".", type: "t", parameter: parameter, code: "c").write(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"error":{"message":"No \"x\".","type":"t","param":\#(text),"code":"c"}}"#)
    }

    private func written(_ event: ChatEvent, includesUsage: Bool) -> String {
        var bytes: [UInt8] = []
        var writer = OpenAIChunkWriter(Self.identity, includesUsage: includesUsage)
        writer.write(event, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func completion(_ events: [ChatEvent]) -> String {
        var builder = OpenAICompletionBuilder()
        for event in events { builder.add(event) }
        var bytes: [UInt8] = []
        builder.write(Self.identity, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
