import Foundation

/// What the store keeps in place of a secret: 32 bytes.
struct KeyHash: Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil for anything but 32 bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        words = (
            bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        )
    }

    var data: Data { withUnsafeBytes(of: words) { Data($0) } }

    /// Half of it: enough to find an entry by, too little to accept one.
    var bucket: Bucket { Bucket(first: words.0, second: words.1) }

    /// Takes the same time wherever they differ.
    func equalsInConstantTime(_ other: KeyHash) -> Bool {
        let difference =
            (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2)
            | (words.3 ^ other.words.3)
        return difference == 0
    }

    struct Bucket: Hashable, Sendable {
        let first: UInt64
        let second: UInt64

        /// The output of an HMAC is spread evenly already.
        func hash(into hasher: inout Hasher) { hasher.combine(first) }
    }
}
