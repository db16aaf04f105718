import Domain
import Foundation
import Testing
import Wire

@testable import Providers

@Suite struct OpenAIAdapterTests {
    @Test func `OpenAI and Azure pass both of their wires on and self-hosted servers the one they have`() throws {
        let edits = PassageEdits(model: .replaced(by: "up"))
        for provider in ["openai", "azure"] {
            let adapter = try #require(try adapter(provider) as? any PassingAdapter)
            #expect(adapter.edits(passing: .openAIChat) == edits && adapter.edits(passing: .openAIResponses) == edits)
            #expect(adapter.edits(passing: .anthropicMessages) == nil && !adapter.toleratesMissingEnd)
        }
        let compatible = try #require(try adapter("compatible") as? any PassingAdapter)
        #expect(compatible.edits(passing: .openAIChat) == edits && compatible.edits(passing: .openAIResponses) == nil)
        #expect(compatible.toleratesMissingEnd)
    }

    @Test(
        arguments: [
            ("openai", .openAIChat, [:], "POST /v1/chat/completions HTTP/1.1"),
            ("openai", .openAIResponses, [:], "POST /v1/responses HTTP/1.1"),
            ("azure", .openAIChat, [:], "POST /openai/v1/chat/completions HTTP/1.1"),
            ("azure", .openAIResponses, [:], "POST /openai/v1/responses HTTP/1.1"),
            (
                "azure", .openAIChat, ["api_version": "2025-04-01-preview"],
                "POST /openai/deployments/up/chat/completions?api-version=2025-04-01-preview HTTP/1.1"
            ),
            (
                "azure", .openAIResponses, ["api_version": "2025-04-01-preview"],
                "POST /openai/responses?api-version=2025-04-01-preview HTTP/1.1"
            ),
            ("compatible", .openAIChat, [:], "POST /v1/chat/completions HTTP/1.1"),
        ] as [(String, ChatWire, [String: String], String)])
    func `what passes goes to the path of its wire`(
        _ provider: String, _ wire: ChatWire, _ settings: [String: String], _ line: String
    ) throws {
        let adapter = try #require(try adapter(provider, settings: settings) as? any PassingAdapter)
        var body = Splice()
        body.keep(0..<2)
        let request = try adapter.request(passing: body, of: wire, isStreamed: false, credential: .bearer("k"))
        let head = String(decoding: request.head, as: UTF8.self)
        #expect(head.split(separator: "\r\n").first.map { String($0) } == line)
        #expect(head.contains("authorization: Bearer k\r\n"))
        guard case .spliced(body) = request.body else { return #expect(Bool(false), "it is passed as it is") }
    }

    @Test func `older versions of Azure have no responses`() throws {
        let adapter = try #require(
            try adapter("azure", settings: ["api_version": "2024-10-21"]) as? any PassingAdapter)
        #expect(adapter.edits(passing: .openAIResponses) == nil && adapter.edits(passing: .openAIChat) != nil)
    }

    @Test func `only a compatible provider may leave out the end of a stream`() throws {
        for (provider, tolerates) in [("openai", false), ("azure", false), ("compatible", true)] {
            let adapter = try #require(try adapter(provider) as? any OpenAIWireAdapter)
            #expect(adapter.toleratesMissingEnd == tolerates)
            let request = try adapter.request(
                passing: Splice(), of: .openAIChat, isStreamed: true, credential: .none)
            #expect(String(decoding: request.head, as: UTF8.self).contains("/chat/completions HTTP/1.1"))
        }
    }

    @Test(
        arguments: [
            ("azure", "api_version", "2024\r\nx: y"), ("compatible", "token_limit", "tokens"),
            ("compatible", "system_messages", "last"), ("compatible", "reasoning", "loud"),
        ])
    func `a setting that can't be worked with is told by its name`(
        _ provider: String, _ setting: String, _ value: String
    ) {
        #expect { try adapter(provider, settings: [setting: value]) } throws: { error in
            (error as? AdapterSettingError)?.setting == setting
        }
    }

    @Test(arguments: ["gpt-oss:120b-cloud", "qwen3-coder:cloud"])
    func `a model that the server hands on is refused unless that is allowed`(_ model: String) throws {
        #expect(throws: AdapterSettingError.self) { try adapter("compatible", model: model) }
        _ = try adapter("compatible", model: model, settings: ["cloud_models": "allowed"])
    }

    @Test(
        arguments: [
            ("gpt-4o", .maxTokens, nil), ("gpt-35-turbo", .maxTokens, nil), ("o3", .maxCompletionTokens, .low),
            ("gpt-5-mini", .maxCompletionTokens, .minimal), ("gpt-5.1", .maxCompletionTokens, ReasoningEffort.none),
            ("gpt-5-chat-latest", .maxCompletionTokens, nil), ("production", .maxCompletionTokens, nil),
        ] as [(String, OpenAIDialect.TokenLimit, ReasoningEffort?)])
    func `a model's name tells what it takes`(
        _ name: String, _ limit: OpenAIDialect.TokenLimit, _ effort: ReasoningEffort?
    ) {
        let model = OpenAIModel(name: name)
        #expect(model.tokenLimit == limit && model.leastEffort == effort)
    }

    @Test func `every provider has an id of its own`() {
        let ids = everyProvider.map { $0.facts.id }
        #expect(Set(ids).count == ids.count && ids.contains(CohereAdapter.facts.id))
    }

    @Test func `a reply without a bound is refused`() {
        let readers: [any ReplyReader] = [
            ChatCompletionReader(ChatCompletionStyle(provider: "P")), CohereReader(takesFirstCallOnly: false),
        ]
        for reader in readers {
            #expect(throws: UpstreamFault.self) {
                var reader = reader
                var events: [ChatEvent] = []
                let mebibyte = [UInt8](repeating: 0x20, count: 1 << 20)
                for _ in 0..<65 { try mebibyte.withUnsafeBytes { try reader.receive($0, into: &events) } }
            }
        }
    }

    @Test func `a flood of calls is refused`() {
        let call = #"{"index":N,"id":"call_N","function":{"name":"f","arguments":""}}"#
        let calls = (0..<300).map { call.replacing("N", with: String($0)) }.joined(separator: ",")
        let text = #"{"choices":[{"delta":{"tool_calls":[\#(calls)]}}]}"#
        let style = ChatCompletionStyle(provider: "P")
        let (_, fault) = GoldenCase.read(Array("data: \(text)\n\n".utf8), by: ChatCompletionStreamReader(style))
        #expect(fault?.cause == .malformed)
    }

    private func adapter(
        _ provider: String, model: String = "up", settings: [String: String] = [:]
    ) throws -> any TranslatingAdapter {
        var members = JSONObject()
        for (name, value) in settings { members[name] = .string(value) }
        let json: JSON = ["model": .string(model), "settings": .object(members)]
        return try GoldenCase(provider: provider, name: "", file: .init(filePath: "/"), json: json).adapter()
    }
}
