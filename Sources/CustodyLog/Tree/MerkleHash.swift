import Crypto

/// The hash of a node of the log's Merkle tree (RFC 6962, section 2.1).
public struct MerkleHash: SHA256Value {
    public let words: SHA256Words

    public init(words: SHA256Words) { self.words = words }

    /// The root of a tree without leaves: SHA-256 of nothing.
    public static let emptyTree = MerkleHash(words: SHA256Words(SHA256()))

    /// SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: UnsafeRawBufferPointer) -> MerkleHash {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: entry)
        return MerkleHash(words: SHA256Words(hash))
    }

    /// SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: [UInt8]) -> MerkleHash { entry.withUnsafeBytes { leaf($0) } }

    /// SHA-256(0x00 ‖ commitment).
    public static func leaf(_ commitment: Commitment) -> MerkleHash { commitment.words.withUnsafeBytes { leaf($0) } }

    /// SHA-256(0x01 ‖ left ‖ right).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        // One after another in memory, so that they are hashed in one go from the last byte of the first word on.
        withUnsafeBytes(of: (UInt64(1).bigEndian, left.words, right.words)) { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(7)))
            return MerkleHash(words: SHA256Words(hash))
        }
    }

    /// The root over nodes of one height, of which all but the last are whole subtrees.
    ///
    /// Joining neighbors and lifting one that has none gives the tree of RFC 6962, whose left subtrees are the largest
    /// whole ones.
    static func root(over nodes: consuming [MerkleHash]) -> MerkleHash {
        var count = nodes.count
        guard count > 0 else { return emptyTree }
        while count > 1 {
            for pair in 0..<count / 2 { nodes[pair] = .node(nodes[2 * pair], nodes[2 * pair + 1]) }
            if count % 2 == 1 { nodes[count / 2] = nodes[count - 1] }
            count = (count + 1) / 2
        }
        return nodes[0]
    }
}
