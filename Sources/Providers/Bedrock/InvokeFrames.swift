import Wire

/// Takes the frames of InvokeModelWithResponseStream apart for Claude: each `chunk` holds the JSON of one event of
/// Anthropic's stream, in Base64.
struct InvokeFrames {
    private let dialect: AnthropicDialect
    private var decoder = EventStreamDecoder()

    init(_ dialect: AnthropicDialect) { self.dialect = dialect }

    /// Calls `take` with each event that is complete now.
    mutating func receive(
        _ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws(UpstreamFault) -> Void
    ) throws(UpstreamFault) {
        decoder.append(bytes)
        while let frame = try nextFrame() {
            if let fault = decoder.bedrockFault(frame) { throw fault }
            // Types that aren't known are skipped: AWS adds some without notice.
            guard decoder.header(":event-type", of: frame, is: "chunk") else { continue }
            try event(in: frame).withUnsafeBufferPointer { event throws(UpstreamFault) in
                try take(UnsafeRawBufferPointer(event))
            }
        }
    }

    /// The stream is over.
    func end() throws(UpstreamFault) {
        guard (try? decoder.finish()) != nil else { throw .truncated(dialect.provider) }
    }

    private mutating func nextFrame() throws(UpstreamFault) -> EventStreamFrame? {
        do {
            return try decoder.next()
        } catch {
            throw .malformed("\(dialect.provider)'s stream can't be read: \(error).")
        }
    }

    private func event(in frame: EventStreamFrame) throws(UpstreamFault) -> [UInt8] {
        let text: String?
        do {
            text = try decoder.withPayload(of: frame, Self.chunk)
        } catch {
            throw dialect.malformed(error)
        }
        guard let bytes = text.flatMap(Base64.decoded) else {
            throw .malformed("A chunk of \(dialect.provider)'s stream holds no Base64.")
        }
        return bytes
    }

    /// The member `bytes`; `p` only hides the length.
    private static func chunk(_ payload: UnsafeRawBufferPointer) throws(JSONError) -> String? {
        var text: String?
        var scanner = try JSONScanner(payload)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "bytes") { text = scanner.string(of: value) }
        }
        try scanner.end()
        return text
    }
}

extension EventStreamDecoder {
    /// What a frame that isn't an event says of a failure; nil for an event.
    func bedrockFault(_ frame: EventStreamFrame) -> UpstreamFault? {
        if header(":message-type", of: frame, is: "exception") {
            let payload = try? withPayload(of: frame) { bytes throws(JSONError) in try JSON(bytes) }
            return BedrockError(name: header(":exception-type", of: frame) ?? "", payload: payload).fault(status: nil)
        }
        guard header(":message-type", of: frame, is: "error") else { return nil }
        return BedrockError(
            name: header(":error-code", of: frame) ?? "", message: header(":error-message", of: frame) ?? ""
        ).fault(status: nil)
    }
}
