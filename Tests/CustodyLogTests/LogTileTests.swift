import CustodyLog
import Testing

@Suite struct LogTileTests {
    @Test(arguments: [
        ("tile/0/000", LogTile.Layer.hashes(level: 0), 0, 256), ("tile/0/000.p/1", .hashes(level: 0), 0, 1),
        ("tile/1/x001/x234/067", .hashes(level: 1), 1_234_067, 256),
        ("tile/63/x001/000.p/255", .hashes(level: 63), 1_000, 255),
        ("tile/entries/999", .entries, 999, 256), ("tile/entries/x070/000.p/17", .entries, 70_000, 17),
        ("tile/entries/x999/x999/x999/x999/x999/999.p/255", .entries, 999_999_999_999_999_999, 255),
    ])
    func `a path names a tile`(path: String, layer: LogTile.Layer, number: Int, width: Int) throws {
        let id = try #require(LogTile.ID(path: path))
        #expect(id.layer == layer)
        #expect(id.number == number)
        #expect(id.width == width)
        #expect(id.path == path)
    }

    @Test(arguments: [
        "", "/", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000", "tile/0//000",
        "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/001", "tile/0/x001", "tile/0/001/002", "tile/0/X001/002",
        "tile/0/xx01/002", "tile/0/x001/x002", "tile/0/-01", "tile/0/+01", "tile/0/00a", "tile/0/ 01", "tile/0/٠٠١",
        "tile/00/000", "tile/01/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/x/000", "tile/Entries/000",
        "tile/entries", "tile/entries/", "tile/data/000", "Tile/0/000",
        "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/00", "tile/0/000.p/01", "tile/0/000.p/256",
        "tile/0/000.p/-1", "tile/0/000.p/+1", "tile/0/000.p/1/", "tile/0/000.p/1.p/1", "tile/0/000.P/1", "tile/0/000/1",
        "tile/0/000.p/99999999999999999999", "tile/0/.p/1", "tile/.p/1", "tile/0/x001.p/1", "tile/0/000.p\u{301}/1",
        "tile/0/x001/x999/x999/x999/x999/x999/999", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/000\u{0}",
    ])
    func `a path has one form`(path: String) {
        #expect(LogTile.ID(path: path) == nil)
    }

    @Test(arguments: [
        ("tile/0/000.p/1", 1, true), ("tile/0/000.p/1", 0, false), ("tile/0/000.p/2", 1, false),
        ("tile/0/000", 255, false), ("tile/0/000", 256, true), ("tile/0/000.p/255", 256, true),
        ("tile/0/001.p/1", 256, false), ("tile/1/000.p/1", 255, false), ("tile/1/000.p/1", 256, true),
        ("tile/0/273.p/112", 70_000, true), ("tile/0/273.p/113", 70_000, false), ("tile/1/001.p/17", 70_000, true),
        ("tile/1/001.p/18", 70_000, false), ("tile/2/000.p/1", 70_000, true), ("tile/2/000.p/2", 70_000, false),
        ("tile/3/000.p/1", 70_000, false), ("tile/63/000.p/1", Int.max, false), ("tile/0/000.p/1", -1, false),
        ("tile/entries/273.p/112", 70_000, true), ("tile/entries/274.p/1", 70_000, false),
    ])
    func `a tree of a size has the tiles that the specification says`(path: String, size: Int, has: Bool) throws {
        #expect(try #require(LogTile.ID(path: path)).isCovered(bySize: size) == has)
    }

    @Test func `hashes are served as they are`() throws {
        let tile = try #require(SampleLog(size: 3).edge.openTiles().last)
        #expect(tile.body == (0..<3).flatMap { MerkleHash.leaf(SampleLog.commitment($0)).bytes })
        #expect(LogTile(tile.id, body: tile.body) == tile)
    }

    @Test func `entries are served with their length before them`() throws {
        let tile = try #require(SampleLog(size: 3).edge.openTiles().first)
        #expect(tile.commitments == (0..<3).map(SampleLog.commitment))
        #expect(tile.body == (0..<3).flatMap { [0, 32] + SampleLog.commitment($0).bytes })
        #expect(LogTile(tile.id, body: tile.body) == tile)
    }

    @Test func `a body that isn't exactly the tile's is refused`() throws {
        for tile in SampleLog(size: 3).edge.openTiles() {
            #expect(LogTile(tile.id, body: tile.body + [0]) == nil)
            #expect(LogTile(tile.id, body: tile.body.dropLast()) == nil)
            #expect(LogTile(tile.id, body: []) == nil)
        }
        let entries = try #require(SampleLog(size: 3).edge.openTiles().first)
        for position in [0, 1, 34, 35] {
            var body = entries.body
            body[position] ^= 1
            #expect(LogTile(entries.id, body: body) == nil)
        }
    }
}
