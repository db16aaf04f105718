import Testing
import Wire

@Suite struct ResponsesDecoderTests {
    @Test func `every member that has a place goes there and the rest is kept under the chat wire's name`() throws {
        let request = try request(
            #"""
            "stream":true,"max_output_tokens":5,"temperature":0.5,"top_p":1,"parallel_tool_calls":false,
            "reasoning":{"effort":"low","summary":"concise"},"text":{"format":{"type":"json_object"},"verbosity":"low"},
            "user":"u","service_tier":"flex","top_logprobs":2,"include":["message.output_text.logprobs"],"made_up":7,
            "store":true,"background":false,"metadata":{"a":"b"},"truncation":"disabled","max_tool_calls":3,
            "stream_options":{"include_obfuscation":false},"previous_response_id":null,"allow_fallbacks":true
            """#, leavingOut: ["allow_fallbacks"])
        var expected = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        expected.isStreamed = true
        expected.includesUsage = true
        expected.maximumOutputTokens = 5
        expected.temperature = 0.5
        expected.topP = 1
        expected.allowsParallelToolCalls = false
        expected.reasoning = ChatReasoning(effort: .low, visibility: .summarized(style: "concise"))
        expected.responseFormat = .jsonObject
        expected.extensions = [
            "verbosity": "low", "user": "u", "service_tier": "flex", "top_logprobs": 2, "logprobs": true, "made_up": 7,
        ]
        #expect(request == expected)
    }

    @Test(
        arguments: [
            (#""previous_response_id":"resp_1""#, .previousResponse), (#""conversation":"conv_1""#, .conversation),
            (#""conversation":{"id":"conv_1"}"#, .conversation), (#""background":true"#, .background),
            (#""prompt":{"id":"pmpt_1"}"#, .prompt),
        ] as [(String, ResponsesRequestError.NotOffered)])
    func `what needs storage isn't offered`(_ member: String, _ what: ResponsesRequestError.NotOffered) {
        #expect(throws: ResponsesRequestError.notOffered(what)) { try request(member) }
    }

    @Test func `a reference to a stored item isn't offered`() {
        let input = #"[{"role":"user","content":"hi"},{"type":"item_reference","id":"msg_1"}]"#
        #expect(throws: ResponsesRequestError.notOffered(.itemReference)) { try messages(input) }
    }

    @Test(arguments: ResponsesRequestError.NotOffered.allCases)
    func `what isn't offered has a code and says what to do instead`(_ what: ResponsesRequestError.NotOffered) {
        #expect(what.code == "\(what.rawValue)_not_offered")
        #expect(what.message.contains("Leave out") || what.message.contains("Send the item"))
    }

    @Test func `instructions come first and what an assistant does in one turn is one message`() throws {
        let messages = try messages(
            #"""
            [{"role":"user","content":[{"type":"input_text","text":"a"},
              {"type":"input_image","image_url":"https://example.com/i.png","detail":"low"},
              {"type":"input_file","file_id":"file-1","filename":"f.pdf"}]},
             {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"h"},
              {"type":"summary_text","text":"m"}],"encrypted_content":"signed:s"},
             {"type":"message","role":"assistant","id":"msg_1","status":"completed",
              "content":[{"type":"output_text","text":"b","annotations":[{"type":"url_citation"}]}]},
             {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}","status":"completed"},
             {"type":"function_call","call_id":"c2","name":"g","arguments":""},
             {"type":"function_call_output","call_id":"c1","output":"x"},
             {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"y"}]},
             {"role":"developer","content":"d"}]
            """#, instructions: "i")
        #expect(messages.map(\.role) == [.system, .user, .assistant, .tool, .developer])
        #expect(messages[0] == ChatMessage(role: .system, .text("i")))
        #expect(
            messages[1]
                == ChatMessage(
                    role: .user, .text("a"), .image(.url("https://example.com/i.png"), detail: "low"),
                    .file(.uploaded(id: "file-1"), name: "f.pdf")))
        #expect(
            messages[2]
                == ChatMessage(
                    role: .assistant, .reasoning(.text("hm", signature: "s")), .text("b"),
                    .toolCall(ChatToolCall(id: "c1", name: "f", arguments: "{}")),
                    .toolCall(ChatToolCall(id: "c2", name: "g", arguments: ""))))
        #expect(
            messages[3]
                == ChatMessage(
                    role: .tool, .toolResult(ChatToolResult(callID: "c1", content: [ChatPart(.text("x"))])),
                    .toolResult(ChatToolResult(callID: "c2", content: [ChatPart(.text("y"))]))))
    }

    @Test(
        arguments: [
            (#""summary":[],"encrypted_content":"redacted:d""#, [.redacted(data: "d")]),
            (#""summary":[],"encrypted_content":"signed:s""#, [.text("", signature: "s")]),
            // What OpenAI's own models have encrypted is of no use to another model.
            (
                #""summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"gAAAA""#,
                [.text("t", signature: nil)]
            ),
            (#""summary":[],"content":[{"type":"reasoning_text","text":"t"}]"#, [.text("t", signature: nil)]),
            (#""summary":[],"encrypted_content":"gAAAA""#, []),
        ] as [(String, [ChatReasoningContent])])
    func `thinking comes back as it was shown`(_ members: String, _ expected: [ChatReasoningContent]) throws {
        let read = try messages(#"[{"role":"user","content":"u"},{"type":"reasoning",\#(members)}]"#).dropFirst()
        let found = read.flatMap(\.content).map(\.content)
        #expect(found == expected.map { .reasoning($0) })
    }

    @Test func `tools are flat and those of the provider's own are kept whole`() throws {
        let request = try request(
            #"""
            "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
             {"type":"web_search","filters":{"a":1}},{"type":"custom","name":"sql"}],
            "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},
             {"type":"web_search"}]}
            """#)
        let function = ChatTool(name: "f", description: "d", parameters: ["type": "object"], isStrict: true)
        #expect(request.tools[0] == function)
        #expect(request.tools[1].native == ["type": "web_search", "filters": ["a": 1]])
        #expect(request.tools[2].name == "sql" && request.tools[2].native != nil)
        #expect(request.toolChoice == .allowed(["f", "web_search"], isRequired: true))
    }

    @Test(
        arguments: [
            (#""auto""#, .auto), (#""none""#, ChatToolChoice.none), (#""required""#, .required),
            (#"{"type":"function","name":"f"}"#, .named("f")), (#"{"type":"web_search"}"#, .named("web_search")),
        ] as [(String, ChatToolChoice)])
    func `tool choices are read`(_ text: String, _ choice: ChatToolChoice) throws {
        #expect(try request("\"tool_choice\":\(text)").toolChoice == choice)
    }

    @Test func `an item of a provider's own tool is kept whole where it stands`() throws {
        let item: JSON = ["type": "web_search_call", "id": "ws_1", "status": "completed"]
        let messages = try messages(#"[{"role":"user","content":"u"},\#(item.text())]"#)
        #expect(messages[1] == ChatMessage(role: .assistant, .native(item)))
    }

    @Test(
        arguments: [
            ("[]", .value("input", message: "'input' must hold at least one item.")),
            ("7", .type("input", expected: .stringOrItems)), ("null", .missing("input")),
            ("[7]", .type("input[0]", expected: .object)), (#"[{"type":"message"}]"#, .missing("input[0].role")),
            (#"[{"role":"user"}]"#, .missing("input[0].content")),
            (#"[{"role":"user","content":[{"type":"input_text"}]}]"#, .missing("input[0].content[0].text")),
            (#"[{"role":"user","content":[{"type":"input_image"}]}]"#, .missing("input[0].content[0].image_url")),
            (#"[{"type":"function_call","name":"f"}]"#, .missing("input[0].call_id")),
            (#"[{"type":"function_call_output","call_id":"c"}]"#, .missing("input[0].output")),
            (#"[{"type":"reasoning","summary":7}]"#, .type("input[0].summary", expected: .array)),
        ] as [(String, OpenAIRequestError)])
    func `what is wrong with the input is told by its place`(_ input: String, _ error: OpenAIRequestError) {
        #expect(throws: ResponsesRequestError.request(error)) { try messages(input) }
    }

    @Test(arguments: [
        (#""temperature":3"#), (#""text":7"#), (#""text":{"format":{"type":"xml"}}"#),
        (#""reasoning":{"effort":"a lot"}"#),
        (#""tools":[{"name":"f"}]"#), (#""tools":[{"type":"function","name":"a b"}]"#), (#""include":"all""#),
        (#""store":"no""#), (#""metadata":[]"#), (#""tool_choice":"any""#),
    ])
    func `a value of the wrong kind is refused`(_ member: String) {
        #expect(throws: ResponsesRequestError.self) { try request(member) }
    }

    @Test(arguments: ["", "[]", "{", #"{"model":"m","model":"n","input":"x"}"#])
    func `what is no JSON object is refused`(_ body: String) {
        #expect(throws: ResponsesRequestError.self) {
            try Array(body.utf8).withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: []) }
        }
    }

    private func request(_ members: String, leavingOut ours: Set<String> = []) throws -> ChatRequest {
        let body = #"{"model":"m","input":"hi",\#(members)}"#
        return try Array(body.utf8).withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: ours) }.request
    }

    private func messages(_ input: String, instructions: String = "") throws -> [ChatMessage] {
        let body = #"{"model":"m","input":\#(input),"instructions":"\#(instructions)"}"#
        return try Array(body.utf8).withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: []) }
            .request.messages
    }
}
