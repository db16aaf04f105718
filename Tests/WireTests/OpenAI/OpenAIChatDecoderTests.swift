import Testing
import Wire

@Suite struct OpenAIChatDecoderTests {
    @Test func `every member that has a place goes there and the rest is kept under its name`() throws {
        let request = try decodedRequest(
            #"""
            {"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,
             "stream_options":{"include_usage":true},"max_completion_tokens":5,"temperature":0.5,"top_p":1,"stop":["a","b"],"parallel_tool_calls":false,
             "reasoning_effort":"xhigh","response_format":{"type":"json_object"},"seed":7,"logit_bias":{"5":-100},
             "user":null,"allow_fallbacks":true}
            """#)
        var expected = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        expected.isStreamed = true
        expected.includesUsage = true
        expected.maximumOutputTokens = 5
        expected.temperature = 0.5
        expected.topP = 1
        expected.stop = ["a", "b"]
        expected.allowsParallelToolCalls = false
        expected.reasoning = ChatReasoning(effort: .xhigh)
        expected.responseFormat = .jsonObject
        expected.extensions = ["seed": 7, "logit_bias": ["5": -100]]
        #expect(request == expected)
    }

    @Test(arguments: [
        "tools", "tool_choice", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature",
        "top_p",
        "stop", "parallel_tool_calls", "response_format", "reasoning_effort", "seed", "made_up",
    ])
    func `null is as good as absent`(_ member: String) throws {
        let plain = try decodedRequest(#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(try decode(adding: "\"\(member)\":null") == plain)
    }

    @Test func `the newer name of the token limit wins whichever comes first`() throws {
        #expect(try decode(adding: #""max_tokens":1,"max_completion_tokens":2"#).maximumOutputTokens == 2)
        #expect(try decode(adding: #""max_completion_tokens":2,"max_tokens":1"#).maximumOutputTokens == 2)
        #expect(try decode(adding: #""max_tokens":1,"max_completion_tokens":null"#).maximumOutputTokens == 1)
        #expect(try decode(adding: #""max_tokens":4096.0"#).maximumOutputTokens == 4096)
    }

    @Test func `one stop sequence may stand without its array`() throws {
        #expect(try decode(adding: #""stop":"END""#).stop == ["END"])
        #expect(try decode(adding: #""stop":[]"#).stop == [])
    }

    @Test(
        arguments: [
            (#"{"type":"text"}"#, .text), (#"{"type":"json_object"}"#, .jsonObject),
            (
                #"{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"a":1},"strict":true}}"#,
                .jsonSchema(name: "n", description: "d", schema: ["a": 1], isStrict: true)
            ),
            (
                #"{"type":"json_schema","json_schema":{"name":"n","schema":null,"strict":null}}"#,
                .jsonSchema(name: "n", description: nil, schema: nil, isStrict: nil)
            ),
        ] as [(String, ChatResponseFormat)])
    func `response formats are read`(_ text: String, _ format: ChatResponseFormat) throws {
        #expect(try decode(adding: "\"response_format\":\(text)").responseFormat == format)
    }

    @Test(
        arguments: [
            (#""auto""#, .auto), (#""none""#, ChatToolChoice.none), (#""required""#, .required),
            (#"{"type":"function","function":{"name":"f"}}"#, .named("f")),
            (
                #"{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"function":{"name":"f"}}]}}"#,
                .allowed(["f"], isRequired: true)
            ),
            (#"{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}"#, .allowed([], isRequired: false)),
        ] as [(String, ChatToolChoice)])
    func `tool choices are read`(_ text: String, _ choice: ChatToolChoice) throws {
        #expect(try decode(adding: "\"tool_choice\":\(text)").toolChoice == choice)
    }

    @Test func `tools keep their schemas as they were written`() throws {
        let schema = #"{"type":"object","properties":{"z":{"type":"number","minimum":1.50},"a":{}}}"#
        let request = try decode(
            adding:
                #""tools":[{"type":"function","function":{"name":"get_it","description":"d","parameters":\#(schema),"#
                + #""strict":false}},{"type":"function","function":{"name":"x-1","parameters":null}}]"#)
        #expect(request.tools.map(\.name) == ["get_it", "x-1"])
        #expect(request.tools[0].parameters?.text() == schema && request.tools[0].isStrict == false)
        #expect(request.tools[1] == ChatTool(name: "x-1"))
    }

    @Test(
        arguments: [
            (#""stream":"yes""#, .type("stream", expected: .flag)),
            (#""stream_options":[]"#, .type("stream_options", expected: .object)),
            (
                #""stream":true,"stream_options":{"include_usage":1}"#,
                .type("stream_options.include_usage", expected: .flag)
            ),
            (#""max_tokens":"5""#, .type("max_tokens", expected: .wholeNumber)),
            (#""max_completion_tokens":1.5"#, .type("max_completion_tokens", expected: .wholeNumber)),
            (#""max_tokens":0"#, .value("max_tokens", message: "'max_tokens' must be at least 1.")),
            (#""temperature":"hot""#, .type("temperature", expected: .number)),
            (#""temperature":2.1"#, .value("temperature", message: "'temperature' must lie between 0 and 2.")),
            (#""top_p":-0.1"#, .value("top_p", message: "'top_p' must lie between 0 and 1.")),
            (#""top_p":1e400"#, .value("top_p", message: "'top_p' must lie between 0 and 1.")),
            (#""stop":5"#, .type("stop", expected: .stringOrStrings)),
            (#""stop":["a",5]"#, .type("stop[1]", expected: .string)),
            (#""stop":[null]"#, .missing("stop[0]")),
            (#""tools":{}"#, .type("tools", expected: .array)),
            (#""tools":[{"type":"function"}]"#, .missing("tools[0].function")),
            (#""tools":[{"type":"function","function":{}}]"#, .missing("tools[0].function.name")),
            (
                #""tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}]"#,
                .type("tools[0].function.parameters", expected: .schema)
            ),
            (#""tool_choice":7"#, .type("tool_choice", expected: .stringOrObject)),
            (#""tool_choice":{"type":"function"}"#, .missing("tool_choice.function.name")),
            (#""tool_choice":{"type":"allowed_tools"}"#, .missing("tool_choice.allowed_tools.tools")),
            (
                #""tool_choice":{"type":"allowed_tools","allowed_tools":{"tools":[{}]}}"#,
                .missing("tool_choice.allowed_tools.tools[0].function.name")
            ),
            (#""response_format":{}"#, .missing("response_format.type")),
            (#""response_format":{"type":"json_schema"}"#, .missing("response_format.json_schema")),
            (
                #""response_format":{"type":"json_schema","json_schema":{}}"#,
                .missing("response_format.json_schema.name")
            ),
            (#""parallel_tool_calls":0"#, .type("parallel_tool_calls", expected: .flag)),
            (#""reasoning_effort":3"#, .type("reasoning_effort", expected: .string)),
        ] as [(String, OpenAIRequestError)])
    func `an error names the member at fault`(_ members: String, _ expected: OpenAIRequestError) {
        #expect(throws: expected) { try decode(adding: members) }
    }

    @Test(arguments: [
        (#""stream_options":{"include_usage":true}"#, "stream_options"),
        (#""tools":[{"type":"web_search"}]"#, "tools[0].type"),
        (#""tools":[{"type":"function","function":{"name":"sp ace"}}]"#, "tools[0].function.name"),
        (#""tools":[{"type":"function","function":{"name":""}}]"#, "tools[0].function.name"),
        (#""tools":[{"type":"function","function":{"name":"é"}}]"#, "tools[0].function.name"),
        (
            #""tools":[{"type":"function","function":{"name":"\#(String(repeating: "x", count: 65))"}}]"#,
            "tools[0].function.name"
        ),
        (#""tool_choice":"any""#, "tool_choice"), (#""tool_choice":{"type":"custom"}"#, "tool_choice.type"),
        (#""response_format":{"type":"xml"}"#, "response_format.type"),
        (#""reasoning_effort":"some""#, "reasoning_effort"),
    ])
    func `a value that isn't taken is refused by name, in a sentence`(_ members: String, _ parameter: String) throws {
        let error = try #require(throws: OpenAIRequestError.self) { try decode(adding: members) }
        guard case .value(parameter, let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.hasSuffix("."))
    }

    @Test(
        arguments: [
            ("[]", .type("body", expected: .object)), ("{}", .missing("model")),
            (#"{"model":"m"}"#, .missing("messages")),
            (#"{"model":null,"messages":[]}"#, .missing("model")),
            (#"{"model":7,"messages":[{"role":"user","content":""}]}"#, .type("model", expected: .string)),
            (#"{"model":"m","messages":{}}"#, .type("messages", expected: .array)),
            (#"{"model":"m","model":"n","messages":[]}"#, .json(JSONError(offset: 14, reason: .repeatedKey))),
            ("{", .json(JSONError(offset: 1, reason: .unexpectedEnd))),
        ] as [(String, OpenAIRequestError)])
    func `a body that is no request is refused`(_ text: String, _ expected: OpenAIRequestError) {
        #expect(throws: expected) { try decodedRequest(text) }
    }

    private func decode(adding members: String) throws -> ChatRequest {
        try decodedRequest(#"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(members)}"#)
    }
}

/// Decodes a request as the pipeline does.
func decodedRequest(_ text: String) throws -> ChatRequest {
    try Array(text.utf8).withUnsafeBytes { bytes in
        try OpenAIChatDecoder().request(bytes, leavingOut: ["allow_fallbacks", "pii_substitution", "privacy_tier"])
    }
}
