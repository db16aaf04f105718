import Domain
import Foundation
import Providers
import Testing
import Wire

@Suite struct ConverseReaderTests {
    @Test func `a whole reply becomes the events of a stream`() throws {
        let reply = """
            {"output":{"message":{"role":"assistant","content":[
            {"reasoningContent":{"reasoningText":{"text":"Hmm.","signature":"c2ln"}}},
            {"text":"Looking."},{"somethingNew":{}},
            {"toolUse":{"toolUseId":"tooluse_a","name":"get_weather","input":{"city":"Montréal", "days":1.50}}},
            {"toolUse":{"toolUseId":"tooluse_b","name":"get_time","input":{}}}]}},
            "stopReason":"tool_use",
            "usage":{"inputTokens":11,"outputTokens":7,"totalTokens":18,"cacheReadInputTokens":5,"cacheWriteInputTokens":2},
            "metrics":{"latencyMs":321}}
            """
        let outcome = ConverseOutcome(of: Array(reply.utf8), streamed: false, inPiecesOf: 7)
        #expect(outcome.fault == nil)
        #expect(
            outcome.events == [
                .started(id: nil, model: nil), .reasoning("Hmm."), .reasoningSignature("c2ln"), .text("Looking."),
                .toolCallStarted(index: 0, id: "tooluse_a", name: "get_weather"),
                .toolCallArguments(index: 0, text: #"{"city":"Montréal","days":1.50}"#),
                .toolCallStarted(index: 1, id: "tooluse_b", name: "get_time"),
                .toolCallArguments(index: 1, text: "{}"), .finished(.toolCalls),
                .usage(ChatUsage(input: 18, output: 7, cachedInput: 5, cacheWrite: 2)), .ended,
            ])
    }

    @Test(arguments: [
        ("end_turn", ChatFinishReason.stop), ("stop_sequence", .stop), ("tool_use", .toolCalls),
        ("max_tokens", .length), ("model_context_window_exceeded", .contextWindow),
        ("guardrail_intervened", .contentFilter),
        ("content_filtered", .contentFilter), ("something_new", .stop),
    ])
    func `each stop reason has its finish reason`(_ reason: String, finish: ChatFinishReason) {
        let outcome = ConverseOutcome(of: reply(stopReason: reason), streamed: false)
        #expect(outcome.events.contains(.finished(finish)))
    }

    @Test func `output that the model spoiled is a fault, not a finish`() {
        let outcome = ConverseOutcome(of: reply(stopReason: "malformed_tool_use"), streamed: false)
        #expect(outcome.fault?.cause == .upstream)
        #expect(outcome.fault?.status == 502)
        #expect(outcome.events.isEmpty)
    }

    @Test func `a reply that is cut anywhere is truncated`() {
        let whole = reply(stopReason: "end_turn")
        for count in 0..<whole.count {
            #expect(ConverseOutcome(of: Array(whole.prefix(count)), streamed: false).fault?.cause == .truncated)
        }
    }

    @Test(arguments: ["<html></html>", "{}", #"{"stopReason":"end_turn"}"#, #"{"stopReason":"end_turn","output":[]}"#])
    func `a reply of another shape is malformed`(_ body: String) {
        #expect(ConverseOutcome(of: Array(body.utf8), streamed: false).fault?.cause == .malformed)
    }

    @Test func `counts that no model has don't overflow`() {
        let body = """
            {"output":{"message":{"content":[]}},"stopReason":"end_turn",
            "usage":{"inputTokens":9223372036854775807,"cacheReadInputTokens":9223372036854775807,"outputTokens":-1}}
            """
        #expect(ConverseOutcome(of: Array(body.utf8), streamed: false).fault == nil)
    }

    private func reply(stopReason: String) -> [UInt8] {
        Array(#"{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"\#(stopReason)"}"#.utf8)
    }
}

/// What a reader of a 200 reply made of its body.
struct ConverseOutcome {
    private(set) var events: [ChatEvent] = []
    private(set) var fault: UpstreamFault?

    init(of body: [UInt8], streamed: Bool, inPiecesOf count: Int = .max) {
        do throws(UpstreamFault) {
            var reader = try Self.reader(streamed: streamed)
            var start = 0
            while start < body.count {
                let end = start + min(count, body.count - start)
                try feed(body[start..<end], to: &reader)
                start = end
            }
            try reader.end(into: &events)
        } catch {
            fault = error
        }
    }

    private static func reader(streamed: Bool) throws(UpstreamFault) -> any ReplyReader {
        do {
            var chat = ChatRequest(model: "any", messages: [])
            chat.isStreamed = streamed
            return try BedrockAdapter(route: bedrockRoute(), settings: ProviderSettings()).reader(for: chat)
        } catch {
            throw .malformed("no adapter: \(error)")
        }
    }

    private mutating func feed(_ piece: ArraySlice<UInt8>, to reader: inout any ReplyReader) throws(UpstreamFault) {
        try Array(piece).withUnsafeBufferPointer { bytes throws(UpstreamFault) in
            try reader.receive(UnsafeRawBufferPointer(bytes), into: &events)
        }
    }
}
