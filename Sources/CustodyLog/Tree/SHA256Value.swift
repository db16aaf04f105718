import Crypto
import Domain

/// What is 32 bytes because SHA-256 made it. The bytes are held in place, so that none of these values asks for memory.
public protocol SHA256Value: Hashable, Sendable, CustomStringConvertible {
    var words: SHA256Words { get }
    init(words: SHA256Words)
}

/// The 32 bytes as they lie in memory, eight by eight.
public struct SHA256Words: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: 32 of them; nil for any other number.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(checked: bytes)
    }

    private init(checked bytes: UnsafeRawBufferPointer) {
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    /// The digest of what a hash function was fed with.
    init(_ hash: SHA256) {
        self = hash.finalize().withUnsafeBytes { Self(checked: $0) }
    }

    static let byteCount = 32

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: words, body)
    }

    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) { withUnsafeBytes { hasher.combine(bytes: $0) } }
}

extension SHA256Value {
    /// Bytes that such a value has.
    public static var byteCount: Int { SHA256Words.byteCount }

    /// - Parameter bytes: 32 of them; nil for any other number.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard let words = SHA256Words(bytes) else { return nil }
        self.init(words: words)
    }

    /// - Parameter bytes: 32 of them; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        guard let words = Array(bytes).withUnsafeBytes({ SHA256Words($0) }) else { return nil }
        self.init(words: words)
    }

    /// Reads standard Base64 (RFC 4648, section 4); nil for any other form and for anything but 32 bytes.
    public init?(base64: some Collection<UInt8>) {
        guard base64.count == Self.base64Count, let bytes = Base64.decoded(base64) else { return nil }
        self.init(bytes: bytes)
    }

    /// Reads standard Base64 (RFC 4648, section 4); nil for any other form and for anything but 32 bytes.
    public init?(base64: String) { self.init(base64: base64.utf8) }

    static var base64Count: Int { 44 }

    public var bytes: [UInt8] { words.withUnsafeBytes { Array($0) } }
    public var base64: String { Base64.encoded(bytes) }
    /// 64 lower-case digits.
    public var hex: String { bytes.hex }
    public var description: String { hex }

    public func append(to bytes: inout [UInt8]) {
        words.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// The values that stand one after another; what doesn't make a whole value at the end is left.
    static func sequence(in bytes: [UInt8]) -> [Self] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / byteCount).compactMap { index in
                Self(bytes: UnsafeRawBufferPointer(rebasing: bytes[index * byteCount..<(index + 1) * byteCount]))
            }
        }
    }
}
