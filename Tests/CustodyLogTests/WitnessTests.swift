import CustodyLog
import Testing

@Suite struct WitnessTests {
    @Test func `a request is the old size, the proof and the checkpoint`() throws {
        let checkpoint = try signed()
        let hashes = [MerkleHash.leaf([1]), .leaf([2])]
        let request = WitnessRequest(from: 20, proof: ConsistencyProof(hashes: hashes), checkpoint: checkpoint)
        let head = "old 20\n\(base64(hashes[0].bytes))\n\(base64(hashes[1].bytes))\n\n"
        #expect(request.body == Array(head.utf8) + checkpoint.bytes)
        let first = WitnessRequest(from: 0, proof: ConsistencyProof(hashes: []), checkpoint: checkpoint)
        #expect(first.body == Array("old 0\n\n".utf8) + checkpoint.bytes)
    }

    @Test func `the cosignatures of known witnesses go under the note, and no others`() throws {
        let (known, stranger) = (Witness(name: "witness.example/w1"), Witness(name: "witness.example/w2"))
        let note = try signed()
        let lines = [try known.line(over: note.text, at: 7), try stranger.line(over: note.text, at: 8)]
        let cosigned = try note.cosigned(Array(lines.joined().utf8), by: [known.verifierKey])
        #expect(cosigned.bytes == note.bytes + Array(lines[0].utf8))
        #expect(try cosigned.verified(by: [known.verifierKey]).map(\.cosignedAt) == [7])
    }

    @Test func `an answer that isn't a cosignature of this checkpoint is refused`() throws {
        let witness = Witness(name: "w")
        let (note, name) = (try signed(), try Example.name("w"))
        let line = try witness.line(over: note.text, at: 7)
        let other = try witness.line(over: note.text + [0x0a], at: 7)
        let stranger = try Witness(name: "v").line(over: note.text, at: 7)
        for (answer, error) in [
            ("", NoteError.noSignatures), ("\n", .malformedSignature(line: 1)), ("7\n", .malformedSignature(line: 1)),
            (String(line.dropLast()), .malformedSignature(line: 1)), (line + "\n", .malformedSignature(line: 2)),
            (stranger, .noKnownSignature), (other, .wrongSignature(name)), (line + other, .wrongSignature(name)),
            (String(repeating: line, count: 33), .tooManySignatures),
            (String(repeating: "a", count: 65_537), .tooLong),
        ] {
            #expect(throws: error) { try note.cosigned(Array(answer.utf8), by: [witness.verifierKey]) }
        }
    }

    @Test func `a witness has one line, however often it answers`() throws {
        let witness = Witness(name: "w")
        let note = try signed()
        let lines = [try witness.line(over: note.text, at: 7), try witness.line(over: note.text, at: 8)]
        let once = try note.cosigned(Array(lines.joined().utf8), by: [witness.verifierKey])
        #expect(once.bytes == note.bytes + Array(lines[0].utf8))
        #expect(try once.cosigned(Array(lines[1].utf8), by: [witness.verifierKey]) == once)
        #expect(try once.hasLine(of: witness.verifierKey) && !note.hasLine(of: witness.verifierKey))
    }

    @Test func `a note takes no more signatures than anybody would read`() throws {
        let witness = Witness(name: "w")
        let note = try signed()
        let full = note.adding(Array(repeating: try #require(note.signatures.first), count: 31))
        let answer = Array(try witness.line(over: note.text, at: 7).utf8)
        #expect(throws: NoteError.tooManySignatures) { try full.cosigned(answer, by: [witness.verifierKey]) }
    }

    @Test func `a name that isn't UTF-8 is refused`() throws {
        let (note, witness) = (try signed(), Witness(name: "w"))
        let answer = Array("— ".utf8) + [0xff] + Array(" AAAAAAE=\n".utf8)
        #expect(throws: NoteError.malformedSignature(line: 1)) { try note.cosigned(answer, by: [witness.verifierKey]) }
    }

    @Test func `a key of the log isn't a witness`() throws {
        let (note, log) = (try signed(), try Example.enoch().verifierKey)
        let line = try #require(note.signatures.first).line
        #expect(throws: NoteError.noKnownSignature) { try note.cosigned(Array(line.utf8), by: [log]) }
    }

    @Test func `the size that a witness knows is read from a conflict`() {
        #expect(WitnessRequest.conflictSize(in: Array("0\n".utf8)) == 0)
        #expect(WitnessRequest.conflictSize(in: Array("20852014\n".utf8)) == 20_852_014)
        for text in ["", "\n", "7", "07\n", "7\n\n", " 7\n", "-7\n", "7\r\n"] {
            #expect(WitnessRequest.conflictSize(in: Array(text.utf8)) == nil)
        }
    }

    private func signed() throws -> SignedNote {
        let key = try Example.enoch()
        return try Checkpoint(origin: key.verifierKey.name, size: 21, root: .leaf([3])).signed(by: [key])
    }
}
