import TestSupport
import Testing
import Wire

/// Strings are looked at in blocks of 16 and 64 bytes; what is found in them must not depend on where the blocks begin.
@Suite struct JSONStringTests {
    static let soundPieces: [String] = [
        #"\n"#, #"\""#, #"\\"#, #"\\\\"#, #"\\\""#, #"\n\""#, #"\"\n\\n"#, #"\t"#, #"\/\b\f\r"#,
        #"\u00e9"#, #"\ud83c\uDF41"#, #"\u005C"#, #"\\u12"#, "é", "\u{7F}",
    ]
    /// What ends a string early, or makes it wrong.
    static let otherPieces: [String] = [
        "\"", "\"\"", #"\\""#, #"\\\\""#, "\u{1F}", "\n", #"\x"#, #"\"# + "\n",
        #"\u12g4"#, #"\ud83c"#, #"\udf41"#, #"\ud83c\n"#, #"\ud83c\u0041"#,
    ]

    @Test(arguments: soundPieces + otherPieces)
    func `a piece is read alike at each place of a string`(_ piece: String) {
        for before in 0...140 {
            for after in [0, 1, 14, 15, 16, 40, 64, 80] {
                let inside = Array(repeating: UInt8(ascii: "n"), count: before) + Array(piece.utf8)
                let string = Array("[\"".utf8) + inside + Array(repeating: UInt8(ascii: "u"), count: after)
                compare(string + Array("\"]".utf8))
                compare(string + Array("\",7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28]".utf8))
                compare(string)
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func `pieces in any order are read alike`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4_000 {
            var text = "[\""
            for _ in 0..<random.below(12) {
                text += random.pick(random.isOneIn(15) ? Self.otherPieces : Self.soundPieces)
                text += String(repeating: random.pick(["n", "u", "é"]), count: random.below(40))
            }
            compare(Array((text + "\"" + String(repeating: " ", count: random.below(80)) + "]").utf8))
        }
    }

    @Test func `escapes at each place are resolved`() throws {
        for before in 0...80 {
            let plain = String(repeating: "n", count: before)
            let text = "\"" + plain + #"\n\"\\\/\u00e9\ud83c\udf41\\n"# + plain + "\""
            #expect(try JSON(parsing: text).string == plain + "\n\"\\/é🍁\\n" + plain)
        }
    }

    // MARK: Helpers

    private func compare(_ text: [UInt8]) {
        let (found, expected) = (scan(text), read(text))
        if found != expected {
            Issue.record("\(found) for \(expected): \(String(decoding: text, as: UTF8.self).debugDescription)")
        }
    }

    private func scan(_ text: [UInt8]) -> Result<Range<Int>, JSONError> {
        text.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in
                var scanner = try JSONScanner(bytes)
                try scanner.enterArray()
                _ = try scanner.nextElement()
                return try scanner.skipValue().range
            }
        }
    }

    /// The same, byte by byte: where the string ends that begins at offset 1.
    private func read(_ text: [UInt8]) -> Result<Range<Int>, JSONError> {
        guard text[2...].contains(UInt8(ascii: "\"")) else { return fault(text.count, .unexpectedEnd) }
        var position = 2
        var control: Int?
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            if text[position] == UInt8(ascii: "\\") {
                switch escape(text, at: position) {
                case .success(let end): position = end
                case .failure(let error): return .failure(error)
                }
            } else {
                if text[position] < 0x20, control == nil { control = position }
                position += 1
            }
        }
        guard position < text.count else { return fault(text.count, .unexpectedEnd) }
        return control.map { fault($0, .controlCharacter) } ?? .success(1..<position + 1)
    }

    private func escape(_ text: [UInt8], at start: Int) -> Result<Int, JSONError> {
        guard start + 1 < text.count else { return fault(text.count, .unexpectedEnd) }
        guard text[start + 1] == UInt8(ascii: "u") else {
            return #""\/bfnrt"#.utf8.contains(text[start + 1]) ? .success(start + 2) : fault(start + 1, .badEscape)
        }
        return unit(text, at: start + 2).flatMap { unit in
            if 0xDC00...0xDFFF ~= unit { return fault(start, .loneSurrogate) }
            guard 0xD800...0xDBFF ~= unit else { return .success(start + 6) }
            guard start + 6 < text.count else { return fault(text.count, .unexpectedEnd) }
            guard text[(start + 6)...].starts(with: #"\u"#.utf8) else { return fault(start, .loneSurrogate) }
            return self.unit(text, at: start + 8).flatMap { trail in
                0xDC00...0xDFFF ~= trail ? .success(start + 12) : fault(start, .loneSurrogate)
            }
        }
    }

    private func unit(_ text: [UInt8], at start: Int) -> Result<Int, JSONError> {
        var unit = 0
        for position in start..<start + 4 {
            guard position < text.count else { return fault(text.count, .unexpectedEnd) }
            guard let digit = Character(UnicodeScalar(text[position])).hexDigitValue, text[position] < 0x80 else {
                return fault(position, .badEscape)
            }
            unit = unit << 4 | digit
        }
        return .success(unit)
    }

    private func fault<Value>(_ offset: Int, _ reason: JSONError.Reason) -> Result<Value, JSONError> {
        .failure(JSONError(offset: offset, reason: reason))
    }
}
