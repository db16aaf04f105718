/// The end of a log that is appended to: the last entries, and the edge of the tree over all of them.
public struct LogEdge: Hashable, Sendable {
    private var tree: TreeEdge
    /// Those after the last full tile of entries.
    private var openEntries: [UInt8]

    /// Of a log without entries.
    public init() {
        tree = TreeEdge()
        openEntries = LogTile.emptyBytes()
    }

    /// The end that a log had when it had so many entries.
    ///
    /// - Throws: ``TileIncomplete``, or what `read` throws.
    public init(size: Int, from read: TileReader) throws {
        tree = try TreeEdge(size: size, from: read)
        openEntries = try LogTile.ID(openAt: .entries, size: size).map { try LogTile($0, from: read).bytes } ?? []
    }

    /// Entries of the log.
    public var size: Int { tree.size }
    /// The root of the tree over all entries.
    public var root: MerkleHash { tree.root }

    /// The index of the entry is the size before.
    ///
    /// - Returns: the tiles that are full now, first that of the entries, then of hashes from level 0 up; mostly none.
    public mutating func append(_ commitment: Commitment) -> [LogTile] {
        commitment.append(to: &openEntries)
        guard openEntries.count == LogTile.fullByteCount else { return tree.append(leaf: .leaf(commitment)) }
        let id = LogTile.ID(.entries, number: size / LogTile.fullWidth, width: LogTile.fullWidth)
        let entries = LogTile(id, bytes: openEntries)
        openEntries = LogTile.emptyBytes()
        return [entries].compactMap(\.self) + tree.append(leaf: .leaf(commitment))
    }

    /// The tiles that aren't full, of those layers that have one.
    ///
    /// - Parameter earlier: a size that the log had: only tiles that have changed since are given.
    public func openTiles(changedSince earlier: Int = 0) -> [LogTile] {
        let id = earlier == size ? nil : LogTile.ID(openAt: .entries, size: size)
        let entries = id.flatMap { LogTile($0, bytes: openEntries) }
        return [entries].compactMap(\.self) + tree.openTiles(changedSince: earlier)
    }
}
