import Wire

/// Reads a chat completion that comes in one piece of JSON, once all of it is there.
struct ChatCompletionReader: ReplyReader {
    private var body: [UInt8] = []
    private var translation: ChatCompletionTranslation
    private let provider: String

    private static let longestBody = 64 << 20

    init(_ style: ChatCompletionStyle) {
        provider = style.provider
        translation = ChatCompletionTranslation(style)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard bytes.count <= Self.longestBody - body.count else {
            throw .malformed("\(provider)'s reply is longer than \(Self.longestBody >> 20) MiB.")
        }
        body.append(contentsOf: bytes)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        try body.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
            try translation.read(UnsafeRawBufferPointer(bytes), isWhole: true, into: &events)
        }
        // The object's closing brace is the mark of the end.
        try translation.end(isMarked: true, into: &events)
    }
}
