import CustodyLog
import Testing

@Suite struct LogEdgeTests {
    @Test func `at each size the root is that of RFC 6962`() {
        var log = SampleLog()
        for size in 0...600 {
            #expect(log.edge.root.bytes == SampleLog.reference.root(size: size))
            log.append()
        }
    }

    static let borders = [
        0, 1, 255, 256, 257, 511, 512, 513, 4_095, 12_345, 65_279, 65_280, 65_535, 65_536, 65_537, 65_800,
    ]

    @Test(arguments: borders)
    func `an edge made from stored tiles is the one that the log had at that size`(size: Int) throws {
        let edge = try LogEdge(size: size, from: SampleLog.large.read)
        #expect(edge.size == size)
        #expect(edge.root.bytes == SampleLog.reference.root(size: size))
    }

    @Test(arguments: [0, 1, 255, 256, 257, 512, 600])
    func `it makes no difference whether a log was closed and opened in between`(size: Int) throws {
        var kept = SampleLog(size: size)
        var edge = try LogEdge(size: size, from: kept.read)
        #expect(edge == kept.edge)
        for index in size..<size + 300 {
            let tiles = edge.append(SampleLog.commitment(index))
            kept.append()
            for tile in tiles { #expect(kept.tiles[.init(tile.id)] == tile.bytes) }
        }
        #expect(edge == kept.edge)
    }

    @Test func `a tile is given when its last hash comes, and with it what it adds to the levels above`() {
        #expect(SampleLog.large.filled.count == 257)
        #expect(SampleLog.large.filled[255] == ["tile/entries/000", "tile/0/000"])
        #expect(SampleLog.large.filled[511] == ["tile/entries/001", "tile/0/001"])
        #expect(SampleLog.large.filled[65_535] == ["tile/entries/255", "tile/0/255", "tile/1/000"])
    }

    @Test func `the open tiles are those that the specification has for the size`() throws {
        let paths = try LogEdge(size: 65_537, from: SampleLog.large.read).openTiles().map(\.id.path)
        #expect(paths == ["tile/entries/256.p/1", "tile/0/256.p/1", "tile/2/000.p/1"])
        #expect(SampleLog(size: 256).edge.openTiles().map(\.id.path) == ["tile/1/000.p/1"])
        #expect(LogEdge().openTiles() == [])
    }

    @Test func `only those open tiles are given that have changed`() {
        var log = SampleLog(size: 300)
        let paths = { (size: Int) in log.edge.openTiles(changedSince: size).map(\.id.path) }
        #expect(paths(300) == [])
        #expect(paths(299) == ["tile/entries/001.p/44", "tile/0/001.p/44"])
        #expect(paths(255) == ["tile/entries/001.p/44", "tile/0/001.p/44", "tile/1/000.p/1"])
        for _ in 0..<256 { log.append() }
        #expect(paths(300) == ["tile/entries/002.p/44", "tile/0/002.p/44", "tile/1/000.p/2"])
    }

    @Test func `an edge that was put aside is not changed by what is appended`() {
        var log = SampleLog(size: 255)
        let before = log.edge
        let root = before.root
        log.append()
        #expect(before.size == 255)
        #expect(before.root == root)
        #expect(log.edge.root != root)
    }

    @Test func `an edge isn't made of tiles that are too short, or not there`() throws {
        let log = SampleLog(size: 300)
        let id = try #require(LogTile.ID(.hashes(level: 0), number: 1, size: 301))
        #expect(throws: TileIncomplete(id: id)) { try LogEdge(size: 301, from: log.read) }
        let missing = try #require(LogTile.ID(.hashes(level: 0), number: 2, size: 513))
        #expect(throws: SampleLog.Missing(id: missing)) { try LogEdge(size: 513, from: log.read) }
    }
}
