import Testing

@testable import Wire

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{FB}\u{FF}", "w7vDvw=="),
    ])
    func `the vectors of RFC 4648 go both ways`(_ text: String, _ base64: String) {
        #expect(Base64.encoded(Array(text.utf8)) == base64)
        #expect(Base64.decoded(base64) == Array(text.utf8))
    }

    @Test(arguments: ["A", "AA", "AAA", "A===", "====", "AA=A", "AA A", "AA-_", "é==", "AAAA\n"])
    func `anything else is no Base64`(_ text: String) {
        #expect(Base64.decoded(text) == nil)
    }

    @Test func `all bytes survive`() {
        let bytes = Array(UInt8.min...UInt8.max)
        for count in 0...bytes.count {
            #expect(Base64.decoded(Base64.encoded(Array(bytes[..<count]))) == Array(bytes[..<count]))
        }
    }
}
