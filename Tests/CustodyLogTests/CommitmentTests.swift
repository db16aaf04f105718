import CustodyLog
import TestSupport
import Testing

@Suite struct CommitmentTests {
    @Test func `a commitment is the SHA-256 of the salt and the record`() throws {
        // printf '\x00\x01…\x0f{"id":1}' | sha256sum
        let salt = try #require(Salt(hex: "000102030405060708090a0b0c0d0e0f"))
        let commitment = Commitment(salt: salt, record: Array(#"{"id":1}"#.utf8))
        #expect(commitment.hex == "f20e5984906ac32044a7fc0082157b79b1d4d210505781b0a01fbdc2086e88c6")
    }

    @Test func `the leaf of a commitment is that of its bytes`() {
        let commitment = SampleLog.commitment(5)
        #expect(MerkleHash.leaf(commitment) == .leaf(commitment.bytes))
    }

    @Test func `a salt is read back from what it is written as`() {
        var generator = SeededGenerator(seed: 3)
        let salt = Salt(using: &generator)
        #expect(Salt(hex: salt.hex) == salt)
        #expect(Salt(bytes: salt.bytes) == salt)
        #expect(salt != Salt(using: &generator))
    }

    @Test(arguments: [
        "", "000102030405060708090a0b0c0d0e0", "000102030405060708090a0b0c0d0e0f0", "000102030405060708090A0B0C0D0E0F",
        "000102030405060708090a0b0c0d0e0f00", "+00102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0é",
    ])
    func `a salt has one form`(hex: String) {
        #expect(Salt(hex: hex) == nil)
    }

    @Test func `a salt can't be printed by mistake`() throws {
        let salt = try #require(Salt(hex: "000102030405060708090a0b0c0d0e0f"))
        #expect("\(salt)" == "<redacted>")
        #expect(String(reflecting: salt) == "<redacted>")
        var dumped = ""
        dump(salt, to: &dumped)
        #expect(dumped == "- <redacted>\n")
    }
}
