extension UnsafeRawBufferPointer {
    /// Where the first sequence stands that is no letter of UTF-8 (RFC 3629, section 4); nil where there is none. It goes letter by letter: for texts
    /// that are very short, or known to be wrong.
    func letterFault(from start: Int) -> Int? {
        var position = start
        while position < count {
            guard let length = letterLength(at: position) else { return position }
            position += length
        }
        return nil
    }

    /// The length of the letter that begins at a position; nil when none does.
    func letterLength(at position: Int) -> Int? {
        // The second byte is what rules out overlong forms, surrogates and what lies beyond U+10FFFF.
        let length: Int
        let second: ClosedRange<UInt8>
        switch self[position] {
        case 0..<0x80: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard position + length <= count, second.contains(self[position + 1]) else { return nil }
        for index in position + 2..<position + length where self[index] & 0xC0 != 0x80 { return nil }
        return length
    }
}
