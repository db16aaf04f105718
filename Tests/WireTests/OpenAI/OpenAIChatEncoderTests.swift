import Testing
import Wire

@Suite struct OpenAIChatEncoderTests {
    @Test func `what a request of this wire says comes out as it went in`() throws {
        let text = #"""
            {"model":"m","messages":[{"role":"system","content":"s"},
             {"role":"user","name":"zoe","content":[{"type":"text","text":"a"},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw==","detail":"low"}},
              {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},
              {"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]},
             {"role":"assistant","content":"b","tool_calls":[{"id":"c","type":"function",
              "function":{"name":"f","arguments":"{\"a\":1}"}}]},
             {"role":"tool","tool_call_id":"c","content":"r"},{"role":"assistant","content":null,"refusal":"no"}],
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},
              "strict":true}}],"tool_choice":"required","parallel_tool_calls":false,"max_completion_tokens":9,
             "temperature":0.5,"top_p":0.25,"stop":["x"],"response_format":{"type":"json_object"},
             "reasoning_effort":"low","seed":7,"stream":true,"stream_options":{"include_usage":true}}
            """#
        let request = try decoded(text)
        #expect(try encoded(request).text(.sorted) == JSON(parsing: text).text(.sorted))
    }

    @Test func `results of tools come right behind the calls and what else a user says behind them`() throws {
        var chat = ChatRequest(
            model: "m",
            messages: [
                ChatMessage(
                    role: .assistant, .toolCall(ChatToolCall(id: "1", name: "f", arguments: "")),
                    .toolCall(ChatToolCall(id: "2", name: "g", arguments: "{}"))),
                ChatMessage(
                    role: .user,
                    .toolResult(
                        ChatToolResult(
                            callID: "1",
                            content: [ChatPart(.image(.inline(mediaType: "image/png", base64: "iVBO"), detail: nil))])),
                    .toolResult(ChatToolResult(callID: "2", content: [ChatPart(.text("bad"))], isError: true)),
                    .text("so?")),
            ])
        chat.messages[1].content[2].extensions = ["cache_control": ["type": "ephemeral"]]
        let messages = try encoded(chat)["messages"]?.array ?? []
        #expect(messages.map { $0["role"]?.string } == ["assistant", "tool", "tool", "user"])
        #expect(messages[1]["tool_call_id"] == "1" && messages[2]["tool_call_id"] == "2")
        #expect(
            messages[2]["content"] == [["type": "text", "text": "The tool failed."], ["type": "text", "text": "bad"]])
        #expect(
            messages[3]["content"]?.array?.map { $0["type"]?.string } == ["text", "image_url", "text"])
    }

    @Test func `thinking goes back only where it is asked for`() throws {
        let chat = ChatRequest(
            model: "m",
            messages: [
                ChatMessage(
                    role: .assistant, .reasoning(.text("hm", signature: "s")), .reasoning(.redacted(data: "d")),
                    .text("a"))
            ])
        #expect(try encoded(chat)["messages"] == [["role": "assistant", "content": "a"]])
        let blocks: JSON = [
            ["type": "thinking", "thinking": "hm", "signature": "s"], ["type": "redacted_thinking", "data": "d"],
        ]
        #expect(
            try encoded(chat) { $0.thinking = .blocks }["messages"]
                == [["role": "assistant", "content": "a", "thinking_blocks": blocks]])
        #expect(
            try encoded(chat) { $0.thinking = .text(member: "reasoning") }["messages"]
                == [["role": "assistant", "content": "a", "reasoning": "hm"]])
    }

    @Test(
        arguments: [
            (ChatReasoning(thinking: .budget(1_024)), "low"), (ChatReasoning(thinking: .budget(4_096)), "medium"),
            (ChatReasoning(thinking: .budget(16_384)), "high"), (ChatReasoning(thinking: .off), "minimal"),
            (ChatReasoning(thinking: .adaptive), nil), (ChatReasoning(effort: .max, thinking: .budget(1)), "max"),
            (ChatReasoning(visibility: .omitted), nil),
        ] as [(ChatReasoning, String?)])
    func `thinking by numbers becomes an effort`(_ reasoning: ChatReasoning, _ effort: String?) throws {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        chat.reasoning = reasoning
        #expect(try encoded(chat) { $0.leastEffort = .minimal }["reasoning_effort"]?.string == effort)
    }

    @Test(
        arguments: [
            ("n", 2), ("logprobs", true), ("top_logprobs", 3), ("modalities", ["text", "audio"]),
            ("audio", ["voice": "x"]),
            ("web_search_options", ["search_context_size": "low"]), ("container", "c"), ("made_up", 1),
        ] as [(String, JSON)])
    func `what a reply couldn't follow is refused by name`(_ name: String, _ value: JSON) {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        chat.extensions[name] = value
        #expect(throws: ChatEncodingError.unsupported(name)) { try encoded(chat) }
    }

    @Test(
        arguments: [
            (ChatPart(.native(["type": "computer_call"])), "messages[0].content[0].computer_call"),
            (ChatPart(.image(.uploaded(id: "f"), detail: nil)), "messages[0].content[0].file_id"),
            (ChatPart(.file(.url("https://example.com/f.pdf"), name: nil)), "messages[0].content[0].file.url"),
            (ChatPart(.text("a"), extensions: ["made_up": 1]), "messages[0].content[0].made_up"),
            (ChatPart(.text("a"), extensions: ["citations": ["enabled": true]]), "messages[0].content[0].citations"),
        ] as [(ChatPart, String)])
    func `a part that has no counterpart is refused by its place`(_ part: ChatPart, _ place: String) {
        let chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, content: [part])])
        #expect(throws: ChatEncodingError.unsupported(place)) { try encoded(chat) }
    }

    @Test func `a tool's notes are refused unless they only make it cheaper`() throws {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        chat.tools = [ChatTool(name: "f")]
        chat.tools[0].extensions = ["cache_control": ["type": "ephemeral"], "type": "custom"]
        #expect(try encoded(chat)["tools"]?.array?.count == 1)
        chat.tools[0].extensions = ["input_examples": [["a": 1]]]
        #expect(throws: ChatEncodingError.unsupported("tools[0].input_examples")) { try encoded(chat) }
    }

    @Test func `choices about tools that aren't there say nothing or are refused`() throws {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        chat.toolChoice = .auto
        chat.allowsParallelToolCalls = false
        #expect(try encoded(chat)["tool_choice"] == nil)
        #expect(try encoded(chat)["parallel_tool_calls"] == nil)
        chat.toolChoice = .required
        #expect(throws: ChatEncodingError.self) { try encoded(chat) }
    }

    @Test func `five stop sequences are one too many`() {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        chat.stop = ["a", "b", "c", "d", "e"]
        #expect(throws: ChatEncodingError.self) { try encoded(chat) }
    }

    private func decoded(_ text: String) throws -> ChatRequest {
        try Array(text.utf8).withUnsafeBytes { try OpenAIChatDecoder().request($0, leavingOut: []) }
    }

    @discardableResult
    private func encoded(_ chat: ChatRequest, _ change: (inout OpenAIDialect) -> Void = { _ in }) throws -> JSON {
        var dialect = OpenAIDialect(model: "m", tokenLimit: .maxCompletionTokens)
        change(&dialect)
        return try JSON(parsing: OpenAIChatEncoder(dialect).body(chat))
    }
}
