import TestSupport
import Testing
import Wire

@Suite struct AnthropicStreamPassageTests {
    static let events = [
        "event: message_start\r\n"
            + #"data: {"type":"message_start","message":{"model":"claude-1","content":[],"usage":{"input_tokens":11,"#
            + #""cache_read_input_tokens":5,"output_tokens":1,"service_tier":"standard","inference_geo":"us"}}}"#
            + "\r\n\r\n",
        ": comment\n\n", "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        #"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"stop_reason"}}"#
            + "\n\n",
        #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Zoé\n🍁"}}"# + "\n\n",
        "\n", #"data:{"type":"new_event","error":null}"# + "\n\n",
        #"data: {"type":"content_block_stop","index":0}"# + "\n\n",
        #"data: {"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":3}}"# + "\n\n",
        #"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":null,"#
            + #""output_tokens":7,"cache_creation_input_tokens":2,"output_tokens_details":{"thinking_tokens":4}}}"#
            + "\n\n",
    ]
    static let closing = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
    static let stream = events.joined() + closing

    @Test func `events go on as they came, and the last one waits for the books`() {
        var run = Run()
        run.receive(Self.stream)
        #expect(run.text == Self.events.joined() && run.failure == nil)
        #expect(run.passage.closing == Array(Self.closing.utf8) && run.passage.isDone && run.passage.isFinished)
        let usage = ChatUsage(input: 18, output: 7, cachedInput: 5, cacheWrite: 2, reasoning: 4, geography: "us")
        #expect(run.passage.usage == usage)
        #expect(run.passage.model == "claude-1" && run.passage.pieceCount == 1 && !run.passage.isInsideEvent)
    }

    @Test func `however a stream is split the same goes on`() {
        var whole = Run()
        whole.receive(Self.stream)
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            var run = Run()
            run.receive(bytes[..<cut])
            #expect(Self.stream.utf8.starts(with: run.out))
            #expect(!run.passage.isDone || cut == bytes.count)
            run.receive(bytes[cut...])
            #expect(run.out == whole.out && run.passage.usage == whole.passage.usage && run.passage.isDone)
        }
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var run = Run()
            var position = 0
            while position < bytes.count {
                let end = min(bytes.count, position + 1 + random.below(64))
                run.receive(bytes[position..<end])
                position = end
            }
            #expect(run.out == whole.out && run.passage.closing == whole.passage.closing)
        }
    }

    @Test func `what follows the last event stays here too`() {
        var run = Run()
        run.receive(Self.stream + Self.events[2] + Self.events[4])
        #expect(run.text == Self.events.joined() && run.passage.pieceCount == 1)
    }

    @Test func `an error stays here, behind what came before it`() {
        var run = Run()
        let error = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
        run.receive(Self.events[0] + "event: error\ndata: \(error)\n\n" + Self.events[4])
        #expect(run.failure == .error("Overloaded"))
        #expect(run.text == Self.events[0] && run.passage.usage?.input == 16)
    }

    @Test func `a stream without its last event is not complete`() {
        var run = Run()
        run.receive(Self.events.joined())
        run.passage.end()
        #expect(!run.passage.isDone && run.passage.isFinished && !run.passage.isInsideEvent)
    }

    @Test(arguments: [
        (#"data: {"type":"message_stop"}"#, true), ("event: message_stop\ndata: {\"type\":\"message_stop\"}\n", true),
        (#"data: {"type":"message_sto"#, false), (#"data: {"type":"ping"}"#, false), ("data: ", false),
    ])
    func `the last event counts without its empty line`(_ rest: String, _ isDone: Bool) {
        var run = Run()
        run.receive(Self.events.joined() + rest)
        run.passage.end()
        #expect(run.passage.isDone == isDone && run.passage.isInsideEvent != isDone)
    }

    @Test(arguments: ["data: {\n\n", "data: hello\n\n", "data: [1]\n\n", "data: {}{}\n\n"])
    func `an event that is no JSON object is malformed`(_ event: String) {
        var run = Run()
        run.receive(event)
        #expect(run.failure == .malformed && run.text.isEmpty)
    }

    @Test func `an event longer than the limit is refused before its end has come`() {
        var run = Run(limit: 100)
        run.receive("data: \"" + String(repeating: "x", count: 94))
        #expect(run.failure == .tooLong(limit: 100))
    }
}

/// A stream on its way through.
private struct Run {
    var passage: AnthropicStreamPassage
    var out: [UInt8] = []
    var failure: ChatPassageFailure?

    init(limit: Int = 16 << 20) { passage = AnthropicStreamPassage(limit: limit) }

    var text: String { String(decoding: out, as: UTF8.self) }

    mutating func receive(_ text: String) { receive(ArraySlice(text.utf8)) }

    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        guard failure == nil else { return }
        do throws(ChatPassageFailure) {
            try bytes.withUnsafeBytes { buffer in
                Result { () throws(ChatPassageFailure) in try passage.receive(buffer, into: &out) }
            }.get()
        } catch {
            failure = error
        }
    }
}
