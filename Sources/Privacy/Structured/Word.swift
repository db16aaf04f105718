/// A word of a text, with what it means to the recognizers.
struct Word {
    var range: Range<Int>
    var meaning: Meaning
    /// Begins with a capital.
    var isCapitalized: Bool
    /// Has no small letter.
    var isUppercase: Bool
    /// Has a letter outside of ASCII.
    var isAccented: Bool
    /// Has a capital behind a small letter, as `birthDate` has.
    var hasHump: Bool
}

/// The hash of a word without case and accents: FNV-1a, 64 bits.
struct VocabularyHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    mutating func add(_ folded: UInt8) {
        value = (value ^ UInt64(folded)) &* 0x0000_0100_0000_01B3
    }
}

/// A letter of a text as it counts in a word.
struct Letter {
    var length: Int
    /// In ASCII without case and accent; zero for a combining mark, which counts for nothing.
    var folded: UInt8
    /// The second letter of `œ`, `æ` and `ß`.
    var second: UInt8 = 0
    var isCapital: Bool
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// The letter at an offset: of ASCII, or anything else but the punctuation and symbols of general use.
    @inline(__always)
    func letter(at offset: Int) -> Letter? {
        let byte = byte(offset)
        if byte < 0x80 {
            return byte.isLetter ? Letter(length: 1, folded: byte | 0x20, isCapital: byte < 0x60) : nil
        }
        return letterBeyondASCII(at: offset)
    }

    private func letterBeyondASCII(at offset: Int) -> Letter? {
        let second = byte(offset + 1)
        guard second & 0xC0 == 0x80 else { return nil }
        switch byte(offset) {
        case 0xC3:
            return letterOfLatin1(second)
        case 0xC5 where second | 1 == 0x93:
            return Letter(length: 2, folded: UInt8(ascii: "o"), second: UInt8(ascii: "e"), isCapital: second == 0x92)
        case 0xCC:
            return Letter(length: 2, folded: 0, isCapital: false)
        case 0xCD where second <= 0xAF:
            return Letter(length: 2, folded: 0, isCapital: false)
        case 0xC4...0xCB, 0xCD...0xDF:
            // Latin Extended-A pairs capitals (even) with small letters (odd), nearly everywhere.
            return Letter(length: 2, folded: second, isCapital: byte(offset) <= 0xC5 && second & 1 == 0)
        case 0xE0...0xEF:
            return letterOfThreeBytes(at: offset)
        default:
            return nil
        }
    }

    private func letterOfThreeBytes(at offset: Int) -> Letter? {
        let (first, second, third) = (byte(offset), byte(offset + 1), byte(offset + 2))
        guard third & 0xC0 == 0x80 else { return nil }
        // U+2000 to U+2FFF: punctuation and symbols; U+3000 to U+303F and U+FE00 to U+FFFF: mostly the same.
        if first == 0xE2 || (first == 0xE3 && second == 0x80) || (first == 0xEF && second >= 0xB8) { return nil }
        return Letter(length: 3, folded: second ^ third, isCapital: false)
    }

    /// U+00C0 to U+00FF, by the second byte.
    private func letterOfLatin1(_ second: UInt8) -> Letter? {
        let isCapital = second < 0xA0
        let base: UInt8
        var next: UInt8 = 0
        switch second | 0x20 {
        case 0xA0...0xA5: base = UInt8(ascii: "a")
        case 0xA6: (base, next) = (UInt8(ascii: "a"), UInt8(ascii: "e"))
        case 0xA7: base = UInt8(ascii: "c")
        case 0xA8...0xAB: base = UInt8(ascii: "e")
        case 0xAC...0xAF: base = UInt8(ascii: "i")
        case 0xB0: base = UInt8(ascii: "d")
        case 0xB1: base = UInt8(ascii: "n")
        case 0xB2...0xB6, 0xB8: base = UInt8(ascii: "o")
        case 0xB7: return nil
        case 0xB9...0xBC: base = UInt8(ascii: "u")
        case 0xBD: base = UInt8(ascii: "y")
        case 0xBE: base = UInt8(ascii: "t")
        default:
            if second == 0x9F { return Letter(length: 2, folded: 0x73, second: 0x73, isCapital: false) }
            base = UInt8(ascii: "y")
        }
        return Letter(length: 2, folded: base, second: next, isCapital: isCapital)
    }
}
