/// Shows that a leaf is in a tree (RFC 6962, section 2.1.1).
public struct InclusionProof: Hashable, Sendable {
    /// From the leaf's sibling up to the root's child.
    public let hashes: [MerkleHash]

    public init(hashes: [MerkleHash]) { self.hashes = hashes }

    /// Whether this leaf is in that tree, at that index (RFC 9162, section 2.1.3.2).
    public func proves(_ leaf: MerkleHash, at index: Int, in head: TreeHead) -> Bool {
        guard 0..<max(head.size, 0) ~= index else { return false }
        var walk = WalkToRoot(from: index, last: head.size - 1)
        var root = leaf
        for hash in hashes {
            switch walk.next() {
            case .left: root = .node(hash, root)
            case .right: root = .node(root, hash)
            case nil: return false
            }
        }
        return walk.isAtRoot && root == head.root
    }
}
