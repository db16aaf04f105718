import CustodyLog
import Testing

@Suite struct SignedNoteTests {
    @Test func `the example of the specification is verified`() throws {
        let note = try parse(
            """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

            """)
        let key = try VerifierKey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
        #expect(try note.verified(by: [key]).map(\.key) == [key])
        #expect(note.text == Array("This is an example message.\n".utf8))
    }

    @Test func `the examples of Go's library are verified, and a note is written as it was read`() throws {
        let text = Example.text + "\n" + Example.peterLine + Example.enochLine
        let note = try parse(text)
        let keys = [try VerifierKey(Example.peter), try Example.enoch().verifierKey]
        #expect(try note.verified(by: keys).map(\.key) == keys)
        #expect(note.text == Array(Example.text.utf8))
        #expect(note.signatures.map(\.line) == [Example.peterLine, Example.enochLine])
        #expect(note.bytes == Array(text.utf8))
    }

    @Test func `a key made from a seed is the one that Go makes`() throws {
        let key = try SigningKey(name: Example.name("PeterNeumann"), seed: Example.peterSeed)
        #expect(key.verifierKey.text == Example.peter)
        #expect(key.seed == Example.peterSeed)
    }

    @Test func `what is signed is verified with each of the keys`() throws {
        let peter = try SigningKey(name: Example.name("PeterNeumann"), seed: Example.peterSeed)
        let note = try SignedNote(signing: Array(Example.text.utf8), with: [peter, Example.enoch()])
        for key in [try VerifierKey(Example.peter), try Example.enoch().verifierKey] {
            #expect(try SignedNote(parsing: note.bytes).verified(by: [key]).map(\.key) == [key])
        }
    }

    @Test func `only text that a note can hold is signed`() throws {
        let enoch = try Example.enoch()
        for (text, error) in [("", NoteError.textWithoutEnd), ("a", .textWithoutEnd), ("a\tb\n", .controlCharacter)] {
            #expect(throws: error) { try SignedNote(signing: Array(text.utf8), with: [enoch]) }
        }
    }

    @Test func `signatures by unknown keys are left aside, wherever they stand`() throws {
        let peter = try VerifierKey(Example.peter)
        let unknown = "— PeterNeumann AAAAAAE=\n"
        let note = try parse(Example.text + "\n" + unknown + Example.peterLine + unknown + Example.enochLine)
        #expect(try note.verified(by: [peter]).map(\.key) == [peter])
    }

    @Test func `a note that no known key has signed isn't verified`() throws {
        let note = try parse(Example.text + "\n" + Example.peterLine)
        #expect(throws: NoteError.noKnownSignature) { try note.verified(by: []) }
        #expect(throws: NoteError.noKnownSignature) { try note.verified(by: [Example.enoch().verifierKey]) }
    }

    @Test func `a wrong signature by a known key spoils the note, even beside a right one`() throws {
        let wrong = Example.peterLine.replacing("nAM=", with: "nAA=")
        let peter = try VerifierKey(Example.peter)
        let keys = [peter, try Example.enoch().verifierKey]
        for text in [wrong, Example.enochLine + wrong, Example.peterLine + wrong, "— PeterNeumann x08gowA=\n"] {
            let note = try parse(Example.text + "\n" + text)
            #expect(throws: NoteError.wrongSignature(peter.name)) { try note.verified(by: keys) }
        }
    }

    @Test func `any other text under the signature is found out`() throws {
        let peter = try VerifierKey(Example.peter)
        for position in Example.text.utf8.indices.map({ $0.utf16Offset(in: Example.text) }) {
            var bytes = Array((Example.text + "\n" + Example.peterLine).utf8)
            bytes[position] ^= 1
            // Some changes make a control character; then it is no note at all.
            #expect(throws: NoteError.self) { try SignedNote(parsing: bytes).verified(by: [peter]) }
        }
    }

    @Test func `a key that signs twice is listed once`() throws {
        let note = try parse(Example.text + "\n" + Example.peterLine + Example.peterLine)
        #expect(try note.verified(by: [VerifierKey(Example.peter)]).count == 1)
    }

    @Test func `the text may hold empty lines`() throws {
        let enoch = try Example.enoch()
        let text = Array("\na\n\n\nb\n\n".utf8)
        let note = try SignedNote(parsing: SignedNote(signing: text, with: [enoch]).bytes)
        #expect(note.text == text)
        #expect(try note.verified(by: [enoch.verifierKey]).count == 1)
    }

    static let malformed: [(String, NoteError)] = [
        ("", .noSignatures), ("\n", .noSignatures), ("\n\n", .noSignatures), (Example.text, .noSignatures),
        (Example.text + "\n", .noSignatures), (Example.text + Example.peterLine, .noSignatures),
        (Example.text + "\n" + Example.peterLine + "\n", .noSignatures),
        (Example.text + "\n" + Example.peterLine.dropLast(), .malformedSignature(line: 1)),
        (Example.text + "\n" + Example.peterLine + "Unexpected line.\n", .malformedSignature(line: 2)),
        ("\u{1}" + Example.text + "\n" + Example.peterLine, .controlCharacter),
        ("a\r\n\n" + Example.peterLine, .controlCharacter), ("a\tb\n\n" + Example.peterLine, .controlCharacter),
        ("a\n\n- PeterNeumann AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n—PeterNeumann AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n—  AAAAAAE=\n", .malformedSignature(line: 1)), ("a\n\n— AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n— Bad Name AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n— Bad+Name AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n— Bad\u{a0}Name AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n— Name  AAAAAAE=\n", .malformedSignature(line: 1)),
        ("a\n\n— Name AAAAAAE= \n", .malformedSignature(line: 1)), ("a\n\n— Name \n", .malformedSignature(line: 1)),
        ("a\n\n— Name AAAAAA==\n", .malformedSignature(line: 1)),
        ("a\n\n— Name AAAAAAE\n", .malformedSignature(line: 1)),
        ("a\n\n— Name AAAAAAF=\n", .malformedSignature(line: 1)), ("a\n\n—", .malformedSignature(line: 1)),
        ("a\n\n" + String(repeating: Example.peterLine, count: 33), .tooManySignatures),
        (String(repeating: "a", count: 65_536) + "\n\n" + Example.peterLine, .tooLong),
    ]

    @Test(arguments: malformed)
    func `what is no note is refused, with the reason`(text: String, error: NoteError) {
        #expect(throws: error) { try parse(text) }
        #expect("\(error)".hasSuffix("."))
    }

    @Test func `bytes that aren't UTF-8 are no note`() {
        #expect(throws: NoteError.notUTF8) {
            try SignedNote(parsing: [0xff] + Array((Example.text + "\n" + Example.peterLine).utf8))
        }
    }

    @Test func `a note with 32 signatures is read`() throws {
        let note = try parse("a\n\n" + String(repeating: Example.peterLine, count: 32))
        #expect(note.signatures.count == 32)
    }

    @Test func `a signing key can't be printed by mistake`() throws {
        let key = try Example.enoch()
        #expect("\(key)" == "<redacted>")
        #expect(String(reflecting: key) == "<redacted>")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(dumped == "- <redacted>\n")
    }

    @Test(arguments: [0, 31, 33, 64]) func `a seed has 32 bytes`(count: Int) throws {
        let name = try Example.name("a")
        #expect(throws: SeedUnusable.self) { try SigningKey(name: name, seed: [UInt8](repeating: 1, count: count)) }
    }

    private func parse(_ text: String) throws(NoteError) -> SignedNote { try SignedNote(parsing: Array(text.utf8)) }
}
