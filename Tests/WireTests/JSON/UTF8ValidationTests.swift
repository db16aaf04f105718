import TestSupport
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
        let sound = Array(String(repeating: "aé€🍁 plain words of a text ", count: 60).utf8)
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

    static let malformed: [[UInt8]] = [
        [0x80], [0xBF], [0xC0], [0xC0, 0x80], [0xC1, 0xBF],
        [0xC2], [0xC2, 0x41], [0xC3, 0xC0], [0xC3, 0xA9, 0xA9], [0xDF],
        [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF],
        [0xE2], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xE2, 0x82, 0xAC, 0x80], [0xE2, 0x28, 0xA1],
        [0xF0], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF0, 0x9F, 0x8D, 0x81, 0x81],
        [0xF0, 0x9F, 0x41, 0x81], [0xF1, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF],
        [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    /// Blocks are of 16 and 64 bytes, a text is taken letter by letter up to 66, and stretches are of 512.
    @Test(arguments: ["a", "é", "€", "🍁", "aé", "語a"])
    func `what is no letter is found at each place, whatever letters stand around it`(letter: String) {
        var checked = 0
        for length in [0, 1, 2, 3, 16, 17, 31, 64, 66, 67, 68, 83, 131] {
            let sound = Array(String(repeating: letter, count: 1 + length / letter.utf8.count).utf8.prefix(length))
            for place in 0...length { checked += compare(sound, at: place) }
        }
        let long = Array(String(repeating: letter, count: 600 / letter.utf8.count).utf8)
        for place in 505..<525 { checked += compare(long, at: place) }
        #expect(checked > 30_000)
    }

    /// The last block of 64 bytes begins inside or right behind the first letters, which are longer than all others.
    @Test(arguments: ["é", "€", "🍁"])
    func `long letters at the very beginning of a short text are taken for what they are`(letter: String) {
        for start in 0...3 {
            for length in 60...200 {
                let beginning = Array((String(repeating: "a", count: start) + letter).utf8)
                let text = beginning + [UInt8](repeating: 0x61, count: length - beginning.count)
                #expect(fault(text) == nil)
                let cut = Array(text.prefix(beginning.count - 1) + text.dropFirst(beginning.count))
                #expect(fault(cut) == start)
            }
        }
    }

    @Test func `a control character is seen at each place`() {
        for (letter, length) in [("a", 0), ("a", 15), ("a", 70), ("é", 70), ("€", 202), ("🍁", 130), ("aé", 600)] {
            let sound = Array(String(repeating: letter, count: 1 + length / letter.utf8.count).utf8)
            #expect(!sound.withUnsafeBytes { TextCheck(of: $0).hasControlCharacters })
            for place in 0...sound.count {
                for byte: UInt8 in [0x00, 0x1F, 0x20, 0x7F] {
                    let text = sound[..<place] + [byte] + sound[place...]
                    let isSeen = Array(text).withUnsafeBytes { TextCheck(of: $0).hasControlCharacters }
                    // Where the byte splits a letter the text is refused for that.
                    let isRefused = fault(Array(text)) != nil
                    if isSeen != (byte < 0x20), !isRefused { Issue.record("\(byte) at \(place) of \(letter)") }
                }
            }
        }
    }

    /// Puts each malformed sequence at a place, once in between and once instead of what stands there.
    private func compare(_ sound: [UInt8], at place: Int) -> Int {
        for wrong in Self.malformed {
            let between = Array(sound[..<place] + wrong + sound[place...])
            if fault(between) != oracle(between) { Issue.record("\(wrong) at \(place) of \(sound.count)") }
            let instead = Array(between.prefix(place + wrong.count) + sound.dropFirst(place + wrong.count))
            if fault(instead) != oracle(instead) { Issue.record("\(wrong) at \(place) of \(sound.count)") }
        }
        return 2 * Self.malformed.count
    }

    private func fault(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { TextCheck(of: $0).isUTF8 ? nil : $0.letterFault(from: 0) }
    }

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
