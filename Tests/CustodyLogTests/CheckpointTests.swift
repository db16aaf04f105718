import CustodyLog
import Testing

@Suite struct CheckpointTests {
    static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    static let line = "\n— PeterNeumann AAAAAAE=\n"

    @Test func `the example of the specification is read, and written as it was`() throws {
        // Of C2SP tlog-checkpoint.
        let text = "example.com/behind-the-sofa\n20852163\n\(Self.root)\n"
        let checkpoint = try parse(text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.root.base64 == Self.root)
        #expect(checkpoint.text == Array(text.utf8))
        let name = try Example.name("example.com/behind-the-sofa")
        #expect(checkpoint == Checkpoint(origin: name, size: 20_852_163, root: checkpoint.root))
    }

    @Test func `lines after the third are kept`() throws {
        let text = "go.sum database tree\n1\n\(Self.root)\none\ntwo\n"
        let checkpoint = try parse(text)
        #expect(checkpoint.extensionLines == ["one", "two"])
        #expect(checkpoint.text == Array(text.utf8))
    }

    @Test func `checkpoints that only look alike are two`() throws {
        #expect(try parse("caf\u{e9}\n1\n\(Self.root)\n") != parse("cafe\u{301}\n1\n\(Self.root)\n"))
    }

    static let malformed: [(String, CheckpointError)] = [
        ("\n", .tooFewLines), ("a\n1\n", .tooFewLines), ("\n1\n\(root)\n", .emptyLine), ("a\n\n\(root)\n", .emptyLine),
        ("a\n1\n\(root)\n\n", .emptyLine), ("a\n1\n\(root)\n\nb\n", .emptyLine), ("a\n01\n\(root)\n", .size),
        ("a\n-1\n\(root)\n", .size), ("a\n+1\n\(root)\n", .size), ("a\n 1\n\(root)\n", .size),
        ("a\n1 \n\(root)\n", .size),
        ("a\n0x1\n\(root)\n", .size), ("a\n١\n\(root)\n", .size), ("a\n1000000000000000000\n\(root)\n", .size),
        ("a\n99999999999999999999999\n\(root)\n", .size), ("a\n1\n\(root)=\n", .root), ("a\n1\nAAAA\n", .root),
        ("a\n1\n\(root.replacing("2I=", with: "2J="))\n", .root), ("a\n1\n \(root)\n", .root),
        ("a\n0\n\(root)\n", .root),
    ]

    @Test(arguments: malformed)
    func `what is no checkpoint is refused, with the reason`(text: String, error: CheckpointError) {
        #expect(throws: error) { try parse(text) }
        #expect("\(error)".hasSuffix("."))
    }

    @Test func `the log of no entries has the empty tree's root`() throws {
        let checkpoint = try parse("a\n0\n\(MerkleHash.emptyTree.base64)\n")
        #expect(checkpoint.size == 0)
    }

    @Test func `a checkpoint is verified with a key of its log, and tells who else has signed`() throws {
        let (log, witness) = (try Example.enoch(), Witness(name: "witness.example/w1"))
        let checkpoint = Checkpoint(origin: log.verifierKey.name, size: 1, root: .leaf([1]))
        let signed = try checkpoint.signed(by: [log])
        let line = try witness.line(over: checkpoint.text, at: 1_679_315_147)
        let note = signed.adding(try SignedNote.signatures(in: Array(line.utf8)[...]))
        let verified = try VerifiedCheckpoint(note, keys: [log.verifierKey, witness.verifierKey])
        #expect(verified.checkpoint == checkpoint)
        #expect(verified.note == note)
        #expect(verified.logSignatures.map(\.key) == [log.verifierKey])
        #expect(verified.logSignatures.map(\.cosignedAt) == [nil])
        #expect(verified.cosignatures.map(\.key) == [try witness.verifierKey])
        #expect(verified.cosignatures.map(\.cosignedAt) == [1_679_315_147])
    }

    @Test func `a checkpoint that is signed under another name, or by a witness alone, isn't the log's`() throws {
        let (log, witness) = (try Example.enoch(), Witness(name: "EnochRoot"))
        let other = Checkpoint(origin: try Example.name("OtherLog"), size: 1, root: .leaf([1]))
        #expect(throws: CheckpointError.notSignedByLog) {
            try VerifiedCheckpoint(other.signed(by: [log]), keys: [log.verifierKey])
        }
        let checkpoint = Checkpoint(origin: log.verifierKey.name, size: 1, root: .leaf([1]))
        let line = try witness.line(over: checkpoint.text, at: 1)
        let note = try checkpoint.signed(by: []).adding(SignedNote.signatures(in: Array(line.utf8)[...]))
        #expect(throws: CheckpointError.notSignedByLog) { try VerifiedCheckpoint(note, keys: [witness.verifierKey]) }
        #expect(throws: CheckpointError.note(.noKnownSignature)) {
            try VerifiedCheckpoint(note, keys: [log.verifierKey])
        }
    }

    @Test func `the time of a cosignature is signed with it, and has 63 bits`() throws {
        let witness = Witness(name: "w")
        let text = Checkpoint(origin: try Example.name("a"), size: 1, root: .leaf([1])).text
        for time in [0, 1, UInt64(Int.max), UInt64(Int.max) + 1, UInt64.max] {
            let lines = Array(try witness.line(over: text, at: time).utf8)
            let note = try SignedNote(parsing: text + [0x0a] + lines)
            let times = try? note.verified(by: [witness.verifierKey]).map(\.cosignedAt)
            #expect(times == (time > UInt64(Int.max) ? nil : [Int(time)]))
        }
        let line = try witness.line(over: text, at: 5)
        let later = try SignedNote.signatures(in: Array(line.utf8)[...]).map { signature in
            var bytes = signature.bytes
            bytes[7] += 1
            let id = (0..<4).map { UInt8(truncatingIfNeeded: signature.keyID >> (24 - 8 * UInt32($0))) }
            return "— w \(base64(id + bytes))\n"
        }
        let note = try SignedNote(parsing: text + [0x0a] + Array(later.joined().utf8))
        #expect(throws: NoteError.self) { try note.verified(by: [witness.verifierKey]) }
    }

    private func parse(_ text: String) throws -> Checkpoint {
        try Checkpoint(SignedNote(parsing: Array((text + Self.line).utf8)))
    }
}
