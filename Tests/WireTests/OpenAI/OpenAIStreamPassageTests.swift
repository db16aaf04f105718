import TestSupport
import Testing
import Wire

@Suite struct OpenAIStreamPassageTests {
    static let usageChunk =
        #"data: {"id":"c","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"#
        + #""prompt_tokens_details":{"cached_tokens":3}}}"# + "\n\n"
    static let chunks = [
        ": hello\n\n",
        #"data: {"id":"c","model":"","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}"#
            + "\n\n",
        #"data: {"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"Zoé\n\n🍁"}}],"usage":null}"#
            + "\r\n\r\n",
        #"event: message"# + "\n" + #"data:{"id":"c","choices":[{"delta":{"content":"\n"}}]}"# + "\n\n",
        "\n",
        #"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\r\n\n",
    ]
    static let stream = chunks.joined() + usageChunk + "data: [DONE]\n\n"

    @Test func `events go on as they came, without the usage nobody asked for and the end mark`() {
        var run = Run(passesUsage: false)
        run.receive(Self.stream)
        #expect(run.text == Self.chunks.joined() && run.failure == nil)
        #expect(run.passage.usage == ChatUsage(input: 11, output: 7, cachedInput: 3))
        #expect(run.passage.model == "m-1" && run.passage.isFinished && run.passage.isDone)
        #expect(!run.passage.isInsideEvent)
    }

    @Test func `usage that was asked for goes on`() {
        var run = Run(passesUsage: true)
        run.receive(Self.stream)
        #expect(run.text == Self.chunks.joined() + Self.usageChunk)
    }

    @Test func `usage that stands beside choices goes on because the choices must`() {
        var run = Run(passesUsage: false)
        let chunk = #"data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
        run.receive(chunk + "\n\n")
        #expect(run.text == chunk + "\n\n" && run.passage.usage == ChatUsage(input: 1, output: 2))
    }

    @Test(arguments: [true, false])
    func `however a stream is split the same goes on`(passesUsage: Bool) {
        var whole = Run(passesUsage: passesUsage)
        whole.receive(Self.stream)
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            var run = Run(passesUsage: passesUsage)
            run.receive(bytes[..<cut])
            run.receive(bytes[cut...])
            #expect(run.isSame(as: whole), "cut at \(cut)")
        }
        var random = SeededGenerator(seed: 3)
        for longest in [1, 2, 3, 5, 17, 64] {
            var run = Run(passesUsage: passesUsage)
            var position = 0
            while position < bytes.count {
                let end = min(bytes.count, position + 1 + random.below(longest))
                run.receive(bytes[position..<end])
                position = end
            }
            #expect(run.isSame(as: whole), "pieces up to \(longest)")
        }
    }

    @Test func `nothing of an event goes on before its end has come`() {
        var run = Run(passesUsage: false)
        run.receive("data: {\"choices\":[]}\n")
        #expect(run.text.isEmpty && run.passage.isInsideEvent)
        run.receive("\n")
        #expect(run.text == "data: {\"choices\":[]}\n\n" && !run.passage.isInsideEvent)
    }

    @Test(arguments: ["data: {\"choi", "data: [DONE]", "data: [DONE]\n", "data: {}\n", ":"])
    func `a stream that ends in the middle of an event is known to`(_ rest: String) {
        var run = Run(passesUsage: false)
        run.receive(Self.chunks[1] + rest)
        #expect(run.passage.isInsideEvent && !run.passage.isDone && run.text == Self.chunks[1])
    }

    @Test(arguments: ["", "\n", "\r\n", "\n\n\n"])
    func `empty lines behind the last event are no event`(_ rest: String) {
        var run = Run(passesUsage: false)
        run.receive("data: [DONE]\n\n" + rest)
        #expect(run.passage.isDone && !run.passage.isInsideEvent)
    }

    @Test(arguments: [
        (#"{"error":{"message":"Over capacity","type":"server_error"}}"#, "Over capacity"),
        (#"{"error":"no"}"#, "no"), (#"{"choices":[],"error":{"code":5}}"#, #"{"code":5}"#),
    ])
    func `an error event stops the stream behind what came before it`(_ data: String, _ message: String) {
        var run = Run(passesUsage: false)
        run.receive(Self.chunks[1] + "data: \(data)\n\n" + Self.chunks[2])
        #expect(run.failure == .error(message) && run.text == Self.chunks[1])
    }

    @Test(arguments: [#"{"error":null,"choices":[]}"#, #"{"error":false,"choices":[]}"#])
    func `an error that says there is none is none`(_ data: String) {
        var run = Run(passesUsage: false)
        run.receive("data: \(data)\n\n")
        #expect(run.failure == nil && run.text == "data: \(data)\n\n")
    }

    @Test(arguments: ["data: {\n\n", "data: hello\n\n", "data: [1]\n\n", "data: {}{}\n\n", "data: \u{1}\n\n"])
    func `a chunk that is no JSON object is malformed`(_ event: String) {
        var run = Run(passesUsage: false)
        run.receive(event)
        #expect(run.failure == .malformed && run.text.isEmpty)
    }

    @Test func `a name of one letter more is no data`() {
        var run = Run(passesUsage: false)
        let text = "data: {}\n\ndatax: {\ndata {\nid: 1\n\n"
        run.receive(text)
        #expect(run.failure == nil && run.text == text)
    }

    @Test func `comments wait for the first event, and go on with it`() {
        var run = Run(passesUsage: false)
        run.receive(": one\n\n: two\n\n")
        #expect(run.text.isEmpty)
        run.receive("data: {}\n\n: three\n\n")
        #expect(run.text == ": one\n\n: two\n\ndata: {}\n\n: three\n\n")
    }

    @Test func `an event longer than the limit is refused before its end has come`() {
        var run = Run(passesUsage: false, limit: 100)
        run.receive("data: \"" + String(repeating: "x", count: 90))
        #expect(run.failure == nil)
        run.receive("xxxx")
        #expect(run.failure == .tooLong(limit: 100))
    }

    @Test func `an event of the limit's length passes in pieces`() {
        let event = #"data: {"x":""# + String(repeating: "x", count: 86) + "\"}\n\n"
        var run = Run(passesUsage: false, limit: 102)
        for byte in event.utf8 { run.receive([byte]) }
        #expect(run.failure == nil && run.text == event)
    }

    @Test func `an event over the limit is refused even when it comes at once`() {
        var run = Run(passesUsage: false, limit: 100)
        run.receive("data: {}\n\ndata: {\"x\":\"" + String(repeating: "x", count: 90) + "\"}\n\n")
        #expect(run.failure == .tooLong(limit: 100) && run.text == "data: {}\n\n")
    }

    @Test func `an event of a megabyte goes on whole, however small the pieces are`() {
        let event = Array((#"data: {"x":""# + String(repeating: "x", count: 1 << 20) + "\"}\n\n").utf8)
        var run = Run(passesUsage: false)
        for start in stride(from: 0, to: event.count, by: 64) {
            run.receive(event[start..<min(start + 64, event.count)])
        }
        #expect(run.out == event)
    }

    @Test func `a thousand small events in one read all go on`() {
        let many = String(repeating: "data: {\"choices\":[{}]}\n\n", count: 1_000)
        var run = Run(passesUsage: false)
        run.receive(many)
        #expect(run.text == many)
    }
}

/// A stream on its way through.
private struct Run {
    var passage: OpenAIStreamPassage
    var out: [UInt8] = []
    var failure: ChatPassageFailure?

    init(passesUsage: Bool, limit: Int = 16 << 20) {
        passage = OpenAIStreamPassage(passesUsage: passesUsage, limit: limit)
    }

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

    func isSame(as other: Run) -> Bool {
        out == other.out && failure == other.failure && passage.usage == other.passage.usage
            && passage.model == other.passage.model && passage.isFinished == other.passage.isFinished
            && passage.isDone == other.passage.isDone && passage.isInsideEvent == other.passage.isInsideEvent
    }
}
