/// Makes proofs about the tree that a log had when it had so many entries, from the log's tiles.
///
/// It keeps tiles that it has read, so make many proofs about one tree with one prover.
public struct TreeProver {
    public let size: Int
    private let read: TileReader
    private var known: [LogTile.ID: TileNodes] = [:]

    /// Tiles that are kept, of about 16 KiB each.
    private static let knownLimit = 64

    /// - Parameter read: may give tiles of a larger tree of the same log.
    public init(size: Int, from read: @escaping TileReader) {
        self.size = size
        self.read = read
    }

    /// - Throws: ``NotInTree``, ``TileIncomplete``, or what the reader throws.
    public mutating func inclusion(of index: Int) throws -> InclusionProof {
        guard 0..<max(size, 0) ~= index else { throw NotInTree(size: size) }
        return InclusionProof(hashes: try hashes(of: TreeShape.inclusion(of: index, size: size)))
    }

    /// - Parameter earlier: a size that the tree had.
    /// - Throws: ``NotInTree``, ``TileIncomplete``, or what the reader throws.
    public mutating func consistency(from earlier: Int) throws -> ConsistencyProof {
        guard 0...max(size, 0) ~= earlier else { throw NotInTree(size: size) }
        return ConsistencyProof(hashes: try hashes(of: TreeShape.consistency(from: earlier, size: size)))
    }

    /// The tiles that a proof of inclusion is made from, for whoever has to fetch them first; none for a leaf that isn't
    /// in the tree.
    public static func tiles(forInclusionOf index: Int, size: Int) -> Set<LogTile.ID> {
        0..<max(size, 0) ~= index ? tiles(for: TreeShape.inclusion(of: index, size: size), size: size) : []
    }

    /// The tiles that a proof of consistency is made from; none for a size that the tree never had.
    public static func tiles(forConsistencyFrom earlier: Int, size: Int) -> Set<LogTile.ID> {
        0...max(size, 0) ~= earlier ? tiles(for: TreeShape.consistency(from: earlier, size: size), size: size) : []
    }

    private static func tiles(for ranges: [Range<Int>], size: Int) -> Set<LogTile.ID> {
        Set(ranges.flatMap(TreeShape.nodes).compactMap { tile(of: $0, size: size) })
    }

    private static func tile(of node: TreeNode, size: Int) -> LogTile.ID? {
        LogTile.ID(.hashes(level: node.level), number: node.tile, size: size)
    }

    private mutating func hashes(of ranges: [Range<Int>]) throws -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        for range in ranges { hashes.append(try hash(of: range)) }
        return hashes
    }

    private mutating func hash(of range: Range<Int>) throws -> MerkleHash {
        var hash: MerkleHash?
        for node in TreeShape.nodes(of: range).reversed() {
            let left = try self.hash(of: node)
            hash = hash.map { .node(left, $0) } ?? left
        }
        return hash ?? .emptyTree
    }

    private mutating func hash(of node: TreeNode) throws -> MerkleHash {
        guard let id = Self.tile(of: node, size: size) else { throw NotInTree(size: size) }
        guard let hash = try nodes(of: id)[node] else { throw TileIncomplete(id: id) }
        return hash
    }

    private mutating func nodes(of id: LogTile.ID) throws -> TileNodes {
        if let nodes = known[id] { return nodes }
        let nodes = TileNodes(try LogTile(id, from: read))
        if known.count == Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known[id] = nodes
        return nodes
    }
}

/// A tile and all whole subtrees over its hashes.
private struct TileNodes {
    /// By their height in the tile.
    private var rows: [[MerkleHash]]

    init(_ tile: LogTile) {
        rows = [tile.hashes]
        for height in 1..<8 {
            let below = rows[height - 1]
            rows.append((0..<below.count / 2).map { .node(below[2 * $0], below[2 * $0 + 1]) })
        }
    }

    subscript(node: TreeNode) -> MerkleHash? {
        let row = rows[node.heightInTile]
        return row.indices.contains(node.numberInTile) ? row[node.numberInTile] : nil
    }
}

/// A proof was asked for about what the tree doesn't have.
public struct NotInTree: Error, Hashable, Sendable, CustomStringConvertible {
    public let size: Int

    public init(size: Int) { self.size = size }

    public var description: String { "The log has only \(size) entries." }
}
