/// The reply of `POST /v1/messages/count_tokens`.
public struct AnthropicTokenCount: Hashable, Sendable {
    public let inputTokens: Int

    public init(inputTokens: Int) { self.inputTokens = inputTokens }

    /// Reads the body of a reply. Nil where it tells no count.
    public init?(_ body: UnsafeRawBufferPointer) {
        guard let count = (try? JSON(body))?["input_tokens"]?.int, count >= 0 else { return nil }
        inputTokens = count
    }

    public func write(to bytes: inout [UInt8]) {
        bytes.append("{\"input_tokens\":")
        bytes.append(decimal: inputTokens)
        bytes.append("}")
    }
}
