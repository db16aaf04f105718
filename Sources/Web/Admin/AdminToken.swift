/// The bearer token of the admin API. Never printed.
public struct AdminToken: Sendable {
    private let bytes: [UInt8]

    /// Nil for an empty text, which would let everybody in.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        bytes = Array(text.utf8)
    }

    /// Compares in a time that says nothing about how much of the text is right.
    func matches(_ text: some StringProtocol) -> Bool {
        let presented = Array(text.utf8)
        var difference = presented.count ^ bytes.count
        for (index, byte) in presented.enumerated() {
            difference |= Int(byte ^ bytes[index % bytes.count])
        }
        return difference == 0
    }
}

extension AdminToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
