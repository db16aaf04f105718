import Testing

@testable import ProviderSimulator

@Suite struct PiecesTests {
    @Test(arguments: [
        ("", []), ("one", ["one"]), ("  one two\n", ["  one", " two\n"]), ("a  b", ["a", "  b"]), (" \n", [" \n"]),
    ])
    func `a piece is a word with what is before it`(text: String, pieces: [String]) {
        #expect(wordPieces(of: text) == pieces)
        #expect(wordPieces(of: text).joined() == text)
    }

    @Test func `a piece of characters never splits one`() {
        #expect(cut("é🍁ü", every: 1) == ["é", "🍁", "ü"])
        #expect(cut("abcdefgh", every: 7) == ["abcdefg", "h"])
    }

    @Test func `white space of any kind parts words`() {
        #expect(wordCount("un\u{202F}: deux\u{00A0}trois\t4\n") == 5)
        #expect(wordCount("") == 0)
    }

    @Test(arguments: ["", "Zg", "Zg==", "Zm9vYg==", "Zm8=", "-_-_"])
    func `reads Base64 with and without padding, in both alphabets`(text: String) {
        #expect(Base64.decode(text) != nil)
    }

    @Test(arguments: ["A", "Zg=", "Z===", "Zm9v\n", "Z g=", "é"])
    func `refuses what is not Base64`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `writes Base64 that reads back`() {
        for count in 0..<20 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}

@Suite struct AttachmentTests {
    private static let header: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(data.count)] + Array(kind.utf8) + data + [0, 0, 0, 0]
    }

    @Test func `reads the words that a test picture carries`() {
        let size: [UInt8] = [0, 0, 0, 48, 0, 0, 0, 32, 8, 2, 0, 0, 0]
        let image = Self.header + chunk("IHDR", size) + chunk("tEXt", Array("Description\0STOP".utf8))
        let sentence = Attachment.bytes(image).sentence(number: 2)
        #expect(sentence.hasPrefix("Image 2: png 48x32, \(image.count) bytes, sha256 "))
        #expect(sentence.hasSuffix(". It says: STOP"))
    }

    @Test(arguments: [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF], "png"),
        ([0xFF, 0xD8, 0xFF, 0xC0], "jpeg"),
        (Array("GIF89a".utf8), "gif"), (Array("%PDF-1.7".utf8), "pdf"), ([], "unknown"),
    ])
    func `a picture that breaks off still has a format`(bytes: [UInt8], format: String) {
        #expect(ImageHeader(bytes).format == format)
        #expect(ImageHeader(bytes).size == nil)
    }

    @Test func `finds a JPEG's size behind other segments`() {
        let image: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 11, 8, 0, 32, 1, 0, 3]
        #expect(ImageHeader(image).size == ImageHeader.Size(width: 256, height: 32))
    }

    @Test func `a link is never fetched`() throws {
        let attachment = try Attachment(url: "https://example.com/a.png", at: "")
        #expect(attachment.sentence(number: 1).hasPrefix("Image 1: url, 25 bytes, sha256 "))
    }

    @Test func `bytes that are not Base64 are refused`() {
        #expect(throws: Refusal.self) { try Attachment(url: "data:image/png;base64,A", at: "") }
    }
}
