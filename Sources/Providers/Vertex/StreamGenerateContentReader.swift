import Wire

/// Reads the reply to `streamGenerateContent?alt=sse`: a `GenerateContentResponse` in each event, and no closing event but
/// the one that says why the model finished.
struct StreamGenerateContentReader: ReplyReader {
    /// After a failure in mid-stream Vertex may write its error as bare JSON, which isn't an event.
    private var stream = SSEReader(blocksWithoutData: .offered)
    private var translation: GenerateContentTranslation

    init(calls: GeminiCalls = .all) { translation = GenerateContentTranslation(calls: calls) }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        do throws(SSEFailure<UpstreamFault>) {
            try stream.receive(bytes) { event throws(UpstreamFault) in
                try Self.read(event, with: &translation, into: &events)
            }
        } catch {
            throw UpstreamFault(error, of: "An event of Vertex's reply")
        }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        try stream.end().withUnsafeBufferPointer { rest throws(UpstreamFault) in
            try Self.refuseError(in: UnsafeRawBufferPointer(rest))
        }
        try translation.end(into: &events)
    }

    private static func read(
        _ event: SSEEvent, with translation: inout GenerateContentTranslation, into events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard !event.data.isEmpty else { return try refuseError(in: event.block) }
        do throws(UpstreamFault) {
            try translation.read(event.data, into: &events)
        } catch {
            // An error's first line may stand behind `data:`, and the others bare.
            if error.cause == .malformed { try refuseError(in: event.block) }
            throw error
        }
    }

    private static func refuseError(in block: UnsafeRawBufferPointer) throws(UpstreamFault) {
        if let error = GoogleError(stray: block) { throw UpstreamFault(inBody: error) }
    }
}
