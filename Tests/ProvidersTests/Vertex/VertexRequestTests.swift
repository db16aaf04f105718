import Domain
import Testing
import Wire

@testable import Providers

@Suite struct VertexRequestTests {
    @Test func `needs a project`() throws {
        let route = try VertexFixture.route()
        #expect { try VertexAdapter(route: route, settings: ProviderSettings()) } throws: {
            ($0 as? AdapterSettingError)?.setting == "project"
        }
    }

    @Test(arguments: [
        ("northamerica-northeast1", "https://northamerica-northeast1-aiplatform.googleapis.com"),
        ("global", "https://aiplatform.googleapis.com"), ("eu", "https://aiplatform.eu.rep.googleapis.com"),
    ])
    func `knows the hosts of locations`(_ region: String, _ url: String) {
        #expect(VertexAdapter.facts.defaultBaseURL(region) == url)
    }

    @Test func `puts project, location and model into the path and the token into a header field`() throws {
        let route = try VertexFixture.route(model: "a b/ü", url: "http://localhost:8080/vertex")
        let adapter = try VertexAdapter(route: route, settings: ProviderSettings(["project": "example.com:p"]))
        var chat = VertexFixture.chat(.text("Hi"))
        let whole = try adapter.request(for: chat, credential: .bearer("ya29.x"), at: Timestamp(seconds: 0))
        let path =
            "/vertex/v1/projects/example.com:p/locations/northamerica-northeast1/publishers/google/models/a%20b%2F%C3%BC"
        #expect(
            String(decoding: whole.head, as: UTF8.self)
                == "POST \(path):generateContent HTTP/1.1\r\nhost: localhost:8080\r\n"
                + "content-type: application/json\r\nauthorization: Bearer ya29.x\r\n")
        chat.isStreamed = true
        let streamed = try adapter.request(
            for: chat, credential: .header(name: "x-goog-api-key", value: "k"), at: Timestamp(seconds: 0))
        #expect(
            String(decoding: streamed.head, as: UTF8.self)
                == "POST \(path):streamGenerateContent?alt=sse HTTP/1.1\r\nhost: localhost:8080\r\n"
                + "content-type: application/json\r\nx-goog-api-key: k\r\n")
    }

    // MARK: Messages

    @Test func `makes system and developer messages the system instruction and merges neighboring turns`() throws {
        var chat = VertexFixture.chat(.text("Hi \"you\""))
        chat.messages.insert(ChatMessage(role: .system, .text("Be"), .text(" brief.")), at: 0)
        chat.messages += [
            ChatMessage(role: .developer, .text("In French.")),
            ChatMessage(role: .user, .text("there\n"), .text("")),
            ChatMessage(role: .assistant, .text("Allô"), .refusal("non")),
            ChatMessage(role: .user, .text("?")),
        ]
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat),
            #"""
            {"systemInstruction":{"parts":[{"text":"Be"},{"text":" brief."},{"text":"In French."}]},
             "contents":[{"role":"user","parts":[{"text":"Hi \"you\""},{"text":"there\n"}]},
              {"role":"model","parts":[{"text":"Allô"},{"text":"non"}]},{"role":"user","parts":[{"text":"?"}]}]}
            """#)
    }

    @Test func `sends images, sound and files inline`() throws {
        let chat = VertexFixture.chat(
            .image(.inline(mediaType: "image/png", base64: "iVBO+/=="), detail: "high"),
            .audio(base64: "UklG\"", format: "wav"),
            .file(.inline(mediaType: "application/pdf", base64: "JVBE"), name: "a"))
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat),
            #"""
            {"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"iVBO+/=="}},
             {"inlineData":{"mimeType":"audio/wav","data":"UklG\""}},
             {"inlineData":{"mimeType":"application/pdf","data":"JVBE"}}]}]}
            """#)
    }

    @Test(arguments: [
        (ChatContent.image(.url("https://example.com/a.png"), detail: nil), TranslationError.Kind.invalid),
        (.file(.url("gs://bucket/a.pdf"), name: nil), .invalid),
        (.image(.inline(mediaType: "", base64: "AAAA"), detail: nil), .invalid),
        (.file(.uploaded(id: "file-1"), name: nil), .unsupported),
    ])
    func `refuses media that aren't inline`(_ content: ChatContent, _ kind: TranslationError.Kind) throws {
        let refusal = try VertexFixture.refusal(of: VertexFixture.chat(content))
        #expect(refusal?.kind == kind)
        #expect(refusal?.parameter == "messages[0].content")
        if case .image(.url, _) = content { #expect(refusal?.message.contains("data URL") == true) }
    }

    @Test func `refuses a chat in which nobody says anything`() throws {
        #expect(try VertexFixture.refusal(of: VertexFixture.chat(.text("")))?.parameter == "messages")
    }

    @Test func `names the members of messages and calls that it can't translate`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.messages[0].extensions = ["annotations": [], "audio": nil, "prefix": true]
        #expect(try VertexFixture.refusal(of: chat)?.parameter == "messages[0].prefix")
        chat.messages[0].extensions = ["annotations": []]
        chat.messages[0].name = "Ann"
        #expect(try VertexFixture.refusal(of: chat)?.parameter == "messages[0].name")
        chat.messages[0].name = nil
        #expect(try VertexFixture.refusal(of: chat) == nil)
        let call = ChatContent.toolCall(ChatToolCall(id: "a", name: "f", arguments: ""))
        chat.messages.append(ChatMessage(role: .assistant, content: [ChatPart(call, extensions: ["caller": "x"])]))
        #expect(try VertexFixture.refusal(of: chat)?.parameter == "messages[1].caller")
    }

    // MARK: Options

    @Test func `writes every option where Gemini has it`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.maximumOutputTokens = 100
        chat.temperature = 0.5
        chat.topP = 1
        chat.stop = ["a", "b"]
        chat.responseFormat = .jsonSchema(name: "n", description: nil, schema: ["type": "object"], isStrict: true)
        chat.extensions = [
            "seed": 7, "presence_penalty": 1, "frequency_penalty": .number("-0.5"), "n": 1, "user": "u", "store": false,
            "metadata": ["a": "b"], "verbosity": "low", "logprobs": false, "modalities": ["text"], "logit_bias": [:],
        ]
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat)["generationConfig"],
            #"""
            {"temperature":0.5,"topP":1,"maxOutputTokens":100,"stopSequences":["a","b"],"seed":7,"presencePenalty":1,
             "frequencyPenalty":-0.5,"candidateCount":1,"responseMimeType":"application/json",
             "responseJsonSchema":{"type":"object"}}
            """#)
        chat.responseFormat = .jsonObject
        #expect(
            try VertexFixture.body(of: chat)["generationConfig"]?["responseMimeType"] == "application/json")
    }

    @Test(arguments: [
        "logprobs", "top_logprobs", "logit_bias", "prediction", "audio", "service_tier", "safety_identifier",
        "functions", "web_search_options", "some_new_member",
    ])
    func `refuses a member that it doesn't know, by name`(_ name: String) throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.extensions[name] = ["x": 1]
        let refusal = try VertexFixture.refusal(of: chat)
        #expect(refusal?.kind == .unsupported)
        #expect(refusal?.parameter == name)
    }

    @Test func `tells what is wrong from what is unsupported`() throws {
        func refusal(_ change: (inout ChatRequest) -> Void) throws -> [String] {
            var chat = VertexFixture.chat(.text("Hi"))
            change(&chat)
            let error = try VertexFixture.refusal(of: chat)
            return error.map { ["\($0.kind)", $0.parameter] } ?? []
        }
        #expect(try refusal { $0.stop = ["1", "2", "3", "4", "5", "6"] } == ["invalid", "stop"])
        #expect(try refusal { $0.extensions["n"] = 2 } == ["unsupported", "n"])
        #expect(try refusal { $0.extensions["n"] = 0 } == ["invalid", "n"])
        #expect(try refusal { $0.extensions["seed"] = "x" } == ["invalid", "seed"])
        #expect(try refusal { $0.extensions["presence_penalty"] = "x" } == ["invalid", "presence_penalty"])
        #expect(try refusal { $0.extensions["logprobs"] = true } == ["unsupported", "logprobs"])
        #expect(try refusal { $0.extensions["modalities"] = ["text", "audio"] } == ["unsupported", "modalities"])
    }

    @Test func `sends no sampling parameters to a model that refuses them`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.temperature = 0.2
        #expect(try VertexFixture.refusal(of: chat, takesSampling: false)?.parameter == "temperature")
        chat.temperature = 1
        chat.topP = 0.5
        #expect(try VertexFixture.refusal(of: chat, takesSampling: false)?.parameter == "top_p")
        chat.topP = nil
        #expect(try VertexFixture.body(of: chat, takesSampling: false)["generationConfig"] == nil)
    }

    @Test(arguments: [
        ("gemini-2.5-flash", ReasoningEffort.none, #"{"thinkingBudget":0}"#),
        ("gemini-2.5-pro", .none, #"{"thinkingBudget":128}"#),
        ("gemini-2.5-pro", .minimal, #"{"thinkingBudget":1024}"#),
        ("gemini-2.5-flash-lite", .medium, #"{"thinkingBudget":8192}"#),
        ("gemini-2.5-flash", .max, #"{"thinkingBudget":24576}"#),
        ("gemini-3-flash-preview", .none, #"{"thinkingLevel":"MINIMAL"}"#),
        ("gemini-3.1-pro-preview", .minimal, #"{"thinkingLevel":"LOW"}"#),
        ("gemini-3.5-flash", .medium, #"{"thinkingLevel":"MEDIUM"}"#),
        ("gemini-3-pro", .xhigh, #"{"thinkingLevel":"HIGH"}"#),
    ])
    func `says how much to think as the model's generation takes it`(
        _ model: String, _ effort: ReasoningEffort, _ config: String
    ) throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.reasoning = ChatReasoning(effort: effort)
        try VertexFixture.expectEqual(
            VertexFixture.body(of: chat, model: model)["generationConfig"]?["thinkingConfig"], config)
    }

    @Test func `refuses a reasoning effort where the model doesn't think`() throws {
        var chat = VertexFixture.chat(.text("Hi"))
        chat.reasoning = ChatReasoning(effort: .low)
        #expect(try VertexFixture.refusal(of: chat, model: "gemini-2.0-flash")?.parameter == "reasoning_effort")
    }
}
