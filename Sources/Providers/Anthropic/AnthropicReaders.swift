import Wire

/// Reads a message that comes in one piece of JSON, once all of it is there.
struct AnthropicReader: ReplyReader {
    private let dialect: AnthropicDialect
    private var body: [UInt8] = []

    private static let longestBody = 64 << 20

    init(_ dialect: AnthropicDialect) { self.dialect = dialect }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard bytes.count <= Self.longestBody - body.count else {
            throw .malformed("\(dialect.provider)'s reply is longer than \(Self.longestBody >> 20) MiB.")
        }
        body.append(contentsOf: bytes)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        try body.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
            try read(UnsafeRawBufferPointer(bytes), into: &events)
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        let (scan, message) = try parsed(bytes)
        if let error = scan.error { throw dialect.foreignFault?(bytes) ?? dialect.fault(error) }
        guard let content = message["content"]?.array else {
            throw .malformed("\(dialect.provider)'s reply has no content.")
        }
        events.append(.started(id: message["id"]?.string, model: message["model"]?.string))
        var hasText = false
        var callCount = 0
        for block in content {
            if block["type"] == "tool_use" {
                let call = try AnthropicCall(block, provider: dialect.provider)
                events.append(.toolCallStarted(index: callCount, id: call.id, name: call.name))
                events.append(.toolCallArguments(index: callCount, text: call.input))
                callCount += 1
            } else {
                block.appendContent(to: &events, hasText: &hasText)
            }
        }
        let ending = AnthropicStop(
            reason: message["stop_reason"]?.string, sequence: message["stop_sequence"]?.string,
            explanation: message["stop_details"]?["explanation"]?.string)
        try ending.append(to: &events, hasText: hasText, provider: dialect.provider)
        if let usage = scan.usage { events.append(.usage(usage)) }
        events.append(.ended)
    }

    private func parsed(_ bytes: UnsafeRawBufferPointer) throws(UpstreamFault) -> (AnthropicReplyScan, JSON) {
        do {
            return (try AnthropicReplyScan(bytes), try JSON(bytes))
        } catch {
            throw error.reason == .unexpectedEnd ? .truncated(dialect.provider) : dialect.malformed(error)
        }
    }
}

/// Reads a message that comes as server-sent events.
struct AnthropicStreamReader: ReplyReader {
    private let dialect: AnthropicDialect
    /// Clouds may write an error of their own in mid-stream as bare JSON, which isn't an event.
    private var stream = SSEReader(blocksWithoutData: .offered)
    private var translation: AnthropicEvents

    init(_ dialect: AnthropicDialect) {
        self.dialect = dialect
        translation = AnthropicEvents(dialect)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        do throws(SSEFailure<UpstreamFault>) {
            try stream.receive(bytes) { event throws(UpstreamFault) in
                guard event.data.isEmpty else { return try translation.read(event.data, into: &events) }
                if let fault = dialect.foreignFault?(event.block) { throw fault }
            }
        } catch {
            throw UpstreamFault(error, of: "An event of \(dialect.provider)'s reply")
        }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        try stream.end().withUnsafeBufferPointer { rest throws(UpstreamFault) in
            if let fault = dialect.foreignFault?(UnsafeRawBufferPointer(rest)) { throw fault }
        }
        try translation.end(into: &events)
    }
}
