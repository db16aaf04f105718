import Crypto
public import Domain
public import Wire

/// What an organization's content is digested with. Without it a short prompt can't be guessed from its digest.
///
/// A class, since each request refers to it.
public final class ContentDigestKey: Sendable {
    /// Already fed with the key: half of the work of a short digest.
    private let digest: ContentDigester
    /// Says which key it is: the first 64 bits of its SHA-256, as 16 hex digits.
    public let fingerprint: String

    /// - Parameter bytes: 32 secret ones.
    public init(_ bytes: [UInt8]) {
        digest = ContentDigester(key: bytes)
        fingerprint = SHA256.hash(data: bytes).prefix(8).hex
    }

    public func digester() -> ContentDigester { digest }
}

extension ContentDigestKey: Unprintable {}

/// Digests a body while it passes: HMAC-SHA256 (RFC 2104, section 2).
///
/// Of the library's `HMAC` only the hash function is used: its own way through generic collections took as long again as
/// the hashing of a small request and its reply.
public struct ContentDigester: Sendable {
    private var inner = SHA256()
    private var outer = SHA256()

    private static let blockCount = 64

    /// - Parameter key: up to a block of bytes.
    fileprivate init(key: [UInt8]) {
        let block = key.prefix(Self.blockCount) + [UInt8](repeating: 0, count: max(0, Self.blockCount - key.count))
        inner.update(data: block.map { $0 ^ 0x36 })
        outer.update(data: block.map { $0 ^ 0x5C })
    }

    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if !bytes.isEmpty { inner.update(bufferPointer: bytes) }
    }

    /// Never nil in practice: SHA-256 gives 32 bytes.
    public func digest() -> ContentDigest? {
        var outer = outer
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes { ContentDigest($0) }
    }
}

extension ContentDigester: Unprintable {}
