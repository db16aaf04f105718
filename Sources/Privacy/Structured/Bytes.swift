/// Reading of untrusted text, byte by byte: every index is fine.
extension UnsafeBufferPointer where Element == UInt8 {
    /// The byte at an offset; zero outside of the text.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        UInt(bitPattern: offset) < UInt(bitPattern: count) ? self[offset] : 0
    }

    /// The length in bytes of a space at an offset that doesn't end a line: also the ones that don't break.
    func space(at offset: Int) -> Int {
        switch byte(offset) {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): 1
        case 0xC2 where byte(offset + 1) == 0xA0: 2
        // U+2000 to U+200A, and U+202F, which French writes between groups of digits.
        case 0xE2
        where byte(offset + 1) == 0x80 && ((0x80...0x8A).contains(byte(offset + 2)) || byte(offset + 2) == 0xAF): 3
        default: 0
        }
    }

    /// The length in bytes of a hyphen, dash or minus sign at an offset.
    func dash(at offset: Int) -> Int {
        switch byte(offset) {
        case UInt8(ascii: "-"): 1
        case 0xE2 where byte(offset + 1) == 0x80 && (0x90...0x95).contains(byte(offset + 2)): 3
        case 0xE2 where byte(offset + 1) == 0x88 && byte(offset + 2) == 0x92: 3
        default: 0
        }
    }

    /// The length in bytes of an apostrophe at an offset, straight or curved.
    func apostrophe(at offset: Int) -> Int {
        switch byte(offset) {
        case UInt8(ascii: "'"): 1
        case 0xE2 where byte(offset + 1) == 0x80 && byte(offset + 2) == 0x99: 3
        default: 0
        }
    }

    /// The offset behind the spaces that begin at an offset, of which there are at most a few.
    func skippingSpaces(_ offset: Int, atMost limit: Int = 3) -> Int {
        var offset = offset
        for _ in 0..<limit {
            let length = space(at: offset)
            guard length > 0 else { break }
            offset += length
        }
        return offset
    }

    /// Whether an offset stands at the end of a number or word: no letter or digit of ASCII follows.
    func endsWord(at offset: Int) -> Bool {
        !byte(offset).isAlphanumeric && byte(offset) != UInt8(ascii: "_")
    }
}

extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
    @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    @inline(__always) var isUppercase: Bool { self &- 0x41 < 26 }
    @inline(__always) var isAlphanumeric: Bool { isDigit || isLetter }

    /// The value of a hexadecimal digit, or nil.
    var hexadecimal: UInt16? {
        if isDigit { return UInt16(self &- 0x30) }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? UInt16(letter) + 10 : nil
    }
}
