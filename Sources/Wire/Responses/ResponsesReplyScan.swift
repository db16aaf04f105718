/// What the gateway's books need from a whole response, or from an event of a streamed one, found without reading the
/// rest.
public struct ResponsesReplyScan: Sendable {
    /// The counts of `usage`, where it is an object.
    public private(set) var usage: ChatUsage?
    public private(set) var model: String?
    public private(set) var id: String?
    /// Whether its `status` says that nothing more is to come, and that it didn't fail.
    public private(set) var isFinished = false
    /// The message of an `error` member that is neither null nor false, or of a status that says that it failed.
    public private(set) var error: String?
    /// An event's `type`.
    public private(set) var type: String?
    public private(set) var sequenceNumber: Int?

    /// - Throws: ``JSONError`` for anything but one JSON object.
    public init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = try JSONScanner(text)
        try read(&scanner, isInside: false)
        try scanner.end()
    }

    /// - Parameter isInside: whether it is the `response` of an event.
    private mutating func read(_ scanner: inout JSONScanner, isInside: Bool) throws(JSONError) {
        var message: String?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "usage"), try scanner.peek() == .object {
                try readUsage(&scanner)
            } else if scanner.text(of: key, is: "error") {
                error = OpenAIReplyScan.message(try scanner.tree()) ?? error
            } else if !isInside, scanner.text(of: key, is: "response"), try scanner.peek() == .object {
                try read(&scanner, isInside: true)
            } else {
                let value = try scanner.skipValue()
                if value.kind == .string, scanner.text(of: key, is: "message") {
                    message = scanner.string(of: value)
                } else {
                    take(value, of: key, scanner, isInside: isInside)
                }
            }
        }
        if type == "error", error == nil { error = message ?? "It failed without saying why." }
    }

    private mutating func take(_ value: JSONSpan, of key: JSONKey, _ scanner: JSONScanner, isInside: Bool) {
        if scanner.text(of: key, is: "type"), !isInside {
            type = scanner.string(of: value)
        } else if scanner.text(of: key, is: "sequence_number") {
            sequenceNumber = scanner.integer(of: value)
        } else if scanner.text(of: key, is: "model") {
            model = scanner.string(of: value)
        } else if scanner.text(of: key, is: "id") {
            id = scanner.string(of: value)
        } else if scanner.text(of: key, is: "status"), value.kind == .string {
            isFinished = ["\"completed\"", "\"incomplete\""].contains { scanner.text(at: value.range, is: $0) }
            let failed = ["\"failed\"", "\"cancelled\""].contains { scanner.text(at: value.range, is: $0) }
            if failed, error == nil { error = "It failed without saying why." }
        }
    }

    private mutating func readUsage(_ scanner: inout JSONScanner) throws(JSONError) {
        var counts = ChatUsage(input: 0, output: 0)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "input_tokens") {
                counts.input = scanner.count(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "output_tokens") {
                counts.output = scanner.count(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "input_tokens_details") {
                try OpenAIReplyScan.details(&scanner) { scanner, key, span in
                    if scanner.text(of: key, is: "cached_tokens") { counts.cachedInput = scanner.count(of: span) }
                    if scanner.text(of: key, is: "cache_write_tokens") { counts.cacheWrite = scanner.count(of: span) }
                }
            } else if scanner.text(of: key, is: "output_tokens_details") {
                try OpenAIReplyScan.details(&scanner) { scanner, key, span in
                    if scanner.text(of: key, is: "reasoning_tokens") { counts.reasoning = scanner.count(of: span) }
                }
            } else {
                _ = try scanner.skipValue()
            }
        }
        // As on the chat wire, a part can't be more than its whole.
        counts.cachedInput = min(counts.cachedInput, counts.input)
        counts.cacheWrite = min(counts.cacheWrite, counts.input - counts.cachedInput)
        counts.reasoning = min(counts.reasoning, counts.output)
        usage = counts
    }
}
