import Domain
import Testing
import Upstream

struct AddressLossTests {
    private func catalog(_ counts: [String: Int]) throws -> AddressCatalog {
        let entries = counts.sorted { $0.key < $1.key }.enumerated().flatMap { position, region in
            (0..<region.value).map { (prefix: "198.\(position).\($0).0/24", region: region.key) }
        }
        return try AddressCatalog(RangeFiles.aws(entries), of: .aws)
    }

    @Test func `a region may lose a fifth of its prefixes, but no more`() throws {
        let older = try catalog(["a": 10, "b": 10, "c": 3])
        let newer = try catalog(["a": 8, "b": 7, "c": 4])
        let losses = older.losses(comparedWith: newer, in: ["a", "b", "c"])
        #expect(losses.map(\.region) == ["b"])
        #expect(losses.first?.before == 10)
        #expect(losses.first?.after == 7)
    }

    @Test func `a region that is gone has lost everything, and the losses are sorted by name`() throws {
        let losses = try catalog(["z": 5, "a": 1, "m": 5])
            .losses(comparedWith: try catalog(["m": 5]), in: ["a", "m", "z"])
        #expect(losses.map(\.region) == ["a", "z"])
        #expect(losses.map(\.after) == [0, 0])
    }

    @Test func `the same file loses nothing, and a new region is no loss`() throws {
        let older = try catalog(["a": 5])
        #expect(older.losses(comparedWith: older, in: ["a"]).isEmpty)
        #expect(older.losses(comparedWith: try catalog(["a": 5, "b": 5]), in: ["a", "b"]).isEmpty)
    }

    @Test func `a region that nobody asks for may lose everything, and one that never was loses nothing`() throws {
        #expect(try catalog(["a": 5, "b": 5]).losses(comparedWith: try catalog(["a": 5]), in: ["a", "c"]).isEmpty)
    }
}
