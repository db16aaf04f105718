/// What the gateway's books need from one event of a stream of the Messages wire.
struct AnthropicEventScan {
    enum Kind {
        case messageStart, delta, messageDelta, messageStop, error, other
    }

    private(set) var kind = Kind.other
    private(set) var model: String?
    /// Whether there is a `stop_reason`.
    private(set) var isFinished = false
    private(set) var error: AnthropicError?

    /// - Parameter usage: what was known before the event.
    init(_ text: UnsafeRawBufferPointer, usage: inout AnthropicUsage) throws(JSONError) {
        var scanner = try JSONScanner(text)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "type") {
                kind = Self.kind(try scanner.skipValue(), in: scanner)
            } else if scanner.text(of: key, is: "usage") {
                try usage.read(&scanner)
            } else if scanner.text(of: key, is: "message") {
                try readMessage(&scanner, usage: &usage)
            } else if scanner.text(of: key, is: "delta") {
                try readDelta(&scanner)
            } else if scanner.text(of: key, is: "error") {
                error = AnthropicError(try scanner.tree())
            } else {
                _ = try scanner.skipValue()
            }
        }
        try scanner.end()
    }

    private static func kind(_ span: JSONSpan, in scanner: JSONScanner) -> Kind {
        switch scanner.string(of: span) {
        case "message_start": .messageStart
        case "content_block_delta": .delta
        case "message_delta": .messageDelta
        case "message_stop": .messageStop
        case "error": .error
        default: .other
        }
    }

    private mutating func readMessage(
        _ scanner: inout JSONScanner, usage: inout AnthropicUsage
    ) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "usage") {
                try usage.read(&scanner)
            } else {
                let span = try scanner.skipValue()
                if scanner.text(of: key, is: "model") { model = scanner.string(of: span) }
            }
        }
    }

    private mutating func readDelta(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            let span = try scanner.skipValue()
            if span.kind == .string, scanner.text(of: key, is: "stop_reason") { isFinished = true }
        }
    }
}
