internal import Crypto

/// HMAC-SHA256 (RFC 2104, section 2) under one key, for many short texts.
///
/// Of the library's `HMAC` only the hash function is used: its own way through generic collections takes longer than the
/// hashing of a name.
struct KeyedHash: Sendable {
    /// Fed with the key already: half of the work of a short text.
    private var inner = SHA256()
    private var outer = SHA256()

    private static let blockCount = 64

    /// - Parameter key: up to a block of bytes.
    init(key: [UInt8]) {
        let block = key.prefix(Self.blockCount) + [UInt8](repeating: 0, count: max(0, Self.blockCount - key.count))
        block.map { $0 ^ 0x36 }.withUnsafeBytes { inner.update(bufferPointer: $0) }
        block.map { $0 ^ 0x5C }.withUnsafeBytes { outer.update(bufferPointer: $0) }
    }

    /// The 32 bytes of a text's code, which are there only during the call.
    func code<Value>(of text: [UInt8], _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        var (inner, outer) = (inner, outer)
        text.withUnsafeBytes { inner.update(bufferPointer: $0) }
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes(body)
    }
}
