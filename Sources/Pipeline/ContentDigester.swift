import Crypto
public import Domain

/// What an organization's content is digested with. Without it a short prompt can't be guessed from its digest.
public struct ContentDigestKey: Sendable {
    /// Already fed with the key: half of the work of a short digest.
    private let keyed: HMAC<SHA256>
    /// Says which key it is: the first 64 bits of its SHA-256, as 16 hex digits.
    public let fingerprint: String

    /// - Parameter bytes: 32 secret ones.
    public init(_ bytes: [UInt8]) {
        keyed = HMAC(key: SymmetricKey(data: bytes))
        fingerprint = SHA256.hash(data: bytes).prefix(8).hex
    }

    public func digester() -> ContentDigester { ContentDigester(keyed) }
}

extension ContentDigestKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Digests a body while it passes: HMAC-SHA256 (RFC 2104).
public struct ContentDigester {
    private var code: HMAC<SHA256>

    fileprivate init(_ keyed: HMAC<SHA256>) { code = keyed }

    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if !bytes.isEmpty { code.update(data: bytes) }
    }

    /// Never nil in practice: SHA-256 gives 32 bytes.
    public func digest() -> ContentDigest? { code.finalize().withUnsafeBytes { ContentDigest($0) } }
}
