import Wire

/// Reads the events of InvokeModelWithResponseStream for Claude, for callers of other wires.
struct InvokeStreamReader: ReplyReader {
    private var frames: InvokeFrames
    private var translation: AnthropicEvents

    init(_ dialect: AnthropicDialect) {
        frames = InvokeFrames(dialect)
        translation = AnthropicEvents(dialect)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        try frames.receive(bytes) { event throws(UpstreamFault) in try translation.read(event, into: &events) }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        try frames.end()
        try translation.end(into: &events)
    }
}
