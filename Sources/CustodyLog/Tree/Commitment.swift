import Crypto

/// An entry of the log: SHA-256(salt ‖ canonical record).
///
/// The log is public and the record isn't. Because of the salt nobody finds a record by trying which one has this entry.
public struct Commitment: SHA256Value {
    public let words: SHA256Words

    public init(words: SHA256Words) { self.words = words }

    /// - Parameter record: canonical JSON (RFC 8785).
    public init(salt: Salt, record: UnsafeRawBufferPointer) {
        var hash = SHA256()
        salt.withUnsafeBytes { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: record)
        words = SHA256Words(hash)
    }

    /// - Parameter record: canonical JSON (RFC 8785).
    public init(salt: Salt, record: [UInt8]) {
        self = record.withUnsafeBytes { Commitment(salt: salt, record: $0) }
    }
}
