/// Case and accents of the scripts that names here are written in.
///
/// Written out because the standard library's `Unicode.Scalar.Properties` answers with strings, which is too slow for
/// each letter of each text.
package enum Letters {
    @inline(__always)
    package static func isLetter(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return (scalar | 0x20) &- 0x61 < 26 }
        if scalar < 0x250 {
            return scalar >= 0xC0 && scalar != 0xD7 && scalar != 0xF7 || scalar == 0xAA || scalar == 0xBA
        }
        return isOtherLetter(scalar)
    }

    /// Where the letters end that begin at a place; `limit` is at most the number of bytes.
    package static func end(in text: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit {
            let (scalar, length) = UTF8Reader.scalar(in: text, at: end)
            guard isLetter(scalar), end + length <= limit else { break }
            end += length
        }
        return end
    }

    private static func isOtherLetter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x250...0x2AF, 0x300...0x36F, 0x370...0x373, 0x376...0x37D, 0x386, 0x388...0x52F: true
        case 0x531...0x587, 0x5D0...0x5EA, 0x620...0x669, 0x671...0x6D3, 0x900...0xDFF: true
        // Canadian syllabics, Vietnamese, kana, Han, Hangul.
        case 0x1400...0x167F, 0x1E00...0x1FFF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7AF: true
        default: false
        }
    }

    package static func lowercase(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x41...0x5A, 0xC0...0xD6, 0xD8...0xDE, 0x391...0x3A1, 0x3A3...0x3AB, 0x410...0x42F: scalar + 0x20
        case 0x130: 0x69
        case 0x178: 0xFF
        case 0x100...0x137, 0x14A...0x177, 0x1E00...0x1E95, 0x1EA0...0x1EFF, 0x218...0x21B: scalar | 1
        case 0x139...0x148, 0x179...0x17E: scalar + (scalar & 1)
        case 0x1A0, 0x1AF: scalar + 1
        case 0x400...0x40F: scalar + 0x50
        default: scalar
        }
    }

    /// The one or two ASCII letters for a lower-case letter with an accent; zeros for any other letter.
    package static func withoutAccent(_ scalar: UInt32) -> (UInt8, UInt8) {
        switch scalar {
        case 0..<0x80: (UInt8(scalar), 0)
        case 0xDF: (0x73, 0x73)
        case 0xE6: (0x61, 0x65)
        case 0xFE: (0x74, 0x68)
        case 0x153: (0x6F, 0x65)
        case 0xE0...0xFF: (latin1[Int(scalar - 0xE0)], 0)
        case 0x100...0x17F: (extendedA[Int(scalar - 0x100)], 0)
        case 0x1A1: (0x6F, 0)
        case 0x1B0: (0x75, 0)
        case 0x219: (0x73, 0)
        case 0x21B: (0x74, 0)
        case 0x2019, 0x2BC, 0x2018: (0x27, 0)
        case 0x2010, 0x2011: (0x2D, 0)
        case 0x1EA0...0x1EFF: (vietnamese(scalar), 0)
        default: (0, 0)
        }
    }

    private static func vietnamese(_ scalar: UInt32) -> UInt8 {
        switch scalar {
        case ...0x1EB7: 0x61
        case ...0x1EC7: 0x65
        case ...0x1ECB: 0x69
        case ...0x1EE3: 0x6F
        case ...0x1EF1: 0x75
        default: 0x79
        }
    }

    private static let latin1: [UInt8] = Array("aaaaaaaceeeeiiiidnooooo/ouuuuyty".utf8)
    private static let extendedA: [UInt8] = Array(
        ("aaaaaaccccccccdddd" + "eeeeeeeeee" + "gggggggg" + "hhhh" + "iiiiiiiiii" + "iijj" + "kkk" + "llllllllll"
            + "nnnnnnnnn" + "ooooooo" + "o" + "rrrrrr" + "ssssssss" + "tttttt" + "uuuuuuuuuuuu" + "ww" + "yyy"
            + "zzzzzz" + "s").utf8)
}

/// Reads UTF-8 that may be broken: a byte that begins nothing valid is one unknown character.
package enum UTF8Reader {
    /// - Parameter index: must be below `bytes.count`.
    @inline(__always)
    package static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (scalar: UInt32, length: Int) {
        let first = bytes[index]
        return first < 0x80 ? (UInt32(first), 1) : long(in: bytes, at: index, first: UInt32(first))
    }

    private static func long(
        in bytes: UnsafeBufferPointer<UInt8>, at index: Int, first: UInt32
    ) -> (scalar: UInt32, length: Int) {
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first < 0xF5, bytes.count - index >= length else { return (0xFFFD, 1) }
        var scalar = first & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = bytes[index + offset]
            guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let least: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return (0xFFFD, 1) }
        return (scalar, length)
    }
}
