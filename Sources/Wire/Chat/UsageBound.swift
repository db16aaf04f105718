/// What a request says about how much it can use, for a key whose use is limited.
///
/// A reading of its own, since most keys have no limit and ``ChatScan`` needn't look for any of it.
public struct UsageBound: Hashable, Sendable {
    /// The most tokens that each choice may have; nil where the caller doesn't say.
    public private(set) var outputTokens: Int?
    /// How many replies are asked for.
    public private(set) var choices = 1
    /// How many images, documents and sounds there may be, at the most: their tokens have nothing to do with their bytes.
    public private(set) var mediaCount = 0

    /// - Parameter body: one that ``ChatScan`` has read without complaint.
    public init(_ body: UnsafeRawBufferPointer, of wire: ChatWire) {
        guard var scanner = try? JSONScanner(body) else { return }
        try? read(&scanner, wire)
    }

    private mutating func read(_ scanner: inout JSONScanner, _ wire: ChatWire) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let name = scanner.string(of: key)
            var media = 0
            let value = try scanner.skipValue { key, _ in if Self.namesMedia(key) { media += 1 } }
            mediaCount += media
            if name == "n", wire == .openAIChat {
                choices = max(choices, number(value, scanner) ?? 1)
            } else if wire.boundsOutput(by: name), let number = number(value, scanner) {
                outputTokens = max(outputTokens ?? 0, number)
            }
        }
    }

    /// Nil for what isn't a whole number, which no upstream takes either.
    private func number(_ span: JSONSpan, _ scanner: JSONScanner) -> Int? {
        guard span.kind == .number else { return nil }
        return Int(String(decoding: scanner.bytes(in: span.range), as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Keys of the parts that aren't text, on all wires. Others may be called so: then too much is counted, never too
    /// little. With escapes nobody writes them.
    private static func namesMedia(_ key: UnsafeRawBufferPointer) -> Bool {
        switch key.count {
        case 4: key.is("file")
        case 6: key.is("source")
        case 8: key.is("file_url")
        case 9: key.is("image_url") || key.is("file_data") || key.is("video_url")
        case 11: key.is("input_audio")
        default: key.contains(UInt8(ascii: "\\"))
        }
    }
}

extension ChatWire {
    fileprivate func boundsOutput(by member: String) -> Bool {
        switch self {
        case .openAIChat: member == "max_completion_tokens" || member == "max_tokens"
        case .openAIResponses: member == "max_output_tokens"
        case .anthropicMessages: member == "max_tokens"
        case .openAIEmbeddings, .anthropicTokenCount: false
        }
    }

    /// Whether a model writes anything.
    public var hasOutput: Bool { self != .openAIEmbeddings && self != .anthropicTokenCount }
}
