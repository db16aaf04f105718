import Testing
import Wire

@testable import Providers

@Suite struct VertexReplyTests {
    private let usage =
        #""usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7,"thoughtsTokenCount":4,"#
        + #""cachedContentTokenCount":5,"toolUsePromptTokenCount":2,"totalTokenCount":24,"#
        + #""promptTokensDetails":[{"modality":"TEXT","tokenCount":11}],"trafficType":"ON_DEMAND"}"#

    private func reply(_ candidate: String) -> String {
        #"{"candidates":[\#(candidate)],\#(usage),"modelVersion":"gemini-2.5-pro-001","responseId":"r1"}"#
    }

    @Test func `reads text, thoughts and usage of a whole reply`() {
        let text = reply(
            #"""
            {"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"thought":true,"text":"Hm"},
             {"text":"Bon\njour "},{"text":""},{"text":"\u00e9","thoughtSignature":"AQ=="},
             {"inlineData":{"mimeType":"image/png","data":"AA=="}}]},"safetyRatings":[]},
             {"index":1,"content":{"parts":[{"text":"other"}]}}
            """#)
        for size in [1, 7, 1_000_000] {
            let (events, fault) = VertexFixture.read(text, streamed: false, pieces: size)
            #expect(fault == nil)
            #expect(
                events == [
                    .started(id: "r1", model: "gemini-2.5-pro-001"), .reasoning("Hm"), .text("Bon\njour "), .text("é"),
                    .reasoningSignature("gemini.text.AQ=="), .finished(.stop),
                    .usage(ChatUsage(input: 13, output: 11, cachedInput: 5, reasoning: 4)), .ended,
                ])
        }
    }

    @Test func `finishes with tool calls where the model stopped to call`() {
        let text = reply(
            #"""
            {"content":{"parts":[{"text":"I'll look."},{"functionCall":{"name":"weather","args":{"city": "Igloolik",
             "n":1.50}},"thoughtSignature":"Cg+/"},{"functionCall":{"name":"now","id":"fc1"}}]},"finishReason":"STOP"}
            """#)
        let (events, fault) = VertexFixture.read(text, streamed: false)
        #expect(fault == nil)
        #expect(events[2] == .reasoningSignature("gemini.call.Cg+/"))
        guard case .toolCallStarted(0, let first, "weather") = events[3],
            case .toolCallStarted(1, let second, "now") = events[5]
        else {
            Issue.record("two calls should have started")
            return
        }
        #expect(first != second)
        #expect(VertexToolCallID(first).signature == "Cg+/")
        #expect(VertexToolCallID(second).upstreamID == "fc1")
        #expect(events[4] == .toolCallArguments(index: 0, text: #"{"city":"Igloolik","n":1.50}"#))
        #expect(events[6] == .toolCallArguments(index: 1, text: "{}"))
        #expect(events[7] == .finished(.toolCalls))
        #expect(VertexFixture.read(text, streamed: false).events == events, "ids are made the same way each time")
    }

    @Test func `keeps the first call only, where the caller wants one at a time`() throws {
        let text = reply(
            #"""
            {"content":{"parts":[{"functionCall":{"name":"a"}},{"functionCall":{"name":"b"}}]},"finishReason":"STOP"}
            """#)
        let (events, _) = VertexFixture.read(text, streamed: false, calls: .firstOnly)
        #expect(events.count == 6)
        #expect(events[3] == .finished(.toolCalls))
        var chat = VertexFixture.chat(.text("Hi"))
        chat.allowsParallelToolCalls = false
        var reader = try VertexFixture.adapter().reader(for: chat)
        var read: [ChatEvent] = []
        try Array(text.utf8).withUnsafeBytes { try reader.receive($0, into: &read) }
        try reader.end(into: &read)
        #expect(read == events)
    }

    @Test(arguments: [
        ("STOP", ChatFinishReason.stop), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter),
        ("RECITATION", .contentFilter), ("SPII", .contentFilter), ("IMAGE_SAFETY", .contentFilter),
        ("MODEL_ARMOR", .contentFilter), ("LANGUAGE", .contentFilter), ("OTHER", .stop), ("SOMETHING_NEW", .stop),
    ])
    func `knows why the model finished, with or without content`(_ reason: String, _ finish: ChatFinishReason) {
        for content in ["", #""content":{"role":"model"},"#, #""content":{"parts":[]},"#, #""content":null,"#] {
            let (events, fault) = VertexFixture.read(
                reply("{\(content)\"finishReason\":\"\(reason)\"}"), streamed: false)
            #expect(fault == nil)
            #expect(events.dropFirst().first == .finished(finish))
            #expect(events.last == .ended)
        }
    }

    @Test(arguments: ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE"])
    func `fails where the model's answer can't be used`(_ reason: String) {
        let (events, fault) = VertexFixture.read(
            reply("{\"finishReason\":\"\(reason)\",\"finishMessage\":\"call: secret\"}"), streamed: false)
        #expect(!events.contains(.ended))
        #expect(fault?.status == 502)
        #expect(fault?.cause == .upstream)
        #expect(fault?.message.contains("secret") == false)
    }

    @Test func `fails with the content filter's status where the prompt was blocked`() {
        let text = #"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":3}}"#
        for streamed in [false, true] {
            let (_, fault) = VertexFixture.read(streamed ? VertexFixture.stream(text) : text, streamed: streamed)
            #expect(fault?.cause == .contentFilter)
            #expect(fault?.status == 400)
        }
    }

    @Test(arguments: [
        "", "<html>", "{", "[]", "{}{}", #"{"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]}"#,
    ])
    func `calls bytes malformed that are no reply`(_ text: String) {
        #expect(VertexFixture.read(text, streamed: false).fault?.cause == .malformed)
    }

    @Test(arguments: ["{}", #"{"candidates":[]}"#, #"{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}"#])
    func `calls a reply truncated that doesn't say why it finished`(_ text: String) {
        #expect(VertexFixture.read(text, streamed: false).fault?.cause == .truncated)
    }

    @Test(arguments: [
        #"{"candidates":7,"usageMetadata":[],"responseId":{},"promptFeedback":"x"}"#, #"{"candidates":[[]]}"#,
    ])
    func `survives members of another kind`(_ text: String) {
        #expect(VertexFixture.read(text, streamed: false).fault?.cause == .truncated)
    }

    @Test func `survives counts that no model has`() {
        let counts =
            #"{"promptTokenCount":9223372036854775807,"candidatesTokenCount":-5,"toolUsePromptTokenCount":1e99}"#
        let (events, _) = VertexFixture.read(
            #"{"candidates":[{"finishReason":"STOP"}],"usageMetadata":\#(counts)}"#, streamed: false)
        #expect(events.contains(.usage(ChatUsage(input: 1 << 40, output: 0))))
    }
}
