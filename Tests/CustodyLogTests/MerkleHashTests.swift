import CustodyLog
import Testing

@Suite struct MerkleHashTests {
    @Test func `a tree without leaves has the hash of nothing`() {
        #expect(MerkleHash.emptyTree.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(TreeEdge().root == .emptyTree)
    }

    /// The entries and roots that implementations of RFC 6962 are tested with, such as certificate-transparency's.
    static let entries: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57), Array(0x60...0x6f),
    ]
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `the reference tree has the roots that everybody's has`() {
        var edge = TreeEdge()
        for (entry, root) in zip(Self.entries, Self.roots) {
            #expect(edge.append(leaf: .leaf(entry)) == [])
            #expect(edge.root.hex == root)
        }
    }

    @Test func `a leaf is never a node of the same bytes`() {
        let (left, right) = (MerkleHash.leaf([1]), MerkleHash.leaf([2]))
        #expect(MerkleHash.leaf(left.bytes + right.bytes) != .node(left, right))
        #expect(MerkleHash.node(left, right) != .node(right, left))
    }

    @Test func `a hash is read back from what it is written as`() throws {
        let hash = MerkleHash.leaf([7])
        var bytes: [UInt8] = [9]
        hash.append(to: &bytes)
        #expect(MerkleHash(bytes: bytes.dropFirst()) == hash)
        #expect(MerkleHash(base64: hash.base64) == hash)
        #expect(MerkleHash(base64: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") == .emptyTree)
    }

    @Test(arguments: [
        "", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA", " 7DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "=7DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ])
    func `a hash has one form in Base64`(text: String) {
        #expect(MerkleHash(base64: text) == nil)
    }

    @Test(arguments: [0, 31, 33, 64]) func `a hash has 32 bytes`(count: Int) {
        #expect(MerkleHash(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }
}
