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
    private func conversation(
        answers: [(id: String, text: String)], secondArguments: String = ""
    ) -> ChatRequest {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.messages.append(
            ChatMessage(
                role: .assistant, .text("Let me see."),
                .toolCall(ChatToolCall(id: "one", name: "weather", arguments: #"{ "city": "Iqaluit" }"#)),
                .toolCall(ChatToolCall(id: "two", name: "now", arguments: secondArguments))))
        for answer in answers {
            let result = ChatToolResult(callID: answer.id, content: [ChatPart(.text(answer.text))])
            var message = ChatMessage(role: .tool, .toolResult(result))
            message.name = "repeated"
            chat.messages.append(message)
        }
        return chat
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
        let chat = conversation(answers: [("one", ""), ("two", "")], secondArguments: arguments)
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
        let call = ChatToolCall(id: id, name: "now", arguments: "{}")
        let result = ChatToolResult(callID: id, content: [ChatPart(.text("noon"))])
        chat.messages += [
            ChatMessage(role: .assistant, .toolCall(call)), ChatMessage(role: .tool, .toolResult(result)),
        ]
        let contents = try VertexFixture.body(of: chat)["contents"]?.array ?? []
        try VertexFixture.expectEqual(
            .array(Array(contents.dropFirst())),
            #"""
            [{"role":"model","parts":[{"functionCall":{"id":"x","name":"now","args":{}},"thoughtSignature":"Cg+/"}]},
             {"role":"user","parts":[{"functionResponse":{"id":"x","name":"now","response":{"output":"noon"}}}]}]
            """#)
    }

    // MARK: Signatures

    @Test(arguments: ["gemini.call.AQ==", "gemini.text.+/+/", "gemini.thought.QQ", "gemini.call.a-_b"])
    func `knows its own signatures`(_ text: String) throws {
        #expect(GeminiSignature(text)?.text == text)
    }

    @Test(arguments: ["", "AQ==", "gemini.", "gemini.call.", "gemini.call.===", "gemini.image.AQ==", "gemini.call.A.B"])
    func `reads nothing into signatures that others made`(_ text: String) {
        #expect(GeminiSignature(text) == nil)
    }

    /// An assistant's message of two calls and some text, with thinking around them.
    private func assistant(_ parts: ChatContent...) throws -> JSON? {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.messages.append(ChatMessage(role: .assistant, content: parts.map { ChatPart($0) }))
        let results = parts.compactMap { part -> ChatContent? in
            guard case .toolCall(let call) = part else { return nil }
            return .toolResult(ChatToolResult(callID: call.id, content: []))
        }
        chat.messages.append(
            ChatMessage(role: .user, content: results.map { ChatPart($0) } + [ChatPart(.text("Go on"))]))
        return try VertexFixture.body(of: chat, model: "gemini-3-pro")["contents"]?.array?[1]["parts"]
    }

    private func thinking(_ text: String, _ signature: String?) -> ChatContent {
        .reasoning(.text(text, signature: signature))
    }

    private func call(_ id: String) -> ChatContent {
        .toolCall(ChatToolCall(id: id, name: "now", arguments: ""))
    }

    @Test func `puts the signatures of thinking back beside calls and texts`() throws {
        try VertexFixture.expectEqual(
            assistant(
                thinking("Hm", "gemini.call.AAAA"), call("a"), thinking("", "gemini.call.BBBB"), call("b"), .text("So"),
                thinking("", "gemini.text.CCCC")),
            #"""
            [{"text":"Hm","thought":true},{"functionCall":{"name":"now","args":{}},"thoughtSignature":"AAAA"},
             {"functionCall":{"name":"now","args":{}},"thoughtSignature":"BBBB"},{"text":"So","thoughtSignature":"CCCC"}]
            """#)
    }

    @Test func `finds the places of signatures that were gathered before everything else`() throws {
        let id = VertexToolCallID(seed: 1, index: 1, upstreamID: nil, signature: "BBBB").text
        try VertexFixture.expectEqual(
            assistant(
                thinking("", "gemini.call.BBBB"), thinking("", "gemini.text.CCCC"), .text("So"), call(id), call("c")),
            #"""
            [{"text":"So","thoughtSignature":"CCCC"},
             {"functionCall":{"name":"now","args":{}},"thoughtSignature":"BBBB"},
             {"functionCall":{"name":"now","args":{}}}]
            """#)
    }

    @Test func `leaves out what other models thought, and says that a call has no signature of Gemini's`() throws {
        try VertexFixture.expectEqual(
            assistant(
                thinking("Hm", "RXJj"), thinking("Hm", nil), .reasoning(.redacted(data: "AAAA")), call("a"), call("b")),
            #"""
            [{"functionCall":{"name":"now","args":{}},"thoughtSignature":"skip_thought_signature_validator"},
             {"functionCall":{"name":"now","args":{}}}]
            """#)
    }

    // MARK: Results

    @Test func `tells failures apart, and shows images behind the answers`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.messages.append(ChatMessage(role: .assistant, call("a"), call("b"), call("c")))
        let image = ChatContent.image(.inline(mediaType: "image/png", base64: "iVBO"), detail: nil)
        chat.messages.append(
            ChatMessage(
                role: .user,
                .toolResult(ChatToolResult(callID: "b", content: [ChatPart(.text("no"))], isError: true)),
                .toolResult(ChatToolResult(callID: "a", content: [ChatPart(.text("See")), ChatPart(image)])),
                .toolResult(ChatToolResult(callID: "c", content: [ChatPart(.text(#"{"code":5}"#))], isError: true)),
                .text("And?")))
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat)["contents"]?.array?.last?["parts"],
            #"""
            [{"functionResponse":{"name":"now","response":{"output":"See"}}},
             {"functionResponse":{"name":"now","response":{"error":"no"}}},
             {"functionResponse":{"name":"now","response":{"error":{"code":5}}}},
             {"text":"Given by now:"},{"inlineData":{"mimeType":"image/png","data":"iVBO"}},{"text":"And?"}]
            """#)
    }
}
