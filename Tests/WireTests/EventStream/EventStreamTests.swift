import Testing

@testable import Wire

@Suite struct EventStreamTests {
    static let pieces = [1, 2, 3, 7, 1_000, Int.max]

    @Test func `the vectors are all there`() {
        #expect(EventStreamVector.all.count == 57)
    }

    @Test(arguments: EventStreamVector.all, pieces)
    func `every vector gets its verdict, however it is split`(_ vector: EventStreamVector, piece: Int) {
        let outcome = Outcome(decoding: vector.wire, inPiecesOf: piece)
        let isSound = EventStreamVector.soundAsFrames.contains(vector.name)
        switch vector.verdict {
        case _ where isSound: #expect(outcome.fault == nil)
        case .accept:
            #expect(outcome.frames == vector.frames)
            #expect(outcome.fault == nil)
        case .reject:
            #expect(outcome.fault != nil)
            #expect(outcome.fault != .truncated, "a fault at once, not at the end of the connection")
        case .incomplete: #expect(outcome.fault == .truncated)
        case .either: break
        }
    }

    @Test(arguments: EventStreamVector.all.filter { $0.verdict == .accept })
    func `a message is encoded as the vectors have it`(_ vector: EventStreamVector) {
        #expect(vector.frames.flatMap { $0.encoded() } == vector.wire)
    }

    @Test func `the checksum is that of zlib`() {
        #expect(checksum("123456789") == 0xCBF4_3926)
        #expect(checksum("") == 0)
        #expect(checksum("The quick brown fox jumps over the lazy dog") == 0x414F_A339)
    }

    @Test func `a frame with any bit turned over is refused`() {
        let frame = EventStreamMessage(
            headers: [(":event-type", .string("chunk")), ("n", .int32(7))], payload: Array("{}".utf8)
        ).encoded()
        for bit in 0..<frame.count * 8 {
            var damaged = frame
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let outcome = Outcome(decoding: damaged, inPiecesOf: .max)
            #expect(outcome.frames.isEmpty)
            #expect(outcome.fault != nil)
        }
    }

    @Test func `a fault is final`() throws {
        let good = EventStreamMessage(headers: [], payload: [1]).encoded()
        var decoder = EventStreamDecoder()
        decoder.append(good.dropLast() + [0])
        #expect(throws: EventStreamError.messageChecksum) { try decoder.next() }
        decoder.append(good)
        #expect(throws: EventStreamError.messageChecksum) { try decoder.next() }
        #expect(throws: EventStreamError.messageChecksum) { try decoder.finish() }
        #expect(decoder.buffer.isEmpty)
    }

    @Test func `lengths are believed only after their checksum`() {
        var decoder = EventStreamDecoder()
        decoder.append([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
        #expect(throws: EventStreamError.preludeChecksum) { try decoder.next() }
    }

    @Test func `headers are found by name whatever their order`() throws {
        let message = EventStreamMessage(
            headers: [(":event-type", .int8(1)), ("x", .string("y")), (":message-type", .string("event"))],
            payload: Array("{}".utf8))
        var decoder = EventStreamDecoder()
        decoder.append(message.encoded())
        let frame = try #require(try decoder.next())
        #expect(decoder.header(":message-type", of: frame, is: "event"))
        #expect(!decoder.header(":message-type", of: frame, is: "events"))
        #expect(decoder.header("x", of: frame) == "y")
        #expect(decoder.header(":event-type", of: frame) == nil, "a number is no name of an event")
        #expect(decoder.withPayload(of: frame) { $0.count } == 2)
    }

    @Test func `a repeated header is found among many`() {
        let names = (0..<2_000).map { ("h\($0)", EventStreamMessage.Value.bool(true)) }
        let sound = EventStreamMessage(headers: names, payload: [])
        #expect(Outcome(decoding: sound.encoded(), inPiecesOf: .max).frames == [sound])
        let repeated = EventStreamMessage(headers: names + [("h1", .bool(false))], payload: [])
        #expect(Outcome(decoding: repeated.encoded(), inPiecesOf: .max).fault == .repeatedHeader)
    }

    @Test func `the buffer doesn't grow with the stream`() throws {
        let frame = EventStreamMessage(headers: [], payload: Array(repeating: 1, count: 1_000)).encoded()
        let stream = (0..<100).flatMap { _ in frame }
        var decoder = EventStreamDecoder()
        for start in stride(from: 0, to: stream.count, by: 700) {
            decoder.append(Array(stream[start..<min(start + 700, stream.count)]))
            while try decoder.next() != nil {}
            #expect(decoder.buffer.count < 4_000)
        }
        try decoder.finish()
    }
}

/// What a decoder made of some bytes.
private struct Outcome {
    private(set) var frames: [EventStreamMessage] = []
    private(set) var fault: EventStreamError?

    init(decoding wire: [UInt8], inPiecesOf count: Int) {
        var decoder = EventStreamDecoder()
        do throws(EventStreamError) {
            var start = 0
            while start < wire.count {
                let end = start + min(count, wire.count - start)
                decoder.append(Array(wire[start..<end]))
                while let frame = try decoder.next() { frames.append(decoder.message(frame)) }
                start = end
            }
            try decoder.finish()
        } catch {
            fault = error
        }
    }
}

private func checksum(_ text: String) -> UInt32 {
    Array(text.utf8).withUnsafeBytes { CRC32.checksum($0) }
}

extension EventStreamDecoder {
    fileprivate mutating func append(_ bytes: some Collection<UInt8>) {
        Array(bytes).withUnsafeBytes { append($0) }
    }
}
