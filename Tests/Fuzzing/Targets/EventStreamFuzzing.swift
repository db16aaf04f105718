import Wire

/// Messages of an event stream must not depend on how the stream is cut, and a message that is written must be read as it
/// was. What is wrong is a fault, and stays one.
enum EventStreamFuzzing {
    static func run(_ bytes: UnsafeRawBufferPointer) throws {
        guard var input = FuzzInput(bytes) else { return }
        // As they are, bytes seldom have a right checksum.
        if input.choose(of: 2) == 1 { input.text = SealedFrames.frames(of: input.text) }
        let whole = try MessageTranscript(of: [input.text])
        try check(try MessageTranscript(of: input.pieces) == whole, "The messages depend on where the stream is cut.")
        let again = whole.messages.flatMap { $0.encoded() }
        try check(
            try MessageTranscript(of: [again]).messages == whole.messages, "A message changes when it is written.")
    }
}

/// The messages of a stream, and why it can't be read further.
private struct MessageTranscript: Equatable {
    private(set) var messages: [EventStreamMessage] = []
    private var fault: EventStreamError?

    init(of pieces: [[UInt8]]) throws {
        var decoder = EventStreamDecoder()
        do throws(EventStreamError) {
            for piece in pieces {
                piece.withUnsafeBytes { decoder.append($0) }
                while let frame = try decoder.next() {
                    _ = decoder.header(":event-type", of: frame)
                    messages.append(decoder.message(frame))
                }
            }
            try decoder.finish()
        } catch {
            fault = error
            guard error != .truncated else { return }
            try checkRepeated(by: decoder)
        }
    }

    /// A decoder that failed goes on failing.
    private func checkRepeated(by decoder: EventStreamDecoder) throws {
        var decoder = decoder
        do throws(EventStreamError) {
            _ = try decoder.next()
        } catch {
            return try check(error == fault, "A fault turned into another.")
        }
        throw Disagreement("The decoder went on after a fault.")
    }
}
