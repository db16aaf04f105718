import Wire

/// Events of a stream, and what passes of it to a caller of the same wire, must not depend on how the stream is cut.
enum SSEFuzzing {
    static func run(_ bytes: UnsafeRawBufferPointer) throws {
        guard var input = FuzzInput(bytes) else { return }
        let limit = input.choose(of: 2) == 0 ? 1 << 20 : 48
        let reader = Reader(input.choose(of: 6))
        let pieces = input.pieces.map { $0[...] }
        let whole = [input.text[...]]
        switch reader {
        case .events(let blocks):
            let read = { (pieces: [ArraySlice<UInt8>]) in
                EventTranscript(of: pieces, by: SSEReader(limit: limit, blocksWithoutData: blocks))
            }
            try check(read(pieces) == read(whole), "The events depend on where the stream is cut.")
        case .passage(let make):
            let passed = { (pieces: [ArraySlice<UInt8>]) in PassedStream(of: pieces, through: make(limit)) }
            try check(passed(pieces) == passed(whole), "What passes depends on where the stream is cut.")
        }
    }

    private enum Reader {
        case events(SSEReader.BlocksWithoutData)
        case passage((_ limit: Int) -> any ChatStreamPassage)

        init(_ number: Int) {
            self =
                switch number {
                case 0: .events(.skipped)
                case 1: .events(.offered)
                case 2: .passage { OpenAIStreamPassage(passesUsage: true, limit: $0) }
                case 3: .passage { OpenAIStreamPassage(passesUsage: false, limit: $0) }
                case 4: .passage { AnthropicStreamPassage(limit: $0) }
                default: .passage { ResponsesStreamPassage(limit: $0) }
                }
        }
    }
}

/// The events of a stream.
private struct EventTranscript: Equatable {
    private struct Event: Equatable {
        let name: [UInt8]
        let data: [UInt8]
        let block: [UInt8]
    }

    private var events: [Event] = []
    private var rest: [UInt8] = []
    private var isTooLarge = false

    init(of pieces: [ArraySlice<UInt8>], by reader: SSEReader) {
        var reader = reader
        do throws(SSEFailure<Never>) {
            for piece in pieces {
                try piece.withUnsafeBufferPointer { bytes throws(SSEFailure<Never>) in
                    try reader.receive(UnsafeRawBufferPointer(bytes)) { (event: SSEEvent) throws(Never) in
                        events.append(
                            Event(name: Array(event.name), data: Array(event.data), block: Array(event.block)))
                    }
                }
            }
            rest = reader.end()
        } catch {
            isTooLarge = true
        }
    }
}
