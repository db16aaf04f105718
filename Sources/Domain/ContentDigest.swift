/// What a body comes to under a key: 32 bytes that say whether a text is the one that was sent, and nothing else of it to
/// whoever lacks the key.
public struct ContentDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: 32 of them; nil for another number.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// 64 lower-case hex digits.
    public var hex: String { String(unsafeUninitializedCapacity: Self.hexLength) { writeHex(into: $0) } }

    public static let hexLength = 64

    /// Writes the digits of ``hex`` into memory that has room for them.
    ///
    /// - Returns: how many bytes that took.
    public func writeHex(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard buffer.count >= Self.hexLength, let digits = buffer.baseAddress else { return 0 }
        words.0.writeHex(to: digits)
        words.1.writeHex(to: digits + 16)
        words.2.writeHex(to: digits + 32)
        words.3.writeHex(to: digits + 48)
        return Self.hexLength
    }

    public static func == (left: ContentDigest, right: ContentDigest) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

/// What a record says of the content that it is about.
public struct ContentDigests: Sendable {
    /// Which key they were made with: 16 hex digits.
    public let key: String
    /// Of the caller's body, as it came.
    public let request: ContentDigest
    /// Of the body of the reply, as it went to the caller; nil where no model's reply did.
    public var response: ContentDigest?

    public init(key: String, request: ContentDigest, response: ContentDigest? = nil) {
        self.key = key
        self.request = request
        self.response = response
    }
}
