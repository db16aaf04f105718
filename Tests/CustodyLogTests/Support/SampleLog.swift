import CustodyLog

/// A log of commitments that are told by their index, with its tiles as a store keeps them.
struct SampleLog {
    private(set) var edge = LogEdge()
    private(set) var tiles: [Place: [UInt8]] = [:]
    /// By the index of the entry, the paths of the tiles that became full with it.
    private(set) var filled: [Int: [String]] = [:]

    struct Place: Hashable {
        let layer: LogTile.Layer
        let number: Int

        init(_ id: LogTile.ID) {
            layer = id.layer
            number = id.number
        }
    }

    init(size: Int = 0) {
        for _ in 0..<size { append() }
        keepOpenTiles(changedSince: 0)
    }

    var size: Int { edge.size }

    mutating func append() {
        let index = edge.size
        for tile in edge.append(Self.commitment(index)) {
            tiles[Place(tile.id)] = tile.bytes
            filled[index, default: []].append(tile.id.path)
        }
    }

    mutating func keepOpenTiles(changedSince earlier: Int) {
        for tile in edge.openTiles(changedSince: earlier) { tiles[Place(tile.id)] = tile.bytes }
    }

    func read(_ id: LogTile.ID) throws -> [UInt8] {
        guard let bytes = tiles[Place(id)] else { throw Missing(id: id) }
        return bytes
    }

    struct Missing: Error, Equatable { let id: LogTile.ID }

    static func commitment(_ index: Int) -> Commitment {
        withUnsafeBytes(of: (index, 1, 2, 3)) { Commitment(bytes: $0) } ?? Commitment(bytes: [])!
    }

    static func leaf(_ index: Int) -> MerkleHash { .leaf(commitment(index)) }

    /// Of ``large`` when it had so many entries.
    static func head(_ size: Int) -> TreeHead {
        TreeHead(size: size, root: MerkleHash(bytes: reference.root(size: size)) ?? .emptyTree)
    }

    /// With more leaves than the first tile of level 1 covers; made once.
    static let large = SampleLog(size: 65_537 + 300)
    static let reference = ReferenceTree((0..<large.size).map { commitment($0).bytes })
}
