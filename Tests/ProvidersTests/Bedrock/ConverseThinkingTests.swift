import Domain
import Providers
import Testing
import Wire

/// What callers of wires say that OpenAI's has no words for.
@Suite struct ConverseThinkingTests {
    private static let adaptive = "global.anthropic.claude-sonnet-4-6"
    private static let budgets = "anthropic.claude-haiku-4-5-20251001-v1:0"
    private static let nova = "amazon.nova-2-lite-v1:0"
    private static let hidden = "arn:aws:bedrock:ca-central-1:111122223333:application-inference-profile/a1"

    private func body(_ chat: ChatRequest, model: String) throws -> JSON {
        let adapter = try BedrockAdapter(route: bedrockRoute(model: model), settings: ProviderSettings())
        let request = try adapter.request(for: chat, credential: .none, at: Timestamp(seconds: 0))
        guard case .bytes(let bytes) = request.body else { return .null }
        return try JSON(parsing: bytes)
    }

    private func chat(_ reasoning: ChatReasoning) -> ChatRequest {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("Hi"))])
        chat.reasoning = reasoning
        return chat
    }

    @Test(arguments: [
        (adaptive, ChatReasoning(thinking: .adaptive), #"{"type":"adaptive"}"#),
        (adaptive, ChatReasoning(thinking: .off), #"{"type":"disabled"}"#),
        (adaptive, ChatReasoning(thinking: .betweenTools), #"{"type":"between_tools"}"#),
        (
            adaptive, ChatReasoning(thinking: .budget(2_000), visibility: .omitted),
            #"{"type":"enabled","budget_tokens":2000,"display":"omitted"}"#
        ),
        (
            hidden, ChatReasoning(thinking: .adaptive, visibility: .summarized(style: nil)),
            #"{"type":"adaptive","display":"summarized"}"#
        ),
        (budgets, ChatReasoning(thinking: .budget(2_000)), #"{"type":"enabled","budget_tokens":2000}"#),
        (budgets, ChatReasoning(thinking: .adaptive), #"{"type":"enabled","budget_tokens":4096}"#),
        (
            budgets, ChatReasoning(effort: .high, thinking: .adaptive), #"{"type":"enabled","budget_tokens":16384}"#
        ),
        (budgets, ChatReasoning(effort: .low, thinking: .budget(3_000)), #"{"type":"enabled","budget_tokens":3000}"#),
        (budgets, ChatReasoning(thinking: .off), "null"), (nova, ChatReasoning(thinking: .off), "null"),
        (nova, ChatReasoning(thinking: .adaptive), "null"),
    ])
    func `asks for thinking as the model takes it`(_ model: String, _ reasoning: ChatReasoning, _ thinking: String)
        throws
    {
        let body = try body(chat(reasoning), model: model)
        let asked = body["additionalModelRequestFields"]?["thinking"] ?? .null
        #expect(asked.text(.sorted) == (try JSON(parsing: thinking)).text(.sorted))
        if model == Self.budgets { #expect(body["outputConfig"] == nil) }
    }

    @Test func `keeps the effort beside thinking that the model chooses itself`() throws {
        let body = try body(chat(ChatReasoning(effort: .max, thinking: .adaptive)), model: Self.adaptive)
        #expect(body["outputConfig"]?["effort"] == "max")
    }

    @Test func `leaves a caller's own limit and budget as they are`() throws {
        var chat = chat(ChatReasoning(thinking: .budget(2_000)))
        chat.maximumOutputTokens = 2_500
        let body = try body(chat, model: Self.budgets)
        #expect(body["inferenceConfig"]?["maxTokens"] == 2_500)
    }

    @Test(arguments: [
        (ChatReasoning(thinking: .budget(2_000)), "thinking"), (ChatReasoning(thinking: .betweenTools), "thinking"),
        (ChatReasoning(visibility: .omitted), "thinking.display"),
    ])
    func `refuses by name what another model knows nothing of`(_ reasoning: ChatReasoning, _ name: String) throws {
        let error = try #require(throws: TranslationError.self) { try body(chat(reasoning), model: Self.nova) }
        #expect(error.kind == .unsupported)
        #expect(error.parameter == name)
    }

    @Test func `says that a tool failed`() throws {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("Hi"))])
        chat.tools = [ChatTool(name: "f")]
        let call = ChatToolCall(id: "a", name: "f", arguments: "{}")
        let result = ChatToolResult(callID: "a", content: [ChatPart(.text("no"))], isError: true)
        chat.messages += [
            ChatMessage(role: .assistant, .toolCall(call)), ChatMessage(role: .user, .toolResult(result)),
        ]
        let blocks = try body(chat, model: Self.adaptive)["messages"]?.array?.last?["content"]?.array
        #expect(
            blocks?.first?["toolResult"]?.text(.sorted)
                == #"{"content":[{"text":"no"}],"status":"error","toolUseId":"a"}"#)
    }

    @Test func `refuses tools that the provider would run, and notes that it can't pass on`() throws {
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("Hi"))])
        chat.tools = [ChatTool(name: "f")]
        chat.tools[0].extensions = ["defer_loading": false, "eager_input_streaming": true]
        #expect(throws: Never.self) { try body(chat, model: Self.adaptive) }
        chat.tools[0].extensions = ["defer_loading": true]
        #expect(
            try #require(throws: TranslationError.self) { try body(chat, model: Self.adaptive) }.parameter
                == "tools[0].defer_loading")
        chat.tools[0].native = ["type": "bash_20250124", "name": "bash"]
        #expect(
            try #require(throws: TranslationError.self) { try body(chat, model: Self.adaptive) }.parameter
                == "tools[0].bash_20250124")
    }
}
