import Testing
import Wire

@Suite struct JSONScannerTests {
    @Test func `a value's range holds its brackets and quotes and no white space`() throws {
        let text = #" { "a" : [1, {"b":"]"}] , "c":"x\"y" } "#
        try scan(text) { scanner in
            try scanner.enterObject()
            #expect(try scanner.nextKey().map { part($0.range, of: text) } == "a")
            #expect(part(try scanner.skipValue().range, of: text) == #"[1, {"b":"]"}]"#)
            #expect(try scanner.nextKey().map { part($0.range, of: text) } == "c")
            let span = try scanner.skipValue()
            #expect(part(span.range, of: text) == #""x\"y""#)
            #expect(scanner.string(of: span) == #"x"y"#)
            #expect(try scanner.nextKey() == nil)
            try scanner.end()
        }
    }

    @Test func `a key written with escapes is the same text but not the same key`() throws {
        try scan(#"{"mod\u0065l":1,"model":2}"#) { scanner in
            try scanner.enterObject()
            let escaped = try #require(try scanner.nextKey())
            #expect(
                escaped.isEscaped && scanner.string(of: escaped) == "model" && !scanner.text(of: escaped, is: "model"))
            _ = try scanner.skipValue()
            let plain = try #require(try scanner.nextKey())
            #expect(!plain.isEscaped && scanner.text(of: plain, is: "model") && !scanner.text(of: plain, is: "mode"))
        }
    }

    @Test func `an array that was entered gives its elements one by one`() throws {
        try scan("[1,[2],\"3\"]") { scanner in
            try scanner.enterArray()
            var kinds: [JSONKind] = []
            while try scanner.nextElement() { kinds.append(try scanner.skipValue().kind) }
            #expect(kinds == [.number, .array, .string])
            try scanner.end()
        }
        try scan(" [ ] ") { scanner in
            try scanner.enterArray()
            #expect(try !scanner.nextElement())
            try scanner.end()
        }
    }

    @Test(arguments: [
        ("", 0, JSONError.Reason.unexpectedEnd), ("  ", 2, .unexpectedEnd), ("{", 1, .unexpectedEnd),
        ("[1", 2, .unexpectedEnd), (#""abc"#, 4, .unexpectedEnd), (#""a\"#, 3, .unexpectedEnd),
        (#""\u12"#, 5, .unexpectedEnd), ("-", 1, .unexpectedEnd), ("1.", 2, .unexpectedEnd), ("1e+", 3, .unexpectedEnd),
        ("tru", 3, .unexpectedEnd), ("[nul", 4, .unexpectedEnd),
        ("[tru]", 4, .unexpectedByte), ("[nulL]", 4, .unexpectedByte), ("fals", 4, .unexpectedEnd),
        ("falsy", 4, .unexpectedByte), ("?", 0, .unexpectedByte), ("[1,]", 3, .unexpectedByte),
        ("[,1]", 1, .unexpectedByte), ("{,}", 1, .unexpectedByte), (#"{"a"1}"#, 4, .unexpectedByte),
        (#"{"a":1,}"#, 7, .unexpectedByte), (#"{"a":1 "b":2}"#, 7, .unexpectedByte), ("{a:1}", 1, .unexpectedByte),
        ("{'a':1}", 1, .unexpectedByte), ("[1 2]", 3, .unexpectedByte), ("[1}", 2, .unexpectedByte),
        (#"{"a":1]"#, 6, .unexpectedByte), ("[01]", 2, .unexpectedByte), ("[+1]", 1, .unexpectedByte),
        ("[.5]", 1, .unexpectedByte), ("NaN", 0, .unexpectedByte), ("[1.]", 3, .badNumber), ("[1.e5]", 3, .badNumber),
        ("[-a]", 2, .badNumber), ("[1e]", 3, .badNumber), ("[1e+]", 4, .badNumber),
        ("01", 1, .trailingBytes), ("1 2", 2, .trailingBytes), ("{}x", 2, .trailingBytes),
        ("nullnull", 4, .trailingBytes),
        ("/* */1", 0, .unexpectedByte), ("[1]//", 3, .trailingBytes),
        (#""\x""#, 2, .badEscape), (#""\u12G4""#, 5, .badEscape), (#""\u""#, 3, .badEscape),
        (#""\U0041""#, 2, .badEscape),
        (#""a\ud800""#, 2, .loneSurrogate), (#""\udc00""#, 1, .loneSurrogate), (#""\ud800\n""#, 1, .loneSurrogate),
        (#""\ud800\u0041""#, 1, .loneSurrogate), (#""\ud800\ud800""#, 1, .loneSurrogate),
        ("\"a\nb\"", 2, .controlCharacter), ("\"a\tb\"", 2, .controlCharacter), ("[\"\u{1F}\"]", 2, .controlCharacter),
        ("{\"a\r\":1}", 3, .controlCharacter), ("\"\\n\u{0}\"", 3, .controlCharacter),
    ])
    func `says what is wrong and at which byte`(_ text: String, _ offset: Int, _ reason: JSONError.Reason) {
        #expect(error(Array(text.utf8)) == JSONError(offset: offset, reason: reason))
        #expect(treeError(Array(text.utf8)) == JSONError(offset: offset, reason: reason))
    }

    @Test(
        arguments: [
            ([0x22, 0x80, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC0, 0xAF, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1), ([0x22, 0xFF, 0x22], 1),
            // Outside of a string too, and behind the value.
            ([0x31, 0xC3], 1), ([0x31, 0x20, 0x20, 0xA0], 3),
        ] as [([UInt8], Int)])
    func `bytes that are not UTF-8 are refused wherever they stand`(_ text: [UInt8], _ offset: Int) {
        #expect(error(text) == JSONError(offset: offset, reason: .badUTF8))
    }

    @Test func `a byte order mark is not white space`() {
        #expect(error([0xEF, 0xBB, 0xBF, 0x31]) == JSONError(offset: 0, reason: .unexpectedByte))
    }

    @Test func `DEL and every character above it may stand in a string`() throws {
        let text = "\"\u{7F}\u{80}\u{2028}\u{FFFF}\u{10FFFF}\""
        #expect(try JSON(parsing: text).string == "\u{7F}\u{80}\u{2028}\u{FFFF}\u{10FFFF}")
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"b":"#, "}]")])
    func `a hundred nested containers are read and one more is not`(open: String, close: String) {
        let step = open.hasPrefix("[{") ? 2 : 1
        let deepest = 100 / step
        let inner = open.hasPrefix("[") && step == 1 ? "" : "1"
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)).utf8)
        }
        #expect(error(nested(deepest)) == nil && treeError(nested(deepest)) == nil)
        #expect(error(nested(deepest + 1))?.reason == .tooDeep && treeError(nested(deepest + 1))?.reason == .tooDeep)
        #expect(error(nested(100_000))?.reason == .tooDeep && treeError(nested(100_000))?.reason == .tooDeep)
    }

    @Test func `an array of a hundred arrays side by side is not deep`() throws {
        #expect(error(Array("[\(Array(repeating: "[[]]", count: 100).joined(separator: ","))]".utf8)) == nil)
    }

    @Test(
        arguments: [
            ("7", 7), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("1.0", nil), ("1e3", nil), (#""7""#, nil), ("null", nil),
        ] as [(String, Int?)])
    func `an integer is one that is written as one and fits`(_ text: String, _ value: Int?) throws {
        try scan(text) { scanner in
            let span = try scanner.skipValue()
            #expect(scanner.integer(of: span) == value)
        }
    }

    @Test func `a string that ends in escaped backslashes ends where it ends`() throws {
        #expect(try JSON(parsing: #"["\\","\\\"","\\\\"]"#) == [#"\"#, #"\""#, #"\\"#])
    }

    @Test func `reading a megabyte of escaped quotes takes no longer than its length`() throws {
        let text = Array(("\"" + String(repeating: #"\""#, count: 1 << 17) + "\"").utf8)
        #expect(error(text) == nil)
        #expect(try JSON(parsing: text).string?.utf8.count == 1 << 17)
    }

    // MARK: Helpers

    private func scan(_ text: String, _ body: (inout JSONScanner) throws -> Void) throws {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = try JSONScanner(bytes)
            try body(&scanner)
        }
    }

    private func part(_ range: Range<Int>, of text: String) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    private func error(_ text: [UInt8]) -> JSONError? {
        text.withUnsafeBytes { bytes in
            do throws(JSONError) {
                var scanner = try JSONScanner(bytes)
                _ = try scanner.skipValue()
                try scanner.end()
                return nil
            } catch {
                return error
            }
        }
    }

    private func treeError(_ text: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSON(parsing: text)
            return nil
        } catch {
            return error
        }
    }
}
