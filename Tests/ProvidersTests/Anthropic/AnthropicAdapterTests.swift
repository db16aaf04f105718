import Domain
import Providers
import TestSupport
import Testing
import Wire

@Suite struct AnthropicAdapterTests {
    static let now = Timestamp(seconds: 1_795_335_391)
    static let chat = ChatRequest(model: "route", messages: [ChatMessage(role: .user, .text("Hi"))])

    // MARK: Heads

    @Test func `a key is sent as the header it is configured as, or as a bearer`() throws {
        let lines = try head(AnthropicAdapter.self, .header(name: "x-api-key", value: "sk"))
        #expect(
            lines == [
                "POST /v1/messages HTTP/1.1", "host: api.anthropic.com", "content-type: application/json",
                "user-agent: northern", "anthropic-version: 2023-06-01", "x-api-key: sk",
            ])
        #expect(try head(AnthropicAdapter.self, .bearer("sk")).last == "authorization: Bearer sk")
    }

    @Test func `betas that are configured are a header field`() throws {
        let settings = ProviderSettings(["anthropic_beta": "a-1,b-2", "project": "p"])
        #expect(try head(AnthropicAdapter.self, .none, settings: settings).contains("anthropic-beta: a-1,b-2"))
        #expect(try head(VertexAnthropicAdapter.self, .none, settings: settings).contains("anthropic-beta: a-1,b-2"))
    }

    @Test(arguments: [
        ("https://r.services.ai.azure.com/anthropic", "/anthropic/v1/messages"),
        ("http://127.0.0.1:8085/v1", "/v1/messages"), ("http://127.0.0.1:8085/v1/", "/v1/messages"),
    ])
    func `a base URL may have a path, and may end in the version`(_ url: String, _ target: String) throws {
        let request = try AnthropicAdapter(route: route(AnthropicAdapter.facts, url: url), settings: ProviderSettings())
            .request(for: Self.chat, credential: .none, at: Self.now)
        #expect(Self.lines(request).first == "POST \(target) HTTP/1.1")
    }

    @Test func `Bedrock's requests are signed for the route's region`() throws {
        let keys = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")
        let lines = try head(BedrockAnthropicAdapter.self, .aws(keys))
        #expect(lines.first == "POST /model/claude-sonnet-4-6/invoke HTTP/1.1")
        #expect(lines.contains("host: bedrock-runtime.ca-central-1.amazonaws.com"))
        #expect(lines.last?.contains("Credential=AKIDEXAMPLE/20261122/ca-central-1/bedrock/aws4_request") == true)
    }

    @Test func `Vertex needs a project, and Bedrock a region`() throws {
        #expect(throws: AdapterSettingError.self) {
            try VertexAnthropicAdapter(route: self.route(VertexAnthropicAdapter.facts), settings: ProviderSettings())
        }
        let route = try bedrockRoute(region: "")
        #expect(throws: AdapterSettingError.self) {
            try BedrockAnthropicAdapter(route: route, settings: ProviderSettings())
        }
    }

    // MARK: Passing

    @Test func `a body of the same wire passes with its model replaced`() throws {
        let adapter = try AnthropicAdapter(route: route(AnthropicAdapter.facts), settings: ProviderSettings())
        #expect(adapter.edits(passing: .anthropicMessages) == PassageEdits(model: .replaced(by: "claude-sonnet-4-6")))
        #expect(adapter.edits(passing: .openAIChat) == nil && adapter.edits(passing: .openAIResponses) == nil)
        var body = Splice()
        body.keep(0..<10)
        let request = try adapter.request(
            passing: body, of: .anthropicMessages, isStreamed: true, credential: .bearer("k"))
        #expect(Self.lines(request).first == "POST /v1/messages HTTP/1.1")
        guard case .spliced(body) = request.body else { return #expect(Bool(false), "the body must be the splice") }
    }

    @Test func `Vertex wants the version in the body, and the model and the method in the path`() throws {
        let adapter = try VertexAnthropicAdapter(
            route: route(VertexAnthropicAdapter.facts), settings: ProviderSettings(["project": "p"]))
        let edits = try #require(adapter.edits(passing: .anthropicMessages))
        #expect(edits.model == .removed && !edits.removesStream)
        #expect(String(decoding: edits.inserted, as: UTF8.self) == #""anthropic_version":"vertex-2023-10-16","#)
        for (isStreamed, method) in [(true, "streamRawPredict"), (false, "rawPredict")] {
            let request = try adapter.request(
                passing: Splice(), of: .anthropicMessages, isStreamed: isStreamed, credential: .none)
            #expect(Self.lines(request).first?.contains("/claude-sonnet-4-6:\(method) ") == true)
        }
    }

    @Test func `Bedrock wants version and betas in the body, and the model and the method in the path`() throws {
        let route = try bedrockRoute(region: "ca-central-1")
        let adapter = try BedrockAnthropicAdapter(
            route: route, settings: ProviderSettings(["anthropic_beta": "a-1, b-2"]))
        let edits = try #require(adapter.edits(passing: .anthropicMessages))
        #expect(edits.model == .removed && edits.removesStream && edits.betas == ["a-1", "b-2"])
        #expect(String(decoding: edits.inserted, as: UTF8.self) == #""anthropic_version":"bedrock-2023-05-31","#)
        for wire in ChatWire.allCases where wire != .anthropicMessages { #expect(adapter.edits(passing: wire) == nil) }
        for (isStreamed, method) in [(true, "invoke-with-response-stream"), (false, "invoke")] {
            let request = try adapter.request(
                passing: Splice(), of: .anthropicMessages, isStreamed: isStreamed, credential: .bearer("k"))
            #expect(Self.lines(request).first?.hasSuffix("/\(method) HTTP/1.1") == true)
            #expect(Self.lines(request).last == "authorization: Bearer k")
        }
    }

    @Test func `what passes to Bedrock is signed as it would be in one piece`() throws {
        let text = Array(#"{"a":"b","model":"m","c":["d",1.50]}"#.utf8)
        let adapter = try BedrockAnthropicAdapter(
            route: bedrockRoute(region: "ca-central-1"), settings: ProviderSettings())
        let keys = Credential.aws(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "s", sessionToken: "t"))
        func signed(_ body: Splice, inPiecesOf size: Int) throws -> [String] {
            let request = adapter.request(
                passing: body, of: .anthropicMessages, isStreamed: false, credential: keys, at: Self.now)
            guard case .unsigned(let request) = request else { return [] }
            return Self.lines(
                request.signed { range, use in
                    for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
                        text[start..<min(start + size, range.upperBound)].withUnsafeBytes { use($0) }
                    }
                })
        }
        var whole = Splice()
        whole.insert(Array(#"{"v":1,"a":"b","c":["d",1.50]}"#.utf8))
        var spliced = Splice()
        spliced.keep(0..<1)
        spliced.insert(Array(#""v":1,"#.utf8))
        spliced.keep(1..<9)
        spliced.keep(21..<text.count)
        let lines = try signed(whole, inPiecesOf: 1)
        #expect(lines.contains { $0.hasPrefix("authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/") })
        #expect(lines.contains("x-amz-security-token: t"))
        for size in [1, 2, 5, 100] { #expect(try signed(spliced, inPiecesOf: size) == lines) }
        var other = spliced
        other.insert([0x20])
        #expect(try signed(other, inPiecesOf: 5) != lines)
    }

    // MARK: Counting

    @Test func `tokens are counted of a request without what concerns an answer`() throws {
        var chat = Self.chat
        chat.isStreamed = true
        chat.temperature = 0.5
        chat.stop = ["x"]
        chat.extensions = ["user": "u1", "service_tier": "auto", "cache_control": ["type": "ephemeral"]]
        let adapter = try AnthropicAdapter(route: route(AnthropicAdapter.facts), settings: ProviderSettings())
        let own = try #require(adapter.tokenCounter).request(for: chat, credential: .none, at: Self.now)
        #expect(Self.lines(own).first == "POST /v1/messages/count_tokens HTTP/1.1")
        let content = #""messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]"#
        #expect(
            Self.text(own) == #"{"model":"claude-sonnet-4-6",\#(content),"cache_control":{"type":"ephemeral"}}"#)
        let hosted = try VertexAnthropicAdapter(
            route: route(VertexAnthropicAdapter.facts), settings: ProviderSettings(["project": "p"]))
        let vertex = try #require(hosted.tokenCounter).request(for: Self.chat, credential: .none, at: Self.now)
        #expect(Self.lines(vertex).first?.contains("/publishers/anthropic/models/count-tokens:rawPredict ") == true)
        #expect(
            Self.text(vertex)
                == #"{"anthropic_version":"vertex-2023-10-16","model":"claude-sonnet-4-6",\#(content)}"#)
    }

    // MARK: Bounds

    @Test func `a reply without end is refused`() throws {
        let adapter = try AnthropicAdapter(route: route(AnthropicAdapter.facts), settings: ProviderSettings())
        var reading = AnthropicReading(adapter.reader(for: Self.chat))
        let mebibyte = [UInt8](repeating: 0x20, count: 1 << 20)
        for _ in 0..<65 { reading.receive(mebibyte[...]) }
        #expect(reading.fault?.cause == .malformed)
    }

    @Test func `blocks that are never closed have a bound`() throws {
        var chat = Self.chat
        chat.isStreamed = true
        let adapter = try AnthropicAdapter(route: route(AnthropicAdapter.facts), settings: ProviderSettings())
        var reading = AnthropicReading(adapter.reader(for: chat))
        for index in 0..<300 {
            let event = #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"text","text":""}}"#
            reading.receive(ArraySlice("data: \(event)\n\n".utf8))
        }
        #expect(reading.fault?.cause == .malformed)
    }

    @Test(arguments: [
        #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
        #"{"type":"content_block_start","index":0}"#, #"{"type":"content_block_start","content_block":{}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a"}}"#,
        #"{"type":"message_stop"}"#, "{", "[]", "hello",
    ])
    func `events that make no sense end the stream with a fault`(_ event: String) throws {
        var chat = Self.chat
        chat.isStreamed = true
        let adapter = try AnthropicAdapter(route: route(AnthropicAdapter.facts), settings: ProviderSettings())
        var reading = AnthropicReading(adapter.reader(for: chat))
        reading.receive(ArraySlice("data: \(event)\n\n".utf8))
        #expect(reading.fault?.cause == .malformed)
    }

    @Test func `streams that were tampered with never crash a reader`() throws {
        var random = SeededGenerator(seed: 11)
        for golden in AnthropicGoldenCase.streamed {
            let reader = try golden.adapter().reader(for: golden.chat())
            let body = golden.replyBody()
            for _ in 0..<50 {
                var damaged = body
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
                }
                var reading = AnthropicReading(reader)
                reading.receive(damaged[...])
                reading.end()
                #expect(reading.fault != nil || reading.events.last == .ended)
            }
        }
    }

    // MARK: Making

    private func route(_ facts: ProviderFacts, url: String? = nil) throws -> Route {
        try anthropicRoute(facts, model: "claude-sonnet-4-6", url: url)
    }

    private func head(
        _ adapter: any TranslatingAdapter.Type, _ credential: Credential,
        settings: ProviderSettings = ProviderSettings(["project": "p"])
    ) throws -> [String] {
        let request = try adapter.init(route: route(adapter.facts), settings: settings)
            .request(for: Self.chat, credential: credential, at: Self.now)
        return Self.lines(request)
    }

    private static func lines(_ request: UpstreamRequest) -> [String] {
        String(decoding: request.head, as: UTF8.self).split(separator: "\r\n").map { String($0) }
    }

    private static func text(_ request: UpstreamRequest) -> String {
        guard case .bytes(let bytes) = request.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
