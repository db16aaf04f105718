import Domain
import Testing
import Wire

/// What a body must be, before anybody is asked.
@Suite(.gateway) struct BodyTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    /// The code and the parameter that a body is refused with.
    private func refusal(_ body: String) async throws -> String {
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "").with(body: body))
        #expect(reply.status == 400)
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "refused")
        #expect(record["attempts"] == [])
        return try "\(reply.errorCode ?? "none") \(reply.json["error"]?["param"]?.string ?? "-")"
    }

    private static let messages = #""messages":[{"role":"user","content":"hi"}]"#
    private static let model = #""model":"local/llama-3.3-70b-ca""#

    @Test(arguments: [
        "", "{", "hello", "{\(model),\(messages)}}", "{\(model),\(messages)} {}", "{\(model),\(messages),}",
        "{'model':1}", "\u{FEFF}{\(model),\(messages)}", #"{\#(model),\#(messages),"x":01}"#,
        #"{\#(model),\#(messages),"x":"\#u{1}"}"#, #"{\#(model),\#(messages),"x":NaN}"#,
    ])
    func `what is not one JSON text is refused`(body: String) async throws {
        #expect(try await refusal(body) == "invalid_json -")
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings"])
    func `a form in parts is refused on every surface, and the error says what to send`(path: String) async throws {
        let call = TestCall(path: path).with(key: gateway.keys.main)
            .with("content-type", "multipart/form-data; boundary=b")
            .with(body: "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b--\r\n")
        let refused = try await gateway.reply(to: call)
        #expect(refused.status == 400)
        #expect(try refused.errorMessage.contains("Send one JSON object in UTF-8."))
    }

    @Test func `bytes that are not UTF-8 are refused`() async throws {
        var call = gateway.chat(.compatible, "")
        call.body = Array("{\(Self.model),\(Self.messages),\"x\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        let reply = try await gateway.reply(to: call)
        #expect(reply.status == 400)
        #expect(try reply.errorCode == "invalid_json")
    }

    @Test func `what is nested too deep is refused`() async throws {
        let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(try await refusal("{\(Self.model),\(Self.messages),\"x\":\(deep)}") == "invalid_json -")
        #expect(try await refusal(String(repeating: "{\"a\":", count: 100_000)) == "invalid_json -")
    }

    @Test func `a body that isn't an object is refused`() async throws {
        for body in ["[]", "\"text\"", "1", "null", "true"] {
            #expect(try await refusal(body) == "invalid_type body")
        }
    }

    @Test func `model and messages must be there, and hold something`() async throws {
        #expect(try await refusal("{\(Self.messages)}") == "missing_required_parameter model")
        #expect(try await refusal("{\(Self.model)}") == "missing_required_parameter messages")
        #expect(try await refusal("{}") == "missing_required_parameter model")
        #expect(try await refusal("{\(Self.model),\"messages\":[]}") == "invalid_value messages")
    }

    @Test(arguments: [
        ("model", "1"), ("model", "null"), ("model", "[]"), ("messages", "{}"), ("messages", "\"hi\""),
        ("messages", "null"), ("stream", "1"), ("stream", "\"true\""), ("stream_options", "true"),
        ("stream_options", "[]"), ("allow_fallbacks", "\"false\""), ("allow_fallbacks", "0"),
        ("pii_substitution", "1"), ("pii_substitution", "\"yes\""), ("privacy_tier", "1"), ("privacy_tier", "{}"),
    ])
    func `a member that is acted on must have its type`(name: String, value: String) async throws {
        var members = ["model": "\"local/llama-3.3-70b-ca\"", "messages": #"[{"role":"user","content":"hi"}]"#]
        members[name] = value
        let body = "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        #expect(try await refusal(body) == "invalid_type \(name)")
    }

    @Test func `include_usage must be a flag`() async throws {
        let body = #"{\#(Self.model),\#(Self.messages),"stream":true,"stream_options":{"include_usage":"yes"}}"#
        #expect(try await refusal(body) == "invalid_type stream_options.include_usage")
    }

    @Test func `null is as good as absent for what may be absent`() async throws {
        let nulls = #""stream":null,"stream_options":null,"allow_fallbacks":null,"pii_substitution":null"#
        let body = #"{\#(Self.model),"messages":[{"role":"user","content":"[[sim:echo]]ok"}],\#(nulls)}"#
        // Our own members don't reach the upstream; it refuses the rest if it minds.
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "").with(body: body))
        #expect(try reply.content == "ok")
    }

    @Test func `a member that is acted on must not be there twice`() async throws {
        #expect(
            try await refusal(#"{\#(Self.model),\#(Self.messages),"model":"other"}"#) == "repeated_parameter model")
        #expect(
            try await refusal("{\(Self.model),\(Self.messages),\(Self.messages)}") == "repeated_parameter messages")
        #expect(
            try await refusal(#"{\#(Self.model),\#(Self.messages),"stream":true,"stream":false}"#)
                == "repeated_parameter stream")
    }

    @Test func `a member can't hide behind escapes`() async throws {
        let hidden = #"{"\u006dodel":"local/llama-3.3-70b-ca",\#(Self.messages)}"#
        #expect(try await refusal(hidden) == "invalid_value model")
        let second = #"{\#(Self.model),\#(Self.messages),"m\u006fdel":"openai/gpt-4.1-us"}"#
        #expect(try await refusal(second) == "invalid_value model")
        let ours = #"{\#(Self.model),\#(Self.messages),"\u0061llow_fallbacks":false}"#
        #expect(try await refusal(ours) == "invalid_value allow_fallbacks")
    }

    @Test func `the value of model may be written with escapes`() async throws {
        let body = #"{"model":"local\/llama-3.3-70b-c\u0061","messages":[{"role":"user","content":"[[sim:echo]]ok"}]}"#
        #expect(try await gateway.reply(to: gateway.chat(.compatible, "").with(body: body)).content == "ok")
    }

    @Test(arguments: Family.translated)
    func `types are checked where a request is translated`(family: Family) async throws {
        for (member, parameter) in [
            (["temperature": "warm"], "temperature"), (["temperature": 3], "temperature"),
            (["max_tokens": 0], "max_tokens"), (["max_tokens": "many"], "max_tokens"), (["stop": 1], "stop"),
            (["tools": "none"], "tools"), (["tool_choice": "some"], "tool_choice"),
            (["response_format": ["type": "xml"]], "response_format.type"),
            (["reasoning_effort": "extreme"], "reasoning_effort"),
            (["stream_options": ["include_usage": true]], "stream_options"),
        ] as [(JSONObject, String)] {
            let reply = try await gateway.reply(to: gateway.chat(family, "hi", member))
            #expect(reply.status == 400)
            #expect(try reply.json["error"]?["param"] == .string(parameter))
        }
    }

    @Test(arguments: Family.translated)
    func `a message that makes no sense is refused before anything is sent`(family: Family) async throws {
        let tag = gateway.tag()
        for message in [
            ["role": "wizard", "content": .string(tag)], ["content": .string(tag)], ["role": "user", "content": 1],
            ["role": "user", "content": [["type": "hologram", "text": .string(tag)]]], "hi",
            ["role": "tool", "content": .string(tag)],
            [
                "role": "user",
                "content": [["type": "image_url", "image_url": ["url": "data:image/png;base64,@@@@"]]],
            ],
        ] as [JSON] {
            let reply = try await gateway.reply(to: gateway.chat(family.route, messages: [message]))
            #expect(reply.status == 400, "\(message)")
        }
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }
}
