/// What a tree is known by: how many leaves it has, and its root.
public struct TreeHead: Hashable, Sendable {
    public let size: Int
    public let root: MerkleHash

    public init(size: Int, root: MerkleHash) {
        self.size = size
        self.root = root
    }
}
