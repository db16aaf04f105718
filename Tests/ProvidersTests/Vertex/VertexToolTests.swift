import Domain
import Testing
import Wire

@testable import Providers

@Suite struct VertexToolTests {
    static let tools = [
        ChatTool(
            name: "weather", description: "Tells it", parameters: ["type": "object", "properties": [:]], isStrict: true),
        ChatTool(name: "now"),
    ]

    @Test func `declares all functions in one entry, with their JSON Schema as it is`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.tools = Self.tools
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat)["tools"],
            #"""
            [{"functionDeclarations":[{"name":"weather","description":"Tells it",
              "parametersJsonSchema":{"type":"object","properties":{}}},{"name":"now"}]}]
            """#)
    }

    @Test(arguments: [
        (ChatToolChoice.auto, #"{"mode":"AUTO"}"#), (.none, #"{"mode":"NONE"}"#), (.required, #"{"mode":"ANY"}"#),
        (.named("now"), #"{"mode":"ANY","allowedFunctionNames":["now"]}"#),
        (.allowed(["now"], isRequired: true), #"{"mode":"ANY","allowedFunctionNames":["now"]}"#),
        (
            .allowed(["now", "weather"], isRequired: false),
            #"{"mode":"VALIDATED","allowedFunctionNames":["now","weather"]}"#
        ),
    ])
    func `has a mode for every tool choice`(_ choice: ChatToolChoice, _ config: String) throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.tools = Self.tools
        chat.toolChoice = choice
        try VertexFixture.expectEqual(VertexFixture.body(of: chat)["toolConfig"]?["functionCallingConfig"], config)
    }

    @Test func `refuses to choose a tool that isn't listed`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.toolChoice = .required
        #expect(try VertexFixture.refusal(of: chat)?.parameter == "tool_choice")
        chat.tools = Self.tools
        chat.toolChoice = .named("other")
        #expect(try VertexFixture.refusal(of: chat)?.parameter == "tool_choice")
        chat.tools = []
        chat.toolChoice = .auto
        #expect(try VertexFixture.body(of: chat)["toolConfig"] == nil)
    }

    // MARK: Calls and answers

    /// A user's question, two calls, and the answers to them that are given.
    private func conversation(answers: [(id: String, text: String)]) -> ChatRequest {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.messages.append(
            ChatMessage(
                role: .assistant, .text("Let me see."),
                .toolCall(ChatToolCall(id: "one", name: "weather", arguments: #"{ "city": "Iqaluit" }"#)),
                .toolCall(ChatToolCall(id: "two", name: "now", arguments: ""))))
        for answer in answers {
            var message = ChatMessage(role: .tool, Self.result(answer.id, answer.text))
            message.name = "repeated"
            chat.messages.append(message)
        }
        return chat
    }

    private static func result(_ id: String, _ text: String) -> ChatContent {
        .toolResult(ChatToolResult(callID: id, content: [ChatPart(.text(text))]))
    }

    @Test func `gives answers the names of their calls, in the order of the calls, in one turn`() throws {
        var chat = conversation(answers: [("two", "noon"), ("one", #"{"temperature":-20}"#)])
        chat.messages.append(ChatMessage(role: .user, .text("And?")))
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat)["contents"],
            #"""
            [{"role":"user","parts":[{"text":"Hi"}]},
             {"role":"model","parts":[{"text":"Let me see."},
              {"functionCall":{"name":"weather","args":{"city":"Iqaluit"}}},{"functionCall":{"name":"now","args":{}}}]},
             {"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"temperature":-20}}},
              {"functionResponse":{"name":"now","response":{"output":"noon"}}},{"text":"And?"}]}]
            """#)
    }

    @Test(arguments: ["[1]", "{", "{} {}", "\"{}\"", "", "{\"a\":1"])
    func `wraps an answer that isn't an object`(_ text: String) throws {
        let contents = try VertexFixture.body(of: conversation(answers: [("one", text), ("two", "{}")]))["contents"]
        let parts = try #require(contents?.array?.last?["parts"]?.array)
        #expect(parts[0]["functionResponse"]?["response"] == ["output": JSON(text)])
        #expect(parts[1]["functionResponse"]?["response"] == [:])
    }

    @Test func `refuses answers without a call and calls without an answer`() throws {
        let unanswered = try VertexFixture.refusal(of: conversation(answers: [("one", "")]))
        #expect(unanswered?.kind == .invalid)
        #expect(unanswered?.parameter == "messages")
        let unasked = try VertexFixture.refusal(of: conversation(answers: [("one", ""), ("one", "")]))
        #expect(unasked?.kind == .invalid)
        #expect(unasked?.parameter == "messages[3].tool_call_id")
    }

    @Test(arguments: ["[]", "{", "null", "{}x"])
    func `refuses arguments that aren't an object`(_ arguments: String) throws {
        var chat = conversation(answers: [("one", ""), ("two", "")])
        chat.messages[1].content[2] = ChatPart(.toolCall(ChatToolCall(id: "two", name: "now", arguments: arguments)))
        #expect(
            try VertexFixture.refusal(of: chat)?.parameter == "messages[1].tool_calls[1].function.arguments")
    }

    // MARK: Ids

    @Test(arguments: [
        "AQ==", "+/+/", "", "Q0FGRQ==", "Q0FG", String(repeating: "ab+/", count: 2_000),
    ])
    func `carries Gemini's id and signature in the call's id and back`(_ signature: String) {
        let id = VertexToolCallID(seed: 7, index: 3, upstreamID: "fc-1.é", signature: signature)
        #expect(id.text.hasPrefix("call_00000000000000073.i"))
        #expect(id.text.utf8.allSatisfy { Base64URL.value(of: $0) != nil || $0 == UInt8(ascii: ".") })
        let back = VertexToolCallID(id.text)
        #expect(back.upstreamID == "fc-1.é")
        #expect(back.signature == (signature.isEmpty ? nil : signature))
    }

    @Test(arguments: [
        "", "call_", "call_1.", "call_1.x", "call_1.s+", "call_1.i\"", "toolu_01.sAQ", "a.b.c", "call_é.s",
    ])
    func `reads nothing into ids that others made`(_ text: String) {
        let id = VertexToolCallID(text)
        #expect(id.upstreamID == nil)
        #expect(id.signature == nil)
    }

    @Test func `sends a signature back beside its call`() throws {
        let id = VertexToolCallID(seed: 1, index: 0, upstreamID: "x", signature: "Cg+/").text
        var chat = VertexFixture.chat(.text("Hi"))
        chat.messages.append(
            ChatMessage(role: .assistant, .toolCall(ChatToolCall(id: id, name: "now", arguments: "{}"))))
        chat.messages.append(ChatMessage(role: .tool, Self.result(id, "noon")))
        let contents = try VertexFixture.body(of: chat)["contents"]?.array ?? []
        try VertexFixture.expectEqual(
            .array(Array(contents.dropFirst())),
            #"""
            [{"role":"model","parts":[{"functionCall":{"id":"x","name":"now","args":{}},"thoughtSignature":"Cg+/"}]},
             {"role":"user","parts":[{"functionResponse":{"id":"x","name":"now","response":{"output":"noon"}}}]}]
            """#)
    }
}
