import Testing
import Wire

/// The forms that came before tools, and the tools that take text.
@Suite struct OpenAIFunctionsTests {
    @Test func `functions become tools and their calls find their answers`() throws {
        let request = try decoded(
            #"""
            {"model":"m","messages":[{"role":"user","content":"u"},
             {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
             {"role":"function","name":"f","content":"x"},
             {"role":"assistant","function_call":{"name":"g","arguments":"{}"}},
             {"role":"function","name":"g","content":null}],
             "functions":[{"name":"f","parameters":{"type":"object"}},{"name":"g"}],"function_call":{"name":"g"}}
            """#)
        #expect(request.callForm == .functionCall)
        #expect(request.tools == [ChatTool(name: "f", parameters: ["type": "object"]), ChatTool(name: "g")])
        #expect(request.toolChoice == .named("g") && request.allowsParallelToolCalls == false)
        let calls = request.messages.flatMap(\.toolCalls)
        #expect(calls.map(\.name) == ["f", "g"] && Set(calls.map(\.id)).count == 2)
        let answers = request.messages.filter { $0.role == .tool }.flatMap(\.content)
        #expect(
            answers == [
                ChatPart(.toolResult(ChatToolResult(callID: calls[0].id, content: [ChatPart(.text("x"))]))),
                ChatPart(.toolResult(ChatToolResult(callID: calls[1].id, content: []))),
            ])
    }

    @Test func `a caller of functions gets one call in the form it knows`() throws {
        let identity = ChatReplyIdentity(id: "i", created: 1, model: "m")
        let events: [ChatEvent] = [
            .started(id: nil, model: nil), .toolCallStarted(index: 0, id: "c", name: "f"),
            .toolCallArguments(index: 0, text: "{}"), .finished(.toolCalls),
        ]
        var builder = OpenAICompletionBuilder(identity, callForm: .functionCall)
        var writer = OpenAIChunkWriter(identity, includesUsage: false, callForm: .functionCall)
        var whole: [UInt8] = []
        var stream: [UInt8] = []
        for event in events {
            builder.add(event)
            writer.write(event, to: &stream)
        }
        builder.write(to: &whole)
        let choice = try JSON(parsing: whole)["choices"]?.array?.first
        #expect(choice?["message"]?["function_call"] == ["name": "f", "arguments": "{}"])
        #expect(choice?["message"]?["tool_calls"] == nil && choice?["finish_reason"] == "function_call")
        let text = String(decoding: stream, as: UTF8.self)
        #expect(text.contains(#""delta":{"function_call":{"name":"f","arguments":""}}"#))
        #expect(text.contains(#""delta":{"function_call":{"arguments":"{}"}}"#))
        #expect(text.contains(#""finish_reason":"function_call""#) && !text.contains("tool_calls"))
    }

    @Test(arguments: [
        #""functions":[{"name":"f"}],"tools":[{"type":"function","function":{"name":"f"}}]"#, #""functions":{}"#,
        #""functions":[{"name":"f"}],"function_call":"any""#, #""function_call":{}"#, #""functions":[{}]"#,
    ])
    func `functions of the wrong form are refused`(_ members: String) {
        #expect(throws: OpenAIRequestError.self) {
            try decoded(#"{"model":"m","messages":[{"role":"user","content":"u"}],\#(members)}"#)
        }
    }

    @Test func `an answer to no call is refused by its place`() {
        #expect(throws: OpenAIRequestError.self) {
            try decoded(#"{"model":"m","messages":[{"role":"function","name":"f","content":"x"}]}"#)
        }
    }

    @Test func `tools that take text are kept whole and so are their calls`() throws {
        let tool: JSON = ["type": "custom", "custom": ["name": "sql", "description": "d", "format": ["type": "text"]]]
        let call: JSON = ["id": "c", "type": "custom", "custom": ["name": "sql", "input": "select 1"]]
        let request = try decoded(
            #"""
            {"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[\#(call.text())]},
             {"role":"tool","tool_call_id":"c","content":"1"}],"tools":[\#(tool.text())],
             "tool_choice":{"type":"custom","custom":{"name":"sql"}}}
            """#)
        #expect(request.callForm == .toolCalls && request.tools[0].native == tool && request.tools[0].name == "sql")
        #expect(request.messages[0] == ChatMessage(role: .assistant, .native(call)))
        #expect(request.toolChoice == .named("sql"))
    }

    @Test func `members inside parts and tools that aren't known are kept`() throws {
        let request = try decoded(
            #"""
            {"model":"m","messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"https://example.com","uuid":"1"},"cache_control":{}}]}],
             "tools":[{"type":"function","function":{"name":"f","examples":[1]},"cache_control":{"type":"ephemeral"}}],
             "stream":true,"stream_options":{"include_obfuscation":true,"continuous_usage_stats":true},"top_k":5}
            """#)
        #expect(request.messages[0].content[0].extensions == ["cache_control": [:], "image_url.uuid": "1"])
        #expect(request.tools[0].extensions == ["examples": [1], "cache_control": ["type": "ephemeral"]])
        #expect(request.extensions == ["stream_options.continuous_usage_stats": true] && request.topK == 5)
    }

    private func decoded(_ text: String) throws -> ChatRequest {
        try Array(text.utf8).withUnsafeBytes { try OpenAIChatDecoder().request($0, leavingOut: []) }
    }
}
