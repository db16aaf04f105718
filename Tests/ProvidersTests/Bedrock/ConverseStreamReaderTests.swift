import Foundation
import Providers
import TestSupport
import Testing
import Wire

@Suite struct ConverseStreamReaderTests {
    static let pieces = [1, 2, 3, 7, 1_000, Int.max]

    @Test(arguments: pieces)
    func `tool calls are counted apart from other blocks`(piece: Int) throws {
        let outcome = ConverseOutcome(of: try vector("converse-parallel-tools"), streamed: true, inPiecesOf: piece)
        #expect(outcome.fault == nil)
        #expect(
            outcome.events == [
                .started(id: nil, model: nil), .text("Looking."),
                .toolCallStarted(index: 0, id: "tooluse_a", name: "get_weather"),
                .toolCallArguments(index: 0, text: #"{"city":"#), .toolCallArguments(index: 0, text: #""Montréal"}"#),
                .toolCallStarted(index: 1, id: "tooluse_b", name: "get_time"),
                .toolCallArguments(index: 1, text: "{}"), .finished(.toolCalls),
                .usage(ChatUsage(input: 11, output: 7)), .ended,
            ])
    }

    @Test(arguments: pieces)
    func `thinking and its signature come before the text`(piece: Int) throws {
        let outcome = ConverseOutcome(of: try vector("converse-reasoning"), streamed: true, inPiecesOf: piece)
        #expect(outcome.fault == nil)
        #expect(
            outcome.events == [
                .started(id: nil, model: nil), .reasoning("Hmm."), .reasoningSignature("c2ln"), .text("42"),
                .finished(.stop), .usage(ChatUsage(input: 11, output: 7)), .ended,
            ])
    }

    @Test func `calls whose pieces are mixed keep their own arguments`() {
        let outcome = ConverseOutcome(
            of: stream(
                toolStart(3, "a"), toolStart(4, "b"), toolInput(4, "[1"), toolInput(3, "{}"), toolInput(4, "]"),
                messageStop, metadata), streamed: true)
        #expect(
            outcome.events.dropFirst().prefix(5) == [
                .toolCallStarted(index: 0, id: "a", name: "f"), .toolCallStarted(index: 1, id: "b", name: "f"),
                .toolCallArguments(index: 1, text: "[1"), .toolCallArguments(index: 0, text: "{}"),
                .toolCallArguments(index: 1, text: "]"),
            ])
        #expect(outcome.fault == nil)
    }

    @Test func `a call that is never closed still has arguments`() {
        let outcome = ConverseOutcome(of: stream(toolStart(0, "a"), messageStop, metadata), streamed: true)
        #expect(
            outcome.events.dropFirst().prefix(3) == [
                .toolCallStarted(index: 0, id: "a", name: "f"), .toolCallArguments(index: 0, text: "{}"),
                .finished(.stop),
            ])
    }

    @Test func `padding and unknown members and events are skipped`() {
        let outcome = ConverseOutcome(
            of: stream(
                event("somethingNew", #"{"a":1}"#),
                event(
                    "contentBlockDelta",
                    #"{"p":"abcdefghij","delta":{"new":[1],"text":"a\n\u00e9"},"contentBlockIndex":0}"#),
                event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"citation":{"text":"no"}},"p":"a"}"#),
                event("contentBlockStart", #"{"contentBlockIndex":1,"start":{"image":{"format":"png"}}}"#),
                messageStop, metadata), streamed: true)
        #expect(outcome.fault == nil)
        #expect(outcome.events.prefix(2) == [.started(id: nil, model: nil), .text("a\né")])
        #expect(outcome.events.count == 5)
    }

    @Test func `cached input counts as input`() {
        let usage = #"{"usage":{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheWriteInputTokens":4}}"#
        let outcome = ConverseOutcome(of: stream(messageStop, event("metadata", usage)), streamed: true)
        #expect(outcome.events.contains(.usage(ChatUsage(input: 8, output: 2, cachedInput: 3, cacheWrite: 4))))
    }

    // MARK: Ends

    @Test func `a stream that is cut at any byte is truncated, and has no end event`() throws {
        let whole = try vector("converse-text")
        for count in 0..<whole.count {
            let outcome = ConverseOutcome(of: Array(whole.prefix(count)), streamed: true, inPiecesOf: 100)
            #expect(outcome.fault?.cause == .truncated)
            #expect(!outcome.events.contains(.ended))
        }
    }

    @Test(arguments: ["closed-between-frames", "metadata-missing"])
    func `a stream that is cut between frames is truncated`(_ name: String) throws {
        #expect(ConverseOutcome(of: try vector(name), streamed: true).fault?.cause == .truncated)
    }

    @Test func `nothing is finished before messageStop`() {
        let outcome = ConverseOutcome(of: stream(text("a"), metadata), streamed: true)
        #expect(!outcome.events.contains(.finished(.stop)))
        #expect(outcome.fault?.cause == .truncated)
    }

    @Test func `nothing may follow messageStop but metadata`() {
        let outcome = ConverseOutcome(of: stream(messageStop, text("a"), metadata), streamed: true)
        #expect(outcome.fault?.cause == .malformed)
    }

    // MARK: Faults

    @Test func `a frame with a bad checksum ends the stream with a fault`() throws {
        var wire = stream(text("a"), text("b"), messageStop, metadata)
        wire[stream(text("a")).count + 90] ^= 1
        let outcome = ConverseOutcome(of: wire, streamed: true)
        #expect(outcome.fault?.cause == .malformed)
        #expect(outcome.fault?.status == 502)
        #expect(outcome.events == [.started(id: nil, model: nil), .text("a")])
    }

    @Test func `a payload that is no JSON ends the stream with a fault`() throws {
        #expect(ConverseOutcome(of: try vector("payload-json-broken"), streamed: true).fault?.cause == .malformed)
    }

    @Test func `input of a call that never began is malformed`() {
        #expect(ConverseOutcome(of: stream(toolInput(0, "{}")), streamed: true).fault?.cause == .malformed)
    }

    @Test func `blocks that are never closed have a bound`() {
        let starts = (0..<300).flatMap { toolStart($0, "id\($0)").encoded() }
        #expect(ConverseOutcome(of: starts, streamed: true).fault?.cause == .malformed)
    }

    @Test func `what is held back while the model thinks has bounds`() {
        let thought = event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}"#)
        let starts = (1...300).flatMap { toolStart($0, "id\($0)").encoded() }
        #expect(ConverseOutcome(of: thought.encoded() + starts, streamed: true).fault?.cause == .malformed)
        let long = event(
            "contentBlockDelta",
            #"{"contentBlockIndex":1,"delta":{"text":"\#(String(repeating: "a", count: 1 << 20))"}}"#
        ).encoded()
        let longs = (0..<17).flatMap { _ in long }
        #expect(ConverseOutcome(of: thought.encoded() + longs, streamed: true).fault?.cause == .malformed)
        #expect(ConverseOutcome(of: longs, streamed: true).fault?.cause == .truncated)
    }

    @Test func `thinking that is never closed still lets the rest through`() {
        let outcome = ConverseOutcome(
            of: stream(
                event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}"#),
                event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"reasoningContent":{"text":"So"}}}"#),
                toolStart(2, "a"), event("contentBlockDelta", #"{"contentBlockIndex":3,"delta":{"text":"x"}}"#),
                messageStop, metadata), streamed: true)
        #expect(outcome.fault == nil)
        #expect(
            outcome.events.dropFirst().prefix(5) == [
                .reasoning("Hm"), .reasoning("So"), .toolCallStarted(index: 0, id: "a", name: "f"), .text("x"),
                .toolCallArguments(index: 0, text: "{}"),
            ])
    }

    @Test func `an exception within a stream keeps what came before it`() throws {
        let outcome = ConverseOutcome(of: try vector("converse-midstream-exception"), streamed: true)
        #expect(outcome.events == [.started(id: nil, model: nil), .text("par")])
        #expect(outcome.fault?.cause == .limit)
        #expect(outcome.fault?.status == 429)
        #expect(outcome.fault?.message == "Too many requests, please wait before trying again.")
    }

    @Test(arguments: [
        ("exception-internalServerException", UpstreamFault.Cause.upstream, 502),
        ("exception-modelStreamErrorException", .upstream, 502), ("exception-validationException", .request, 400),
        ("exception-serviceUnavailableException", .unavailable, 503),
        ("exception-modelTimeoutException", .timeout, 504), ("error-frame", .upstream, 502),
    ])
    func `each exception has its class`(_ name: String, cause: UpstreamFault.Cause, status: Int) throws {
        let fault = ConverseOutcome(of: try vector(name), streamed: true).fault
        #expect(fault?.cause == cause)
        #expect(fault?.status == status)
        #expect(fault?.upstreamStatus == nil)
    }

    @Test(arguments: pieces)
    func `no vector makes the reader hang or crash`(piece: Int) throws {
        for entry in try vectors() {
            guard let wire = entry["wire_base64"]?.string.flatMap({ Data(base64Encoded: $0) }) else { continue }
            let outcome = ConverseOutcome(of: Array(wire), streamed: true, inPiecesOf: piece)
            if entry["verdict"]?.string != "accept" { #expect(outcome.fault != nil) }
        }
    }

    @Test func `payloads that were tampered with never crash the reader`() {
        var random = SeededGenerator(seed: 7)
        let payload = Array(#"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"\u00e9{"}},"p":"ab"}"#.utf8)
        for _ in 0..<2_000 {
            var damaged = payload
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            damaged.removeLast(Int.random(in: 0...3, using: &random))
            let type = ["contentBlockDelta", "contentBlockStart", "messageStop"].randomElement(using: &random) ?? ""
            var frame = event(type, "")
            frame.payload = damaged
            let outcome = ConverseOutcome(of: stream(toolStart(0, "a"), frame), streamed: true)
            #expect(outcome.fault != nil)
        }
    }

    // MARK: Frames

    private func vectors() throws -> [JSON] {
        try #require(bedrockFixture("../../WireTests/Fixtures/eventstream-vectors.json")["vectors"]?.array)
    }

    private func vector(_ name: String) throws -> [UInt8] {
        let entry = try vectors().first { $0["name"]?.string == name }
        return Array(try #require(Data(base64Encoded: entry?["wire_base64"]?.string ?? "")))
    }

    private func stream(_ frames: EventStreamMessage...) -> [UInt8] { frames.flatMap { $0.encoded() } }

    private func event(_ type: String, _ payload: String) -> EventStreamMessage {
        EventStreamMessage(
            headers: [
                (":event-type", .string(type)), (":content-type", .string("application/json")),
                (":message-type", .string("event")),
            ], payload: Array(payload.utf8))
    }

    private var messageStop: EventStreamMessage { event("messageStop", #"{"stopReason":"end_turn"}"#) }
    private var metadata: EventStreamMessage {
        event("metadata", #"{"usage":{"inputTokens":1,"outputTokens":1},"metrics":{"latencyMs":3}}"#)
    }

    private func text(_ text: String) -> EventStreamMessage {
        event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"\#(text)"}}"#)
    }

    private func toolStart(_ block: Int, _ id: String) -> EventStreamMessage {
        event(
            "contentBlockStart",
            #"{"contentBlockIndex":\#(block),"start":{"toolUse":{"toolUseId":"\#(id)","name":"f"}}}"#)
    }

    private func toolInput(_ block: Int, _ text: String) -> EventStreamMessage {
        let input = JSON.string(text).text()
        return event("contentBlockDelta", #"{"contentBlockIndex":\#(block),"delta":{"toolUse":{"input":\#(input)}}}"#)
    }
}
