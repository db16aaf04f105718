/// What a log is stored and served as: up to 256 hashes of one height of its tree, or up to 256 entries (C2SP tlog-tiles).
///
/// Tile `number` of level `l` holds the roots of the subtrees over 256^l leaves each, from leaf `number` × 256^(l+1) on. A
/// tile never changes, except that the last one of a level grows.
public struct LogTile: Hashable, Sendable {
    /// Hashes or entries of a tile that is full.
    public static let fullWidth = 256
    static let fullByteCount = fullWidth * SHA256Words.byteCount

    public let id: ID
    /// 32 for each hash or entry.
    public let bytes: [UInt8]

    /// - Parameter bytes: of this tile, or of what it has grown to; nil where there are fewer than the tile has.
    public init?(_ id: ID, bytes: [UInt8]) {
        guard bytes.count >= id.byteCount else { return nil }
        self.id = id
        self.bytes = bytes.count == id.byteCount ? bytes : Array(bytes.prefix(id.byteCount))
    }

    /// With room for a full tile, so that it is asked for once.
    static func emptyBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fullByteCount)
        return bytes
    }

    /// What a tile is made of.
    public enum Layer: Hashable, Sendable {
        case entries
        /// From level 0, the hashes of the leaves, up to 63.
        case hashes(level: Int)

        /// All that a log can have.
        public static let all = [.entries] + (0..<8).map { Layer.hashes(level: $0) }

        /// Entries have the shape of level 0.
        var level: Int {
            switch self {
            case .entries: 0
            case .hashes(let level): level
            }
        }

        /// What this layer has in a tree of so many leaves.
        func count(size: Int) -> Int { size >> (8 * level) }
    }

    /// Says which tile of a log it is, and how much of it.
    public struct ID: Hashable, Sendable {
        public let layer: Layer
        public let number: Int
        /// From 1 to ``LogTile/fullWidth``.
        public let width: Int

        init(_ layer: Layer, number: Int, width: Int) {
            self.layer = layer
            self.number = number
            self.width = width
        }

        /// The tile as a tree of so many leaves has it; nil where it has none.
        public init?(_ layer: Layer, number: Int, size: Int) {
            guard 0...63 ~= layer.level, number >= 0, size > 0 else { return nil }
            let (full, rest) = layer.count(size: size).quotientAndRemainder(dividingBy: fullWidth)
            guard number < full || number == full && rest > 0 else { return nil }
            self.init(layer, number: number, width: number < full ? fullWidth : rest)
        }

        /// The last tile of a tree of so many leaves; nil where that is full.
        public init?(openAt layer: Layer, size: Int) {
            self.init(layer, number: layer.count(size: size) / fullWidth, size: size)
        }

        public var isFull: Bool { width == fullWidth }

        /// Whether a tree of so many leaves has all of this tile.
        public func isCovered(bySize size: Int) -> Bool {
            guard let present = ID(layer, number: number, size: size) else { return false }
            return width <= present.width
        }

        /// Bytes that the tile has.
        public var byteCount: Int { width * SHA256Words.byteCount }
    }
}

extension LogTile {
    /// Of a layer of hashes.
    var hashes: [MerkleHash] { MerkleHash.sequence(in: bytes) }
    /// Of the layer of entries.
    public var commitments: [Commitment] { Commitment.sequence(in: bytes) }
}

/// Gives the bytes of a tile, as ``LogTile/bytes`` has them: those that its id says, or those of what it has grown to.
public typealias TileReader = (LogTile.ID) throws -> [UInt8]

/// A store or a server that a log is read from doesn't have what the log must have.
public struct TileIncomplete: Error, Hashable, Sendable, CustomStringConvertible {
    public let id: LogTile.ID

    public init(id: LogTile.ID) { self.id = id }

    public var description: String { "The log has fewer than \(id.byteCount) bytes of '\(id.path)'." }
}

extension LogTile {
    init(_ id: ID, from read: TileReader) throws {
        guard let tile = LogTile(id, bytes: try read(id)) else { throw TileIncomplete(id: id) }
        self = tile
    }
}
