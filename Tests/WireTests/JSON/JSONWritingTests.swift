import Foundation
import Testing
import Wire

@Suite struct JSONWritingTests {
    @Test func `what was read is written so that it reads back the same`() throws {
        var generator = JSONTextGenerator(seed: 7)
        for _ in 0..<1_000 {
            guard let value = try? JSON(parsing: generator.text()) else { continue }
            let written = value.bytes()
            let again = try JSON(parsing: written)
            if again != value || again.bytes() != written { Issue.record("\(value.text())") }
        }
    }

    @Test func `sorted members give the same bytes whatever order they came in`() throws {
        let first = try JSON(parsing: #"{"b":{"y":1,"x":[{"n":1,"m":2}]},"a":1}"#)
        let second = try JSON(parsing: #"{"a":1,"b":{"x":[{"m":2,"n":1}],"y":1}}"#)
        #expect(first.text(.sorted) == #"{"a":1,"b":{"x":[{"m":2,"n":1}],"y":1}}"#)
        #expect(first.bytes(.sorted) == second.bytes(.sorted) && first.bytes() != second.bytes())
    }

    @Test func `keys that only look alike are sorted by their bytes`() throws {
        let sorted = #"{"K":2,"e\#u{301}":4,"\#u{E9}":1,"\#u{212A}":3}"#
        let value = try JSON(parsing: #"{"\#u{212A}":3,"\#u{E9}":1,"K":2,"e\#u{301}":4}"#)
        #expect(value.bytes(.sorted) == Array(sorted.utf8))
    }

    @Test func `only what must be escaped is`() {
        let text = "\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é🍁\u{2028}"
        #expect(JSON(text).text() == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u{7F}é🍁\u{2028}\"")
    }

    @Test func `every character below U+0100 comes back as it was`() throws {
        for scalar in (UInt8.min...UInt8.max).map({ Unicode.Scalar($0) }) {
            let text = "a\(scalar)b"
            #expect(try JSON(parsing: JSON(text).bytes()).string == text)
            let theirs = try JSONSerialization.jsonObject(with: Data(JSON(text).bytes()), options: .fragmentsAllowed)
            #expect(theirs as? String == text)
        }
    }

    @Test func `a byte is escaped or not wherever it stands`() {
        for byte in UInt8(0)..<0x80 {
            let escaped = JSON(String(UnicodeScalar(byte))).bytes().dropFirst().dropLast()
            for place in 0..<20 {
                var text = [UInt8](repeating: UInt8(ascii: "~"), count: 20)
                text[place] = byte
                var written: [UInt8] = []
                text.withUnsafeBytes { written.append(escaping: $0) }
                let expected = text[..<place] + escaped + text[(place + 1)...]
                if written != Array(expected) { Issue.record("\(byte) at \(place)") }
            }
        }
    }

    @Test func `pieces of a text are escaped as the whole is`() {
        let text = Array("say \"hi\"\n\u{1}é end\\".utf8)
        var whole: [UInt8] = []
        text.withUnsafeBytes { whole.append(escaping: $0) }
        for cut in 0...text.count {
            var pieces: [UInt8] = []
            text.withUnsafeBytes { bytes in
                pieces.append(escaping: bytes[rebasing: 0..<cut])
                pieces.append(escaping: bytes[rebasing: cut..<text.count])
            }
            #expect(pieces == whole)
        }
    }

    @Test func `numbers are written in decimal whatever their type`() {
        var bytes: [UInt8] = []
        bytes.append(decimal: Int.min)
        bytes.append(decimal: Int128.max)
        #expect(String(decoding: bytes, as: UTF8.self) == "-9223372036854775808170141183460469231731687303715884105727")
    }
}
