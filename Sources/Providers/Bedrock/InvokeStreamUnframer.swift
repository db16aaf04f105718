import Wire

/// Makes of the frames of InvokeModelWithResponseStream what Anthropic's own API streams: the JSON of each event stays as it
/// came, `amazon-bedrock-invocationMetrics` in the last one included.
struct InvokeStreamUnframer: StreamUnframer {
    private let dialect: AnthropicDialect
    private var frames: InvokeFrames

    init(_ dialect: AnthropicDialect) {
        self.dialect = dialect
        frames = InvokeFrames(dialect)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [UInt8]) throws(UpstreamFault) {
        try frames.receive(bytes) { event throws(UpstreamFault) in try dialect.append(event: event, to: &events) }
    }

    func end() throws(UpstreamFault) { try frames.end() }
}

extension AnthropicDialect {
    /// Appends the JSON of an event with the lines that make it a server-sent one.
    ///
    /// - Throws: where it says that the reply failed, or is no JSON.
    fileprivate func append(event: UnsafeRawBufferPointer, to stream: inout [UInt8]) throws(UpstreamFault) {
        let name: UnsafeRawBufferPointer?
        do { name = try Self.type(of: event) } catch { throw malformed(error) }
        if let name {
            if name.elementsEqual("error".utf8), let error = AnthropicError(event) { throw fault(error) }
            stream.append("event: ")
            // As it is written, escapes and all, so that nothing in it ends the line.
            stream.append(contentsOf: name)
            stream.append("\n")
        }
        stream.append("data: ")
        let start = stream.count
        stream.append(contentsOf: event)
        // In JSON a line can only break between tokens, where a blank says the same and doesn't end the event.
        for index in start..<stream.count where stream[index] == 0x0A || stream[index] == 0x0D { stream[index] = 0x20 }
        stream.append("\n\n")
    }

    /// The text of the member `type`, if it has one. All of the event is checked to be JSON.
    private static func type(of event: UnsafeRawBufferPointer) throws(JSONError) -> UnsafeRawBufferPointer? {
        var type: UnsafeRawBufferPointer?
        var scanner = try JSONScanner(event)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            guard value.kind == .string, scanner.text(of: key, is: "type") else { continue }
            type = event[rebasing: value.range.lowerBound + 1..<value.range.upperBound - 1]
        }
        try scanner.end()
        return type
    }
}
