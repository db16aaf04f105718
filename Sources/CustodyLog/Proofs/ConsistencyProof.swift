/// Shows that a tree has grown out of an earlier one by appending alone (RFC 6962, section 2.1.2).
public struct ConsistencyProof: Hashable, Sendable {
    /// From the bottom up; none where the trees are equal, or the earlier one is empty.
    public let hashes: [MerkleHash]

    public init(hashes: [MerkleHash]) { self.hashes = hashes }

    /// Whether a tree is the beginning of another (RFC 9162, section 2.1.4.2).
    public func proves(_ earlier: TreeHead, isPrefixOf later: TreeHead) -> Bool {
        guard 0...max(later.size, 0) ~= earlier.size else { return false }
        if earlier.size == later.size { return hashes.isEmpty && earlier.root == later.root }
        if earlier.size == 0 { return hashes.isEmpty && earlier.root == .emptyTree }
        var walk = WalkToRoot(from: earlier.size - 1, last: later.size - 1)
        walk.skipRightChildren()
        // A tree whose size is a power of two is itself the subtree that the walk begins with.
        let isWhole = earlier.size.nonzeroBitCount == 1
        guard let first = isWhole ? earlier.root : hashes.first else { return false }
        var (earlierRoot, laterRoot) = (first, first)
        for hash in hashes.dropFirst(isWhole ? 0 : 1) {
            switch walk.next() {
            case .left:
                earlierRoot = .node(hash, earlierRoot)
                laterRoot = .node(hash, laterRoot)
            case .right: laterRoot = .node(laterRoot, hash)
            case nil: return false
            }
        }
        return walk.isAtRoot && earlierRoot == earlier.root && laterRoot == later.root
    }
}
