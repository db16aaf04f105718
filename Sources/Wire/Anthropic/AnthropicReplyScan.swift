/// What the gateway's books need from a whole reply of the Messages wire, found without reading the rest.
public struct AnthropicReplyScan: Sendable {
    public private(set) var usage: ChatUsage?
    public private(set) var model: String?
    /// Whether there is a `stop_reason`.
    public private(set) var isFinished = false
    /// Why the service failed, where the body says so.
    public private(set) var error: AnthropicError?

    /// - Throws: ``JSONError`` for anything but one JSON object.
    public init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var counts = AnthropicUsage()
        var scanner = try JSONScanner(text)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "usage") {
                try counts.read(&scanner)
            } else if scanner.text(of: key, is: "model") {
                model = scanner.string(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "stop_reason") {
                isFinished = try scanner.skipValue().kind == .string
            } else if scanner.text(of: key, is: "error") {
                let value = try scanner.tree()
                error = value.isNull ? nil : AnthropicError(value)
            } else {
                _ = try scanner.skipValue()
            }
        }
        try scanner.end()
        usage = counts.chatUsage
    }
}
