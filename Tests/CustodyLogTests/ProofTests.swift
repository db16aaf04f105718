import CustodyLog
import TestSupport
import Testing

@Suite struct ProofTests {
    static let smallSizes = Array(1...33) + [255, 256, 257]
    static let largeSizes = [511, 600, 65_279, 65_535, 65_536, 65_537, 65_800]

    @Test(arguments: smallSizes)
    func `each leaf of a small tree has the path of RFC 6962, and it proves it`(size: Int) throws {
        var prover = TreeProver(size: size, from: SampleLog.large.read)
        let head = SampleLog.head(size)
        for index in 0..<size where size < 64 || index % 17 == 0 {
            let proof = try prover.inclusion(of: index)
            #expect(proof.hashes.map(\.bytes) == SampleLog.reference.path(to: index, size: size))
            #expect(proof.proves(SampleLog.leaf(index), at: index, in: head))
        }
    }

    @Test(arguments: smallSizes)
    func `each earlier size of a small tree has the proof of RFC 6962, and it proves it`(size: Int) throws {
        var prover = TreeProver(size: size, from: SampleLog.large.read)
        for earlier in 0...size where size < 64 || earlier % 17 == 0 {
            let proof = try prover.consistency(from: earlier)
            let reference = earlier == 0 ? [] : SampleLog.reference.proof(from: earlier, size: size)
            #expect(proof.hashes.map(\.bytes) == reference)
            #expect(proof.proves(SampleLog.head(earlier), isPrefixOf: SampleLog.head(size)))
        }
    }

    @Test(arguments: largeSizes) func `what is proved of a large tree is what RFC 6962 has`(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        var prover = TreeProver(size: size, from: SampleLog.large.read)
        for index in [0, 255, 256, size / 2, size - 1] + (0..<5).map({ _ in generator.below(size) }) {
            let inclusion = try prover.inclusion(of: index)
            #expect(inclusion.hashes.map(\.bytes) == SampleLog.reference.path(to: index, size: size))
            #expect(inclusion.proves(SampleLog.leaf(index), at: index, in: SampleLog.head(size)))
            let consistency = try prover.consistency(from: index + 1)
            #expect(consistency.hashes.map(\.bytes) == SampleLog.reference.proof(from: index + 1, size: size))
            #expect(consistency.proves(SampleLog.head(index + 1), isPrefixOf: SampleLog.head(size)))
        }
    }

    /// Of the reference tree, as implementations of RFC 6962 are tested with, such as certificate-transparency's.
    @Test(arguments: [
        (0, 1, []), (1, 2, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"]),
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1, 5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ])
    func `the paths that everybody has prove the reference tree's leaves`(
        index: Int, size: Int, path: [String]
    ) throws {
        var edge = TreeEdge()
        for entry in MerkleHashTests.entries.prefix(size) { _ = edge.append(leaf: .leaf(entry)) }
        let head = TreeHead(size: size, root: edge.root)
        let tiles = edge.openTiles()
        var prover = TreeProver(size: size) { id in tiles[id.layer == .hashes(level: 0) ? 0 : 1].bytes }
        let proof = try prover.inclusion(of: index)
        #expect(proof.hashes.map(\.hex) == path)
        #expect(proof.proves(.leaf(MerkleHashTests.entries[index]), at: index, in: head))
    }

    @Test func `an inclusion proof proves nothing else`() throws {
        for size in 1...17 {
            var prover = TreeProver(size: size, from: SampleLog.large.read)
            let head = SampleLog.head(size)
            for index in 0..<size {
                let (proof, leaf) = (try prover.inclusion(of: index), SampleLog.leaf(index))
                for other in spoiled(proof.hashes) {
                    #expect(!InclusionProof(hashes: other).proves(leaf, at: index, in: head))
                }
                for other in -1...size + 1 where other != index {
                    #expect(!proof.proves(leaf, at: other, in: head))
                    #expect(!proof.proves(SampleLog.leaf(other), at: index, in: head))
                }
                for other in [size - 1, size + 1] {
                    #expect(!proof.proves(leaf, at: index, in: SampleLog.head(other)))
                }
            }
        }
    }

    @Test func `a consistency proof proves nothing else`() throws {
        for size in 1...17 {
            var prover = TreeProver(size: size, from: SampleLog.large.read)
            let later = SampleLog.head(size)
            for earlierSize in 0...size {
                let (proof, earlier) = (try prover.consistency(from: earlierSize), SampleLog.head(earlierSize))
                for other in spoiled(proof.hashes) {
                    #expect(!ConsistencyProof(hashes: other).proves(earlier, isPrefixOf: later))
                }
                let forged = MerkleHash.leaf([1])
                #expect(!proof.proves(TreeHead(size: earlierSize, root: forged), isPrefixOf: later))
                if earlierSize > 0 {
                    #expect(!proof.proves(earlier, isPrefixOf: TreeHead(size: size, root: forged)))
                    #expect(!proof.proves(earlier, isPrefixOf: SampleLog.head(size + 1)))
                    #expect(!proof.proves(SampleLog.head(earlierSize - 1), isPrefixOf: later) || size == 1)
                }
                if earlierSize < size { #expect(!proof.proves(later, isPrefixOf: earlier)) }
            }
        }
    }

    @Test(arguments: [Int.min, -1, 0, 1, 2, Int.max - 1, Int.max])
    func `no size or index is too odd to be refused`(number: Int) {
        let (leaf, proof) = (MerkleHash.leaf([1]), [MerkleHash](repeating: .emptyTree, count: 62))
        for size in [Int.min, -1, 0, Int.max] {
            #expect(!InclusionProof(hashes: proof).proves(leaf, at: number, in: TreeHead(size: size, root: leaf)))
            let (earlier, later) = (TreeHead(size: number, root: leaf), TreeHead(size: size, root: .emptyTree))
            #expect(!ConsistencyProof(hashes: proof).proves(earlier, isPrefixOf: later))
        }
    }

    @Test func `a proof about what the tree doesn't have isn't made`() {
        var prover = TreeProver(size: 3, from: SampleLog.large.read)
        for index in [-1, 3, 4, Int.max] {
            #expect(throws: NotInTree(size: 3)) { try prover.inclusion(of: index) }
            #expect(TreeProver.tiles(forInclusionOf: index, size: 3) == [])
        }
        for earlier in [-1, 4, Int.max] {
            #expect(throws: NotInTree(size: 3)) { try prover.consistency(from: earlier) }
            #expect(TreeProver.tiles(forConsistencyFrom: earlier, size: 3) == [])
        }
    }

    @Test func `a proof isn't made of a tile that is too short`() throws {
        let short = SampleLog(size: 300)
        var prover = TreeProver(size: 301, from: short.read)
        let id = try #require(LogTile.ID(.hashes(level: 0), number: 1, size: 301))
        #expect(throws: TileIncomplete(id: id)) { try prover.inclusion(of: 0) }
    }

    @Test func `the tiles that a proof is said to need are those that are read for it`() throws {
        for (first, size) in [(0, 1), (0, 300), (299, 300), (256, 600), (1, 65_537), (65_536, 65_800), (70, 65_536)] {
            var read: Set<LogTile.ID> = []
            let reader: TileReader = { id in
                #expect(read.insert(id).inserted)
                return try SampleLog.large.read(id)
            }
            var prover = TreeProver(size: size, from: reader)
            _ = try prover.inclusion(of: first)
            #expect(read == TreeProver.tiles(forInclusionOf: first, size: size))
            read = []
            prover = TreeProver(size: size, from: reader)
            _ = try prover.consistency(from: first + 1)
            #expect(read == TreeProver.tiles(forConsistencyFrom: first + 1, size: size))
        }
    }

    @Test func `a prover that has read many tiles still proves`() throws {
        var prover = TreeProver(size: 65_800, from: SampleLog.large.read)
        for index in stride(from: 0, to: 65_800, by: 256) {
            let proof = try prover.inclusion(of: index)
            #expect(proof.proves(SampleLog.leaf(index), at: index, in: SampleLog.head(65_800)))
        }
    }

    /// One hash changed, two swapped, one too few, one too many.
    private func spoiled(_ hashes: [MerkleHash]) -> [[MerkleHash]] {
        var all = [hashes + [.emptyTree], [.emptyTree] + hashes]
        for position in hashes.indices {
            var other = hashes
            other[position] = .leaf([1])
            all.append(other)
            other.remove(at: position)
            all.append(other)
            guard position > 0 else { continue }
            other = hashes
            other.swapAt(0, position)
            all.append(other)
        }
        return all
    }
}
