import Testing
import Wire

@Suite struct OpenAIChatMessagesTests {
    @Test func `every role is read with its members`() throws {
        let messages = try messages(
            #"""
            {"role":"system","content":"s"},{"role":"developer","content":[{"type":"text","text":"d"}]},
            {"role":"user","name":"Zoé","content":"u"},
            {"role":"assistant","content":null,"tool_calls":[
              {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},
              {"id":"c2","function":{"name":"g"},"index":1,"extra_content":{"sig":"x"}}]},
            {"role":"tool","tool_call_id":"c1","content":"ok"},{"role":"tool","tool_call_id":"c2","content":""},
            {"role":"assistant","content":"a","refusal":null,"annotations":[],"reasoning_content":"hm","audio":null}
            """#)
        #expect(messages.map(\.role) == [.system, .developer, .user, .assistant, .tool, .tool, .assistant])
        #expect(messages.map(\.text) == ["s", "d", "u", "", "", "", "a"])
        #expect(messages[2].name == "Zoé")
        let result = ChatToolResult(callID: "c1", content: [ChatPart(.text("ok"))])
        #expect(messages[4].content == [ChatPart(.toolResult(result))])
        let second = ChatToolCall(id: "c2", name: "g", arguments: "")
        #expect(messages[3].toolCalls == [ChatToolCall(id: "c1", name: "f", arguments: "{}"), second])
        #expect(messages[3].content.last == ChatPart(.toolCall(second), extensions: ["extra_content": ["sig": "x"]]))
        #expect(messages[6].extensions.isEmpty, "what we show comes back and is no surprise")
    }

    @Test func `members that aren't modeled are kept with their message`() throws {
        let message = try messages(
            #"{"role":"user","content":"x","annotations":[1],"reasoning_content":"r","odd":{}}"#)[0]
        #expect(message.extensions == ["annotations": [1], "reasoning_content": "r", "odd": [:]])
    }

    @Test(
        arguments: [
            (#"{"type":"text","text":"t"}"#, .text("t")), (#"{"type":"refusal","refusal":"r"}"#, .refusal("r")),
            (
                #"{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}}"#,
                .image(.url("https://x/y.png"), detail: "low")
            ),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}}"#,
                .image(.inline(mediaType: "image/png", base64: "iVBORw=="), detail: nil)
            ),
            (
                #"{"type":"image_url","image_url":{"url":"data:;base64,AAAA"}}"#,
                .image(.inline(mediaType: "", base64: "AAAA"), detail: nil)
            ),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/svg+xml;charset=utf-8;base64,AAA="}}"#,
                .image(.inline(mediaType: "image/svg+xml", base64: "AAA="), detail: nil)
            ),
            (
                #"{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}"#,
                .audio(base64: "AAAA", format: "wav")
            ),
            (
                #"{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA","filename":"a.pdf"}}"#,
                .file(.inline(mediaType: "application/pdf", base64: "AAAA"), name: "a.pdf")
            ),
            (#"{"type":"file","file":{"file_id":"file-1"}}"#, .file(.uploaded(id: "file-1"), name: nil)),
        ] as [(String, ChatContent)])
    func `every kind of part is read`(_ part: String, _ content: ChatContent) throws {
        #expect(try messages(#"{"role":"user","content":[\#(part)]}"#)[0].content == [ChatPart(content)])
    }

    @Test(arguments: [
        "data:image/png;base64", "data:image/png,AAAA", "data:,hello", "data:image/png;base64,",
        "data:image/png;base64,AAA",
        "data:image/png;base64,A===", "data:image/png;base64,====", "data:image/png;base64,AA=A",
        "data:image/png;base64,AA A", "data:image/png;base64,AA-_", "data:image/png;base64,é==",
        "data:image/png;base64,AAAA\\n",
    ])
    func `a data URL that holds no sound Base64 is refused`(_ url: String) throws {
        let error = try #require(throws: OpenAIRequestError.self) {
            try messages(#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}}]}"#)
        }
        guard case .value("messages[0].content[0].image_url.url", _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a data URL whose comma is followed by a combining mark is refused, not misread`() {
        #expect(throws: OpenAIRequestError.self) {
            try messages(
                "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":"
                    + "{\"url\":\"data:image/png;base64,\u{301}AAAA\"}}]}")
        }
    }

    @Test(
        arguments: [
            (#"7"#, .type("messages[0]", expected: .object)), (#"{}"#, .missing("messages[0].role")),
            (#"{"role":null}"#, .missing("messages[0].role")),
            (#"{"role":7}"#, .type("messages[0].role", expected: .string)),
            (#"{"role":"user"}"#, .missing("messages[0].content")),
            (#"{"role":"user","content":null}"#, .missing("messages[0].content")),
            (#"{"role":"user","content":[]}"#, .missing("messages[0].content")),
            (#"{"role":"assistant"}"#, .missing("messages[0].content")),
            (#"{"role":"assistant","tool_calls":[]}"#, .missing("messages[0].content")),
            (#"{"role":"tool","content":"x"}"#, .missing("messages[0].tool_call_id")),
            (#"{"role":"user","content":7}"#, .type("messages[0].content", expected: .stringOrParts)),
            (#"{"role":"user","content":[{"type":"text"}]}"#, .missing("messages[0].content[0].text")),
            (#"{"role":"user","content":["x"]}"#, .missing("messages[0].content[0].type")),
            (
                #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":1}]}"#,
                .type("messages[0].content[1].text", expected: .string)
            ),
            (
                #"{"role":"user","content":[{"type":"image_url","image_url":{}}]}"#,
                .missing("messages[0].content[0].image_url.url")
            ),
            (
                #"{"role":"user","content":[{"type":"image_url","image_url":"u"}]}"#,
                .missing("messages[0].content[0].image_url.url")
            ),
            (
                #"{"role":"user","content":[{"type":"input_audio"}]}"#,
                .missing("messages[0].content[0].input_audio.data")
            ),
            (
                #"{"role":"user","content":[{"type":"file","file":{}}]}"#,
                .missing("messages[0].content[0].file.file_id")
            ),
            (#"{"role":"user","content":"x","name":7}"#, .type("messages[0].name", expected: .string)),
            (#"{"role":"assistant","tool_calls":{}}"#, .type("messages[0].tool_calls", expected: .array)),
            (
                #"{"role":"assistant","tool_calls":[{"function":{"name":"f"}}]}"#,
                .missing("messages[0].tool_calls[0].id")
            ),
            (
                #"{"role":"assistant","tool_calls":[{"id":"c","function":{}}]}"#,
                .missing("messages[0].tool_calls[0].function.name")
            ),
            (
                #"{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{}}}]}"#,
                .type("messages[0].tool_calls[0].function.arguments", expected: .string)
            ),
        ] as [(String, OpenAIRequestError)])
    func `an error names the message, the part and the member`(_ message: String, _ expected: OpenAIRequestError) {
        #expect(throws: expected) { try messages(message) }
    }

    @Test(arguments: [
        (#"{"role":"critic","content":"x"}"#, "messages[0].role"),
        (#"{"role":"User","content":"x"}"#, "messages[0].role"),
        (#"{"role":"user","content":[{"type":"video"}]}"#, "messages[0].content[0].type"),
        (
            #"{"role":"assistant","tool_calls":[{"id":"c","type":"search","search":{}}]}"#,
            "messages[0].tool_calls[0].type"
        ),
    ])
    func `what no upstream of ours takes is refused by name`(_ message: String, _ parameter: String) throws {
        let error = try #require(throws: OpenAIRequestError.self) { try messages(message) }
        guard case .value(parameter, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a refusal follows the content whatever order they were written in`() throws {
        let first = try messages(#"{"role":"assistant","refusal":"no","content":"a"}"#)[0]
        let second = try messages(#"{"role":"assistant","content":"a","refusal":"no"}"#)[0]
        #expect(first == second && first.content == [ChatPart(.text("a")), ChatPart(.refusal("no"))])
    }

    private func messages(_ texts: String) throws -> [ChatMessage] {
        try decodedRequest(#"{"model":"m","messages":[\#(texts)]}"#).messages
    }
}
