import Testing

@testable import ProviderSimulator

/// What a stream becomes on the connection, as a list of steps.
@Suite struct StreamPerformanceTests {
    private static let events: [StreamEvent] =
        [StreamEvent(place: .frame, bytes: [0])]
        + (1...4).map { StreamEvent(place: .piece, bytes: [$0]) }
        + [StreamEvent(place: .closing, bytes: [9])]

    private func steps(_ markers: String, pause: Int = 0) -> [Step] {
        let directives = Directives(MarkedText(markers).markers)
        let replacements = Performance.Replacements(garbageEvent: [66], errorEvent: { [77, UInt8($0)] })
        let stream = StreamedReply(headers: [:], events: Self.events)
        return Array(Performance(stream, directives, pause: pause, replacements: replacements).steps.dropFirst())
    }

    private func bytes(_ values: UInt8...) -> [Step] { values.map { .bytes([$0]) } }

    @Test func `a stream without markers is sent as it is`() {
        #expect(steps("") == bytes(0, 1, 2, 3, 4, 9) + [.end])
    }

    @Test func `a pause stands between pieces, not before the first`() {
        #expect(steps("[[sim:tpot 5]]") == steps("", pause: 5))
        let wait = Step.wait(milliseconds: 5)
        #expect(
            steps("", pause: 5) == bytes(0, 1) + [wait] + bytes(2) + [wait] + bytes(3) + [wait] + bytes(4, 9) + [.end])
    }

    @Test func `a cut waits, so that the reader has what was sent, and resets`() {
        #expect(steps("[[sim:cut 2]]") == bytes(0, 1, 2) + [.wait(milliseconds: 100), .reset])
    }

    @Test(arguments: [0, 2, 4, 9]) func `a clean end never has the closing events`(pieces: Int) {
        #expect(
            steps("[[sim:end \(pieces)]]") == Self.events.prefix(1 + min(4, pieces)).map { .bytes($0.bytes) } + [.end])
    }

    @Test func `what does not parse comes before a clean end`() {
        #expect(steps("[[sim:garbage-event 1]]") == bytes(0, 1, 66) + [.end])
        #expect(steps("[[sim:error-event 1]]") == bytes(0, 1) + [.bytes([77, 2]), .end])
    }

    @Test func `a stall keeps the connection open`() {
        #expect(steps("[[sim:stall 1]]") == bytes(0, 1) + [.stall])
    }

    @Test func `gates stand behind their pieces, and before the closing events at the latest`() {
        #expect(
            steps("[[sim:gate 99 b]][[sim:gate 1 a]]")
                == bytes(0, 1) + [.gate("a")] + bytes(2, 3, 4) + [.gate("b")] + bytes(9) + [.end])
    }

    @Test func `one write joins the bytes, many writes part them`() {
        let reply = Reply(body: [1, 2, 3])
        var joined = Performance(
            StreamedReply(headers: [:], events: Self.events), Directives(), pause: 0, replacements: none)
        joined.spread(.single)
        #expect(joined.steps.dropFirst() == [.bytes([0, 1, 2, 3, 4, 9]), .end])
        var parted = Performance(reply)
        parted.spread(.perByte)
        #expect(parted.steps.dropFirst() == [.bytes([1]), .bytes([2]), .bytes([3]), .end])
    }

    private var none: Performance.Replacements { .init(garbageEvent: [], errorEvent: { _ in [] }) }
}
