import CustodyLog
import Testing

@Suite struct ReceiptTests {
    /// A log of three records, with what belongs to the second.
    struct Sample {
        let record = Array(#"{"id":"b","record_version":1}"#.utf8)
        let salt: Salt
        let key: SigningKey
        let file: ProofFile

        init(size: Int = 3) throws {
            salt = try #require(Salt(hex: "000102030405060708090a0b0c0d0e0f"))
            key = try Example.enoch()
            var log = LogEdge()
            for index in 0..<size {
                _ = log.append(index == 1 ? Commitment(salt: salt, record: record) : SampleLog.commitment(index))
            }
            let tiles = log.openTiles()
            var prover = TreeProver(size: size) { id in try #require(tiles.first { $0.id == id }).bytes }
            let checkpoint = Checkpoint(origin: key.verifierKey.name, size: size, root: log.root)
            file = ProofFile(
                receiptFor: record, salt: salt, index: 1, proof: try prover.inclusion(of: 1),
                checkpoint: try checkpoint.signed(by: [key]))
        }
    }

    @Test func `a receipt is written as the specification says, and read back`() throws {
        let sample = try Sample()
        let extra = #"{"record":{"id":"b","record_version":1},"salt":"000102030405060708090a0b0c0d0e0f"}"#
        let hashes = [SampleLog.leaf(0), SampleLog.leaf(2)].map { base64($0.bytes) + "\n" }.joined()
        let text = "c2sp.org/tlog-proof@v1\nextra \(base64(Array(extra.utf8)))\nindex 1\n\(hashes)\n"
        #expect(sample.file.bytes == Array(text.utf8) + sample.file.checkpoint.bytes)
        #expect(try ProofFile(parsing: sample.file.bytes) == sample.file)
    }

    @Test func `a receipt tells what was checked`() throws {
        let (sample, witness) = (try Sample(), Witness(name: "witness.example/w1"))
        let line = Array(try witness.line(over: sample.file.checkpoint.text, at: 1_679_315_147).utf8)
        let keys = [sample.key.verifierKey, try witness.verifierKey]
        let file = ProofFile(
            extra: sample.file.extra, index: 1, proof: sample.file.proof,
            checkpoint: try sample.file.checkpoint.cosigned(line, by: keys))
        let verified = try VerifiedRecord(
            sample.record, salt: sample.salt, receipt: try ProofFile(parsing: file.bytes), keys: keys)
        #expect(verified.commitment == Commitment(salt: sample.salt, record: sample.record))
        #expect(verified.index == 1)
        #expect(verified.checkpoint.checkpoint.size == 3)
        #expect(verified.checkpoint.logSignatures.map(\.key) == [keys[0]])
        #expect(verified.checkpoint.cosignatures.map(\.cosignedAt) == [1_679_315_147])
    }

    @Test func `another record, salt, index or proof isn't proved`() throws {
        let sample = try Sample()
        let keys = [sample.key.verifierKey]
        let otherSalt = try #require(Salt(hex: "100102030405060708090a0b0c0d0e0f"))
        #expect(throws: RecordUnproven.notIncluded) {
            try VerifiedRecord(sample.record + [0x20], salt: sample.salt, receipt: sample.file, keys: keys)
        }
        #expect(throws: RecordUnproven.notIncluded) {
            try VerifiedRecord(sample.record, salt: otherSalt, receipt: sample.file, keys: keys)
        }
        for (index, hashes, error) in [
            (0, sample.file.proof.hashes, RecordUnproven.notIncluded), (2, sample.file.proof.hashes, .notIncluded),
            (3, sample.file.proof.hashes, .indexBeyondLog(index: 3, size: 3)), (1, [], .notIncluded),
            (1, sample.file.proof.hashes.reversed(), .notIncluded),
        ] {
            let proof = InclusionProof(hashes: hashes)
            let file = ProofFile(index: index, proof: proof, checkpoint: sample.file.checkpoint)
            #expect(throws: error) {
                try VerifiedRecord(sample.record, salt: sample.salt, receipt: file, keys: keys)
            }
            #expect("\(error)".hasSuffix("."))
        }
    }

    @Test func `a receipt that no trusted key has signed proves nothing`() throws {
        let sample = try Sample()
        #expect(throws: RecordUnproven.checkpoint(.note(.noKnownSignature))) {
            try VerifiedRecord(sample.record, salt: sample.salt, receipt: sample.file, keys: [])
        }
    }

    @Test func `no byte of a receipt can be changed, but for the extra data`() throws {
        let sample = try Sample()
        let bytes = sample.file.bytes
        let extraLine = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        let indexLine = try #require(bytes[extraLine...].firstIndex(of: UInt8(ascii: "\n"))) + 1
        for position in bytes.indices where !(extraLine..<indexLine ~= position) {
            var other = bytes
            other[position] ^= 1
            #expect(throws: (any Error).self) {
                let file = try ProofFile(parsing: other)
                _ = try VerifiedRecord(sample.record, salt: sample.salt, receipt: file, keys: [sample.key.verifierKey])
            }
        }
    }

    @Test func `a file that was cut off anywhere isn't read`() throws {
        let bytes = try Sample().file.bytes
        for count in 0..<bytes.count {
            #expect(throws: ProofFileError.self) { try ProofFile(parsing: Array(bytes.prefix(count))) }
        }
    }

    @Test func `a file without extra data, and one without hashes, is read`() throws {
        let note = try Sample(size: 2).file.checkpoint
        for file in [
            ProofFile(index: 0, proof: InclusionProof(hashes: []), checkpoint: note),
            ProofFile(extra: [], index: 7, proof: InclusionProof(hashes: [.leaf([1])]), checkpoint: note),
            ProofFile(extra: [0], index: 1, proof: InclusionProof(hashes: []), checkpoint: note),
        ] {
            #expect(try ProofFile(parsing: file.bytes) == file)
        }
    }

    static let hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    static let note = "a\n\n— Name AAAAAAE=\n"

    static let malformed: [(String, ProofFileError)] = [
        ("", .header), ("c2sp.org/tlog-proof@v1", .header), ("c2sp.org/tlog-proof@v2\nindex 0\n\n\(note)", .header),
        ("c2sp.org/tlog-proof@v1 \nindex 0\n\n\(note)", .header), ("\nc2sp.org/tlog-proof@v1\n", .header),
        ("c2sp.org/tlog-proof@v1\r\nindex 0\n\n\(note)", .header), ("c2sp.org/tlog-proof@v1\n", .index),
        ("c2sp.org/tlog-proof@v1\nindex\n\n\(note)", .index), ("c2sp.org/tlog-proof@v1\nindex 01\n\n\(note)", .index),
        ("c2sp.org/tlog-proof@v1\nindex -1\n\n\(note)", .index),
        ("c2sp.org/tlog-proof@v1\nindex 1 \n\n\(note)", .index),
        ("c2sp.org/tlog-proof@v1\nindex 1000000000000000000\n\n\(note)", .index),
        ("c2sp.org/tlog-proof@v1\nextra\nindex 0\n\n\(note)", .index),
        ("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n\(note)", .extra),
        ("c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n\n\(note)", .extra),
        ("c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0\n\n\(note)", .index),
        ("c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\n\(note)", .hash(1)),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\(hash)AAAA\n\n\(note)", .hash(2)),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\(hash)\(hash)", .noEmptyLine),
        ("c2sp.org/tlog-proof@v1\nindex 0\n" + String(repeating: hash, count: 64) + "\n\(note)", .tooManyHashes),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n", .checkpoint(.noSignatures)),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n\(note)\n", .checkpoint(.noSignatures)),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\(note)", .hash(1)),
        (String(repeating: "\n", count: 1 << 20 + 1), .tooLong),
    ]

    @Test(arguments: malformed)
    func `what is no proof file is refused, with the reason`(text: String, error: ProofFileError) {
        #expect(throws: error) { try ProofFile(parsing: Array(text.utf8)) }
        #expect("\(error)".hasSuffix("."))
    }
}
