import Testing

@testable import Wire

/// The standard library's own validation is the oracle: `String(validating:)` takes exactly UTF-8.
@Suite struct UTF8ValidationTests {
    @Test func `sound texts of all letters have no fault, wherever a block ends`() {
        var generator = SeededGenerator(seed: 11)
        let letters: [String] = ["a", "é", "œ", "€", "’", "語", "\u{FFFD}", "𝄞", "🍁", "\u{0}", "\u{7FF}", "\u{800}"]
        for length in [0, 1, 2, 3, 4095, 4096, 4097, 8191, 8192, 8193, 20_000] {
            for _ in 0..<8 {
                var text = ""
                while text.utf8.count < length { text += letters[Int.random(in: 0..<letters.count, using: &generator)] }
                #expect(fault(Array(text.utf8)) == nil)
            }
        }
    }

    @Test func `plain French is judged like any other text`() {
        let text = String(repeating: "Les données québécoises, à l’abri. ", count: 1_000)
        for cut in 0..<64 { #expect(fault(Array(text.utf8.dropLast(cut))) == oracle(Array(text.utf8.dropLast(cut)))) }
    }

    @Test func `one changed byte is found where the standard library finds it`() {
        var generator = SeededGenerator(seed: 12)
        let sound = Array(String(repeating: "aé€🍁 plain words of a text ", count: 400).utf8)
        for _ in 0..<2_000 {
            var bytes = sound
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            #expect(fault(bytes) == oracle(bytes), "byte \(index) is \(bytes[index])")
        }
    }

    @Test(arguments: [
        [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        [0xC3, 0xA9, 0xA9], [0xE2, 0x82, 0xAC, 0x80],
    ])
    func `what looks like a letter and is none is refused`(bytes: [UInt8]) {
        for padding in [0, 1, 4093, 4094, 4095, 4096] {
            let text = [UInt8](repeating: 0x61, count: padding) + bytes
            #expect(fault(text) == oracle(text) && fault(text) != nil)
            #expect(fault(text + [0x61]) == oracle(text + [0x61]))
        }
    }

    private func fault(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { firstInvalidUTF8(in: $0) } }

    private func oracle(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { buffer -> Int? in
            do throws(Unicode.UTF8.ValidationError) {
                _ = try UTF8Span(validating: buffer.span)
                return nil
            } catch {
                return error.byteOffsets.lowerBound
            }
        }
    }
}
