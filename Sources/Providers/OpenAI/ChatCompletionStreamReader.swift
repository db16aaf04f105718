import Wire

/// Reads the chunks of a streamed chat completion, up to `[DONE]`.
struct ChatCompletionStreamReader: ReplyReader {
    private var stream = SSEReader()
    private var chunks: Chunks
    private let provider: String

    init(_ style: ChatCompletionStyle) {
        provider = style.provider
        chunks = Chunks(translation: ChatCompletionTranslation(style))
    }

    private struct Chunks {
        var translation: ChatCompletionTranslation
        var isDone = false

        mutating func read(
            _ data: UnsafeRawBufferPointer, into events: inout [ChatEvent]
        ) throws(UpstreamFault) {
            guard !isDone, !data.isEmpty else { return }
            isDone = data.starts(with: "[DONE]".utf8)
            if !isDone { try translation.read(data, into: &events) }
        }
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        do throws(SSEFailure<UpstreamFault>) {
            try stream.receive(bytes) { event throws(UpstreamFault) in
                try chunks.read(event.data, into: &events)
            }
        } catch {
            throw UpstreamFault(error, of: "A chunk of \(provider)'s reply")
        }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        // Some servers leave out the empty line behind the last event.
        if !stream.end().isEmpty {
            let blank: StaticString = "\n\n"
            do throws(UpstreamFault) {
                try receive(UnsafeRawBufferPointer(start: blank.utf8Start, count: 2), into: &events)
            } catch {
                throw error.cause == .malformed ? .truncated(provider) : error
            }
        }
        try chunks.translation.end(isMarked: chunks.isDone, into: &events)
    }
}
