/// Texts that an organization never wants replaced, such as its own name; compared ignoring case.
public struct AllowList: Sendable {
    private let texts: Set<String>

    public init(_ texts: some Sequence<String> = []) {
        self.texts = Set(texts.map { $0.lowercased() })
    }

    public var isEmpty: Bool { texts.isEmpty }

    /// Whether the bytes at a range are one of the texts.
    func contains(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        !texts.isEmpty && texts.contains(String(decoding: text[range], as: UTF8.self).lowercased())
    }
}

extension AllowList: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
