import Wire

/// Reads the reply to `generateContent`: one JSON object, kept until it is whole.
struct GenerateContentReader: ReplyReader {
    /// Bytes; well above the largest reply with an image in it.
    static let limit = 64 << 20

    private var body: [UInt8] = []
    private var translation: GenerateContentTranslation

    init(calls: GeminiCalls = .all) { translation = GenerateContentTranslation(calls: calls) }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard bytes.count <= Self.limit - body.count else {
            throw .malformed("Vertex's reply is larger than \(Self.limit) bytes.")
        }
        body.append(contentsOf: bytes)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        try body.withUnsafeBufferPointer { buffer throws(UpstreamFault) in
            try translation.read(UnsafeRawBufferPointer(buffer), into: &events)
        }
        try translation.end(into: &events)
    }
}
