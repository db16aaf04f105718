import Testing
import Wire

@Suite struct AnthropicDecoderTests {
    @Test func `every member that has a place goes there and the rest is kept under its name`() throws {
        let request = try decode(
            #"""
            {"model":"m","max_tokens":5,"system":"Be brief.","messages":[{"role":"user","content":"hi"}],"stream":true,
             "temperature":0.5,"top_p":1,"top_k":3,"stop_sequences":["a","b"],"thinking":{"type":"enabled",
             "budget_tokens":1024,"display":"omitted","style":"x"},"output_config":{"effort":"xhigh","format":
             {"type":"json_schema","schema":{"type":"object"}},"odd":1},"metadata":{"user_id":"u","other":2},
             "service_tier":"standard_only","tool_choice":{"type":"any","disable_parallel_tool_use":true},
             "inference_geo":"us","speed":null,"allow_fallbacks":true}
            """#)
        var expected = ChatRequest(
            model: "m",
            messages: [ChatMessage(role: .system, .text("Be brief.")), ChatMessage(role: .user, .text("hi"))])
        expected.isStreamed = true
        expected.includesUsage = true
        expected.maximumOutputTokens = 5
        expected.temperature = 0.5
        expected.topP = 1
        expected.topK = 3
        expected.stop = ["a", "b"]
        expected.toolChoice = .required
        expected.allowsParallelToolCalls = false
        expected.reasoning = ChatReasoning(effort: .xhigh, thinking: .budget(1_024), visibility: .omitted)
        expected.responseFormat = .jsonSchema(
            name: "output", description: nil, schema: ["type": "object"], isStrict: nil)
        expected.extensions = [
            "thinking.style": "x", "output_config.odd": 1, "user": "u", "metadata.other": 2, "service_tier": "default",
            "inference_geo": "us",
        ]
        #expect(request == expected)
    }

    @Test(
        arguments: [
            (#"{"type":"text","text":"t","cache_control":{"type":"ephemeral"},"citations":null}"#, .text("t")),
            (
                #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw=="}}"#,
                .image(.inline(mediaType: "image/png", base64: "iVBORw=="), detail: nil)
            ),
            (
                #"{"type":"image","source":{"type":"url","url":"https://x/y"}}"#,
                .image(.url("https://x/y"), detail: nil)
            ),
            (
                #"{"type":"image","source":{"type":"file","file_id":"f"}}"#,
                .image(.uploaded(id: "f"), detail: nil)
            ),
            (
                #"{"type":"document","title":"T","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}}"#,
                .file(.inline(mediaType: "application/pdf", base64: "AAAA"), name: "T")
            ),
            (
                #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Zoé"}}"#,
                .file(.inline(mediaType: "text/plain", base64: "Wm/DqQ=="), name: nil)
            ),
            (
                #"{"type":"document","source":{"type":"content","content":"x"}}"#,
                .native(["type": "document", "source": ["type": "content", "content": "x"]])
            ),
            (
                #"{"type":"tool_use","id":"i","name":"n","input":{"a": 1.50}}"#,
                .toolCall(ChatToolCall(id: "i", name: "n", arguments: #"{"a":1.50}"#))
            ),
            (
                #"{"type":"tool_result","tool_use_id":"i","content":"ok","is_error":true}"#,
                .toolResult(ChatToolResult(callID: "i", content: [ChatPart(.text("ok"))], isError: true))
            ),
            (#"{"type":"tool_result","tool_use_id":"i"}"#, .toolResult(ChatToolResult(callID: "i", content: []))),
            (
                #"{"type":"thinking","thinking":"hm","signature":"s"}"#, .reasoning(.text("hm", signature: "s"))
            ),
            (#"{"type":"redacted_thinking","data":"d"}"#, .reasoning(.redacted(data: "d"))),
            (
                #"{"type":"server_tool_use","id":"s","name":"n","input":{}}"#,
                .native(["type": "server_tool_use", "id": "s", "name": "n", "input": [:]])
            ),
        ] as [(String, ChatContent)])
    func `every kind of block is read`(_ block: String, _ content: ChatContent) throws {
        let part = try self.content(of: block)
        #expect(part.content == content)
        let isMarked = block.contains("cache_control")
        #expect(part.extensions == (isMarked ? ["cache_control": ["type": "ephemeral"]] : [:]))
    }

    @Test func `tools of Anthropic's own are kept whole`() throws {
        let tools = try decode(
            body(
                #""tools":[{"type":"bash_20250124","name":"bash"},{"name":"f","input_schema":{"type":"object"},"#
                    + #""strict":true,"cache_control":{"type":"ephemeral"}}]"#)
        ).tools
        #expect(tools[0].native == ["type": "bash_20250124", "name": "bash"] && tools[0].name == "bash")
        #expect(tools[1].native == nil && tools[1].isStrict == true)
        #expect(tools[1].extensions == ["cache_control": ["type": "ephemeral"]])
    }

    @Test(arguments: [
        (#"{"type":"auto"}"#, ChatToolChoice.auto), (#"{"type":"any"}"#, .required), (#"{"type":"none"}"#, .none),
        (#"{"type":"tool","name":"f"}"#, .named("f")),
    ])
    func `every tool choice is read`(_ choice: String, _ expected: ChatToolChoice) throws {
        #expect(try decode(body(#""tool_choice":\#(choice)"#)).toolChoice == expected)
    }

    @Test func `tokens can be counted without a limit for the answer`() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
        #expect(throws: ChatRequestError.missing("max_tokens")) { try decode(body) }
        #expect(try decode(body, .tokenCount).maximumOutputTokens == nil)
        #expect(
            try decode(#"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":0}"#)
                .maximumOutputTokens == 0)
    }

    @Test(
        arguments: [
            ("[]", .type("body", expected: .object)), ("{}", .missing("model")),
            (#"{"model":"m"}"#, .missing("messages")),
            (#"{"model":7,"messages":[]}"#, .type("model", expected: .string)),
        ] as [(String, ChatRequestError)])
    func `a body without its members is refused`(_ body: String, _ expected: ChatRequestError) {
        #expect(throws: expected) { try decode(body) }
    }

    @Test(arguments: [
        (#""max_tokens":-1"#, "max_tokens"), (#""max_tokens":"1""#, "max_tokens"),
        (#""temperature":1.1"#, "temperature"),
        (#""stop_sequences":"x""#, "stop_sequences"), (#""stop_sequences":[1]"#, "stop_sequences[0]"),
        (#""thinking":{}"#, "thinking.type"), (#""thinking":{"type":"on"}"#, "thinking.type"),
        (#""thinking":{"type":"enabled"}"#, "thinking.budget_tokens"),
        (#""thinking":{"type":"adaptive","display":"all"}"#, "thinking.display"),
        (#""output_config":{"effort":"none"}"#, "output_config.effort"),
        (#""output_config":{"format":{"type":"xml"}}"#, "output_config.format.type"),
        (#""output_config":{"format":{"type":"json_schema"}}"#, "output_config.format.schema"),
        (#""tool_choice":{"type":"function"}"#, "tool_choice.type"), (#""tool_choice":"auto""#, "tool_choice"),
        (#""tool_choice":{"type":"tool"}"#, "tool_choice.name"), (#""tools":{}"#, "tools"),
        (#""tools":[{"name":"f"}]"#, "tools[0].input_schema"),
        (#""tools":[{"name":"f g","input_schema":{}}]"#, "tools[0].name"), (#""service_tier":"flex""#, "service_tier"),
        (#""metadata":{"user_id":7}"#, "metadata.user_id"), (#""system":[{"type":"image"}]"#, "system[0].source"),
        (#""system":[{"type":"x"}]"#, "system[0].type"), (#""stream":1"#, "stream"),
    ])
    func `an error names the member at fault`(_ member: String, _ parameter: String) throws {
        let error = try #require(throws: ChatRequestError.self) {
            try decode(#"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(member)}"#)
        }
        #expect(error.parameter == parameter)
    }

    @Test(arguments: [
        ("7", ""), (#"{"type":"text"}"#, ".text"), (#"{"text":"x"}"#, ".type"), (#"{"type":"image"}"#, ".source"),
        (#"{"type":"image","source":{"type":"text","data":"x"}}"#, ".source.type"),
        (#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAA"}}"#, ".source.data"),
        (#"{"type":"image","source":{"type":"url","url":"u","odd":1}}"#, ".source.odd"),
        (#"{"type":"document","source":{"type":"x"}}"#, ".source.type"),
        (#"{"type":"tool_use","id":"i","name":"n"}"#, ".input"),
        (#"{"type":"tool_use","id":"i","name":"n","input":"{}"}"#, ".input"),
        (#"{"type":"tool_result","content":"x"}"#, ".tool_use_id"),
        (#"{"type":"tool_result","tool_use_id":"i","content":[{"type":"text"}]}"#, ".content[0].text"),
        (#"{"type":"thinking","signature":"s"}"#, ".thinking"), (#"{"type":"redacted_thinking"}"#, ".data"),
    ])
    func `an error names the message, the block and the member`(_ block: String, _ member: String) throws {
        let error = try #require(throws: ChatRequestError.self) { try content(of: block) }
        #expect(error.parameter == "messages[0].content[0]\(member)")
    }

    private func content(of block: String) throws -> ChatPart {
        let request = try decode(
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[\#(block)]}]}"#)
        return try #require(request.messages.first?.content.first)
    }

    private func body(_ member: String) -> String {
        #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}],\#(member)}"#
    }

    private func decode(_ body: String, _ purpose: AnthropicDecoder.Purpose = .message) throws -> ChatRequest {
        try Array(body.utf8).withUnsafeBytes { bytes in
            try AnthropicDecoder(purpose).request(bytes, leavingOut: ["allow_fallbacks"])
        }
    }
}

extension ChatRequestError {
    fileprivate var parameter: String {
        switch self {
        case .json: "body"
        case .missing(let name), .type(let name, _), .value(let name, _), .repeated(let name), .escaped(let name),
            .unknown(let name), .notOffered(let name, _):
            name
        }
    }
}
