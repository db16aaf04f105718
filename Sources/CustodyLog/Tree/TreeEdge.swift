/// The right edge of a log's tree: all that is needed to append to it, and to know its root.
///
/// It holds the hashes of each level's last tile, while that isn't full. As a value it can be kept before a transaction
/// and put back if that fails. A leaf costs its own hash and, with each tile that fills, the 255 that join 256.
public struct TreeEdge: Hashable, Sendable {
    /// Leaves of the tree.
    public private(set) var size = 0
    /// By level, the bytes of the tile that isn't full; empty where the last one is.
    private var open: [[UInt8]] = []

    /// Of a tree without leaves.
    public init() {}

    /// The edge that a tree had when it had so many leaves.
    ///
    /// - Throws: ``TileIncomplete``, or what `read` throws.
    public init(size: Int, from read: TileReader) throws {
        self.size = size
        for level in 0..<Self.levels(size: size) {
            let id = LogTile.ID(openAt: .hashes(level: level), size: size)
            open.append(try id.map { try LogTile($0, from: read).bytes } ?? [])
        }
    }

    /// - Returns: the tiles that are full now, from level 0 up; mostly none.
    public mutating func append(leaf: MerkleHash) -> [LogTile] {
        var full: [LogTile] = []
        var hash = leaf
        for level in 0... {
            if level == open.count { open.append(LogTile.emptyBytes()) }
            hash.append(to: &open[level])
            guard let tile = takeFullTile(level) else { break }
            hash = .root(over: tile.hashes)
            full.append(tile)
        }
        size += 1
        return full
    }

    /// The root of the tree (RFC 6962, section 2.1). It joins what the tiles hold anew, so it is for checkpoints, not for
    /// each leaf.
    public var root: MerkleHash {
        var rest: [MerkleHash] = []
        for bytes in open {
            let nodes = MerkleHash.sequence(in: bytes) + rest
            rest = nodes.isEmpty ? [] : [.root(over: nodes)]
        }
        return .root(over: rest)
    }

    /// The tiles that aren't full, of those levels that have one.
    ///
    /// - Parameter earlier: a size that the tree had: only tiles that have changed since are given.
    public func openTiles(changedSince earlier: Int = 0) -> [LogTile] {
        open.indices.compactMap { level in
            let layer = LogTile.Layer.hashes(level: level)
            guard layer.count(size: earlier) != layer.count(size: size) else { return nil }
            return LogTile.ID(openAt: layer, size: size).flatMap { LogTile($0, bytes: open[level]) }
        }
    }

    private mutating func takeFullTile(_ level: Int) -> LogTile? {
        guard open[level].count == LogTile.fullByteCount else { return nil }
        let layer = LogTile.Layer.hashes(level: level)
        let id = LogTile.ID(layer, number: layer.count(size: size) / LogTile.fullWidth, width: LogTile.fullWidth)
        defer { open[level] = LogTile.emptyBytes() }
        return LogTile(id, bytes: open[level])
    }

    private static func levels(size: Int) -> Int { (Int.bitWidth - size.leadingZeroBitCount + 7) / 8 }
}
