import TestSupport
import Testing
import Wire

@Suite struct AnthropicEncoderTests {
    // MARK: Thinking

    @Test(
        arguments: [
            (.byEffort, ChatReasoning(effort: .high), nil, #"{"effort":"high"}"#),
            (.byEffort, ChatReasoning(effort: ReasoningEffort.none), #"{"type":"disabled"}"#, nil),
            (
                .byEffort, ChatReasoning(effort: .low, visibility: .summarized(style: "concise")),
                #"{"type":"adaptive","display":"summarized"}"#, #"{"effort":"low"}"#
            ),
            (
                .byEffort, ChatReasoning(visibility: .omitted), #"{"type":"adaptive","display":"omitted"}"#, nil
            ),
            (.byEffort, ChatReasoning(thinking: .budget(2_000)), #"{"type":"enabled","budget_tokens":2000}"#, nil),
            (.byBudget, ChatReasoning(thinking: .adaptive), #"{"type":"enabled","budget_tokens":4096}"#, nil),
            (
                .byBudget, ChatReasoning(effort: .max, thinking: .adaptive, visibility: .omitted),
                #"{"type":"enabled","budget_tokens":16384,"display":"omitted"}"#, nil
            ),
            (.byBudget, ChatReasoning(effort: .low, thinking: .off), #"{"type":"disabled"}"#, nil),
            (.byBudget, ChatReasoning(thinking: .betweenTools), #"{"type":"between_tools"}"#, nil),
            (.never, ChatReasoning(effort: ReasoningEffort.none), nil, nil),
            (.never, ChatReasoning(thinking: .off), nil, nil),
        ] as [(AnthropicModel.Thinking, ChatReasoning, String?, String?)])
    func `each model is told to think as it takes it`(
        _ kind: AnthropicModel.Thinking, _ reasoning: ChatReasoning, _ thinking: String?, _ output: String?
    ) throws {
        var chat = Self.chat
        chat.reasoning = reasoning
        let body = try body(of: chat) { $0.thinking = kind }
        #expect(body["thinking"]?.text() == thinking)
        #expect(body["output_config"]?.text() == output)
    }

    @Test(arguments: [
        (500, 64_000, 16_884, 16_384), (16_384, 64_000, 32_768, 16_384), (20_000, 64_000, 20_000, 16_384),
        (500, 8_192, 8_192, 8_191), (100_000, 64_000, 100_000, 16_384), (500, 0, 16_884, 16_384),
    ])
    func `a budget fits into the limit, which is raised for it but not above the model's`(
        _ limit: Int, _ most: Int, _ expectedLimit: Int, _ budget: Int
    ) throws {
        var chat = Self.chat
        chat.maximumOutputTokens = limit
        chat.reasoning = ChatReasoning(effort: .high)
        let body = try body(of: chat) {
            $0.thinking = .byBudget
            $0.maximumOutputTokens = most
        }
        #expect(body["max_tokens"]?.int == expectedLimit && body["thinking"]?["budget_tokens"]?.int == budget)
    }

    // MARK: Messages

    @Test func `an instruction between a call and its result steps behind the result`() throws {
        var chat = Self.chat
        chat.messages += [
            ChatMessage(role: .assistant, .toolCall(ChatToolCall(id: "a", name: "f", arguments: ""))),
            ChatMessage(role: .system, .text("Be brief.")),
            ChatMessage(role: .tool, .toolResult(ChatToolResult(callID: "a", content: []))),
        ]
        let messages = try body(of: chat) { $0.takesSystemMessages = true }["messages"]?.array ?? []
        #expect(messages.compactMap { $0["role"]?.string } == ["user", "assistant", "user", "system"])
        let merged = try body(of: chat) { _ in }["messages"]?.array ?? []
        #expect(
            merged.last?.text()
                == #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"},"#
                + #"{"type":"text","text":"Be brief."}]}"#)
    }

    @Test(
        arguments: [
            (.user, .toolCall(ChatToolCall(id: "a", name: "f", arguments: "{}")), "messages[1].tool_calls[0]"),
            (.assistant, .toolResult(ChatToolResult(callID: "a", content: [])), "messages[1]"),
            (.user, .reasoning(.redacted(data: "d")), "messages[1].content[0]"),
            (.system, .image(.url("u"), detail: nil), "messages[1].content[0]"),
            (.user, .native(["type": "input_video"]), "messages[1].content[0].input_video"),
            (.user, .native([]), "messages[1].content[0].type"),
        ] as [(ChatMessage.Role, ChatContent, String)])
    func `what has no place in a message is refused by its place`(
        _ role: ChatMessage.Role, _ content: ChatContent, _ parameter: String
    ) throws {
        var chat = Self.chat
        chat.messages.append(ChatMessage(role: role, content))
        let error = try #require(throws: AnthropicEncodingError.self) { try body(of: chat) { _ in } }
        #expect(error.parameter == parameter)
    }

    @Test func `members of parts and tools that the wire doesn't have are refused by their names`() throws {
        var chat = Self.chat
        chat.messages[0].content[0].extensions = ["cache_control": ["type": "ephemeral"], "empty": [], "odd": 1]
        #expect(try refusal(of: chat) == "messages[0].content[0].odd")
        chat = Self.chat
        chat.messages[0].extensions = ["odd": 1]
        #expect(try refusal(of: chat) == "messages[0].odd")
        chat = Self.chat
        chat.tools = [ChatTool(name: "f")]
        chat.tools[0].extensions = ["odd": 1]
        #expect(try refusal(of: chat) == "tools[0].odd")
        chat.tools[0].extensions = [:]
        chat.tools[0].native = ["type": "file_search"]
        #expect(try refusal(of: chat) == "tools[0].file_search")
        chat.tools = [ChatTool(name: "f", parameters: ["type": "array"])]
        #expect(try refusal(of: chat) == "tools[0].function.parameters.type")
    }

    @Test func `parameters without a type are an object's`() throws {
        var chat = Self.chat
        chat.tools = [ChatTool(name: "f", parameters: ["properties": ["a": [:]]]), ChatTool(name: "g")]
        let tools = try body(of: chat) { _ in }["tools"]?.array ?? []
        #expect(tools[0]["input_schema"] == ["properties": ["a": [:]], "type": "object"])
        #expect(tools[1]["input_schema"] == ["properties": [:], "type": "object"])
    }

    @Test func `ids that are too long are replaced, and always by the same text`() throws {
        func id(_ id: String) throws -> String? {
            var chat = Self.chat
            chat.messages += [
                ChatMessage(role: .assistant, .toolCall(ChatToolCall(id: id, name: "f", arguments: "{}"))),
                ChatMessage(role: .tool, .toolResult(ChatToolResult(callID: id, content: []))),
            ]
            let messages = try body(of: chat) { _ in }["messages"]?.array ?? []
            let written = messages[1]["content"]?.array?.first?["id"]?.string
            #expect(messages[2]["content"]?.array?.first?["tool_use_id"]?.string == written)
            return written
        }
        #expect(try id("toolu_01-A") == "toolu_01-A")
        for text in ["", "a.b", "é", String(repeating: "a", count: 129)] {
            let written = try id(text)
            #expect(written?.hasPrefix("call_") == true && written?.utf8.count == 21)
            #expect(try id(text) == written)
        }
    }

    // MARK: Anything

    @Test func `requests that were tampered with never crash decoder or encoder`() throws {
        var random = SeededGenerator(seed: 5)
        let body = Array(
            #"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}},{"type":"document",
            "source":{"type":"text","media_type":"text/plain","data":"é"}}]},{"role":"assistant","content":[{"type":
            "tool_use","id":"a","name":"f","input":{"a":[1,{}]}}]},{"role":"user","content":[{"type":"tool_result",
            "tool_use_id":"a","content":"x"}]}],"thinking":{"type":"enabled","budget_tokens":1024},"tools":[{"name":
            "f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto"},"top_k":5,"stop_sequences":["x"]}
            """#.utf8)
        var soundCount = 0
        for _ in 0..<3_000 {
            var damaged = body
            for _ in 0...random.below(3) {
                let place = random.below(damaged.count)
                if random.isOneIn(3) {
                    damaged.remove(at: place)
                } else {
                    damaged[place] = UInt8(0x20 + random.below(0x5F))
                }
            }
            let chat = try? damaged.withUnsafeBytes { try AnthropicDecoder().request($0, leavingOut: []) }
            guard let chat, let written = try? Self.encoder().body(of: chat) else { continue }
            #expect((try? JSON(parsing: written)) != nil, "what is written is JSON")
            soundCount += 1
        }
        #expect(soundCount > 20)
    }

    // MARK: Making

    private static let chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("Hi"))])

    private static func encoder(_ change: (inout AnthropicModel) -> Void = { _ in }) -> AnthropicEncoder {
        var model = AnthropicModel(maximumOutputTokens: 64_000)
        change(&model)
        return AnthropicEncoder(model, AnthropicEnvelope(model: "m"))
    }

    private func body(of chat: ChatRequest, _ change: (inout AnthropicModel) -> Void) throws -> JSON {
        try JSON(parsing: Self.encoder(change).body(of: chat))
    }

    private func refusal(of chat: ChatRequest) throws -> String? {
        do throws(AnthropicEncodingError) {
            _ = try Self.encoder().body(of: chat)
            return nil
        } catch {
            return error.parameter
        }
    }
}
