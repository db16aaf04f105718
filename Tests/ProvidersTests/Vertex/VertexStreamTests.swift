import Testing
import Wire

@testable import Providers

@Suite struct VertexStreamTests {
    private let texts = [
        #"{"candidates":[{"content":{"role":"model","parts":[{"text":"Hel"}]}}],"usageMetadata":{"trafficType":"ON_DEMAND"},"modelVersion":"g","responseId":"r"}"#,
        #"{"candidates":[{"content":{"role":"model","parts":[{"text":"lo"}]}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1},"modelVersion":"g","responseId":"r"}"#,
        #"{"candidates":[{"content":{"role":"model","parts":[{"text":"."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2},"responseId":"r"}"#,
    ]

    private func stream(_ objects: [String], newline: String = "\r\n") -> String {
        objects.map { "data: \($0)\(newline)\(newline)" }.joined()
    }

    @Test(arguments: ["\r\n", "\n", "\r"])
    func `reads the same events however the stream is cut`(_ newline: String) {
        let expected: [ChatEvent] = [
            .started(id: "r", model: "g"), .text("Hel"), .text("lo"), .text("."), .finished(.stop),
            .usage(ChatUsage(input: 3, output: 2)), .ended,
        ]
        for size in [1, 2, 13, 200, 1_000_000] {
            let (events, fault) = VertexFixture.read(stream(texts, newline: newline), streamed: true, pieces: size)
            #expect(fault == nil)
            #expect(events == expected)
        }
    }

    @Test func `offers each piece of text with the bytes that bring it`() throws {
        var reader = StreamGenerateContentReader()
        var events: [ChatEvent] = []
        try Array(stream([texts[0]]).utf8).withUnsafeBytes { try reader.receive($0, into: &events) }
        #expect(events == [.started(id: "r", model: "g"), .text("Hel")])
    }

    @Test func `counts parallel calls over all events and sends their signatures out`() {
        let calls = [
            #"{"candidates":[{"content":{"parts":[{"text":"Think","thought":true},{"functionCall":{"name":"a","args":{"x":[1,{}]}},"thoughtSignature":"AQ=="},{"functionCall":{"name":"a","args":{}}}]}}]}"#,
            #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"b","args":null}}]}}]}"#,
            #"{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"Ag=="}]},"finishReason":"STOP"}]}"#,
        ]
        let (events, fault) = VertexFixture.read(stream(calls), streamed: true)
        #expect(fault == nil)
        let started = events.compactMap { event -> (Int, String, String)? in
            if case .toolCallStarted(let index, let id, let name) = event { (index, id, name) } else { nil }
        }
        #expect(started.map(\.0) == [0, 1, 2])
        #expect(started.map(\.2) == ["a", "a", "b"])
        #expect(Set(started.map(\.1)).count == 3)
        #expect(started.map { VertexToolCallID($0.1).signature } == ["AQ==", nil, nil])
        #expect(events.contains(.toolCallArguments(index: 0, text: #"{"x":[1,{}]}"#)))
        #expect(events.contains(.toolCallArguments(index: 2, text: "{}")))
        #expect(events.suffix(3) == [.reasoningSignature("gemini.text.Ag=="), .finished(.toolCalls), .ended])
    }

    @Test func `makes other ids for other replies`() {
        func id(_ reply: String) -> ChatEvent? {
            VertexFixture.read(stream([reply]), streamed: true).events.dropFirst().first
        }
        let call = #""candidates":[{"content":{"parts":[{"functionCall":{"name":"a"}}]},"finishReason":"STOP"}]"#
        #expect(id(#"{\#(call),"responseId":"r1"}"#) != id(#"{\#(call),"responseId":"r2"}"#))
        #expect(id(#"{\#(call),"createTime":"1"}"#) != id(#"{\#(call),"createTime":"2"}"#))
    }

    @Test func `takes a reply whose thinking used up all tokens`() {
        let (events, fault) = VertexFixture.read(
            VertexFixture.stream(
                #"{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":9,"thoughtsTokenCount":64}}"#
            ), streamed: true)
        #expect(fault == nil)
        #expect(
            events == [
                .started(id: nil, model: nil), .finished(.length),
                .usage(ChatUsage(input: 9, output: 64, reasoning: 64)), .ended,
            ])
    }

    @Test func `takes the last finish and the last counts`() {
        let (events, _) = VertexFixture.read(
            VertexFixture.stream(
                #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}"#,
                #"{"candidates":[{"finishReason":"SAFETY","safetyRatings":[]}],"usageMetadata":{"candidatesTokenCount":2}}"#,
                newline: "\n"), streamed: true)
        #expect(events.suffix(3) == [.finished(.contentFilter), .usage(ChatUsage(input: 1, output: 2)), .ended])
    }

    @Test func `calls a stream truncated that ends without a finish, wherever it is cut`() {
        let bytes = Array(stream(texts).utf8)
        let last = stream(Array(texts.dropLast())).utf8.count
        for count in [0, 1, 10, last, last + 20, bytes.count - 3] {
            let (events, fault) = VertexFixture.read(
                String(decoding: bytes.prefix(count), as: UTF8.self), streamed: true)
            #expect(fault?.cause == .truncated, "cut at \(count)")
            #expect(!events.contains(.ended))
        }
    }

    private let error = #"{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}"#

    @Test func `finds an error in mid-stream, as an event or as bare lines`() {
        let bare = """
            {
              "error": {
                "code": 503,
                "message": "Overloaded",
                "status": "UNAVAILABLE"
              }
            }

            """
        let forms = [
            "data: \(error)\r\n\r\n", bare, "\(bare)\n", "[\(bare)]", "data: \(bare)\n",
            "event: error\ndata: \(error)\n\n", "data: [\(error)]\n\n",
        ]
        for form in forms {
            for size in [1, 10_000] {
                let (events, fault) = VertexFixture.read(stream([texts[0]]) + form, streamed: true, pieces: size)
                #expect(events == [.started(id: "r", model: "g"), .text("Hel")], "\(form)")
                #expect(
                    fault == UpstreamFault(.unavailable, status: 503, message: "Overloaded"), "\(form)")
            }
        }
    }

    @Test func `tells a mid-stream error's status by its name where the number is missing`() {
        let (_, fault) = VertexFixture.read(
            VertexFixture.stream(#"{"error":{"status":"RESOURCE_EXHAUSTED","message":"Slow down"}}"#), streamed: true)
        #expect(fault?.cause == .limit)
        #expect(fault?.status == 429)
    }

    @Test func `reads over comments and events it doesn't know`() {
        let (events, fault) = VertexFixture.read(
            ": ping\n\nevent: hello\n\n" + stream(texts) + ": bye\n", streamed: true)
        #expect(fault == nil)
        #expect(events.last == .ended)
    }

    @Test(arguments: ["{", "[DONE]", "\"x\"", #"{"candidates":[{"content":{"parts":[{"text":"\ud800"}]}}]}"#])
    func `calls an event malformed that is no reply`(_ data: String) {
        #expect(VertexFixture.read(VertexFixture.stream(data), streamed: true).fault?.cause == .malformed)
    }

    @Test func `fails in a stream where the model's call can't be used`() {
        let (events, fault) = VertexFixture.read(
            VertexFixture.stream(texts[0], #"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}"#),
            streamed: true)
        #expect(events.last == .text("Hel"))
        #expect(fault?.status == 502)
    }
}
