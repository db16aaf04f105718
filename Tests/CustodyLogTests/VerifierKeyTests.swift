import CustodyLog
import Testing

@Suite struct VerifierKeyTests {
    /// The examples of C2SP signed-note and of Go's `sumdb/note`, and a witness's from Tessera's tests.
    static let texts = [
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    ]

    @Test(arguments: texts) func `a key is read back from what it is written as`(text: String) throws {
        let key = try VerifierKey(text)
        #expect(key.text == text)
        #expect(try VerifierKey(name: key.name, kind: key.kind, publicKey: key.publicKey) == key)
    }

    @Test func `the kind is part of the key`() throws {
        #expect(try VerifierKey(Self.texts[1]).kind == .ed25519)
        #expect(try VerifierKey(Self.texts[2]).kind == .cosignature)
        let log = try VerifierKey(Self.texts[1])
        let witness = try VerifierKey(name: log.name, kind: .cosignature, publicKey: log.publicKey)
        #expect(log.id != witness.id)
    }

    @Test func `no part of a key's text is a key, and no other text is this one`() throws {
        let text = Array(Self.texts[1].utf8)
        for start in text.indices {
            for end in start + 1...text.count where end - start < text.count {
                let part = String(decoding: text[start..<end], as: UTF8.self)
                #expect(throws: VerifierKeyError.self) { try VerifierKey(part) }
            }
        }
        for position in text.indices {
            var other = text
            other[position] += 1
            #expect(throws: VerifierKeyError.self) { try VerifierKey(String(decoding: other, as: UTF8.self)) }
        }
    }

    @Test(arguments: [
        ("", VerifierKeyError.form), ("PeterNeumann", .form), ("PeterNeumann+c74f20a3", .form),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .name),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .name),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .id),
        ("PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .id),
        ("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .kind),
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", .form),
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==", .publicKey),
        ("PeterNeumann+c74f20a3+", .form), (String(repeating: "a", count: 4_096) + "+c74f20a3+AA==", .form),
    ])
    func `what is wrong with a key is said`(text: String, error: VerifierKeyError) {
        #expect(throws: error) { try VerifierKey(text) }
        #expect("\(error)".hasSuffix("."))
    }

    @Test(arguments: ["", "a b", "a+b", "a\u{a0}b", "a\u{2028}b", "a\u{3000}", "a\n", "a\u{7f}", "a\u{85}", "\u{0}"])
    func `a name has no white space, control character or plus sign`(text: String) {
        #expect(KeyName(text) == nil)
    }

    @Test func `a name has at most 255 bytes`() {
        #expect(KeyName(String(repeating: "é", count: 127)) != nil)
        #expect(KeyName(String(repeating: "é", count: 128)) == nil)
    }

    @Test func `names that only look alike are two`() throws {
        #expect(KeyName("caf\u{e9}") != KeyName("cafe\u{301}"))
        #expect(Set([KeyName("caf\u{e9}"), KeyName("cafe\u{301}"), KeyName("caf\u{e9}")]).count == 2)
    }
}
