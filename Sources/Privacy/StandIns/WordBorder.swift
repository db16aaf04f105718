/// Where words begin and end, in bytes of UTF-8.
///
/// Replacing and restoration must agree on it to the byte, so both ask here and nowhere else. Letters and digits make
/// words, and so do all scalars from U+00C0 to U+1FFF. Chinese, Japanese and Korean letters don't: a name in Latin
/// letters may stand right beside them.
enum WordBorder {
    /// How far back ``isBefore(_:in:)`` looks: a scalar of four bytes.
    static let reach = 4

    /// Whether the byte begins a character of a word.
    @inline(__always)
    static func begins(_ byte: UInt8) -> Bool {
        byte < 0x80 ? (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 : byte >= 0xC3 && byte <= 0xE1
    }

    /// Whether the byte is in a word whose beginning was before it.
    @inline(__always)
    static func goesOn(_ byte: UInt8) -> Bool {
        begins(byte) || byte & 0xC0 == 0x80
    }

    /// Whether something that begins with a letter may begin at `index`.
    static func isBefore(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard index > 0 else { return true }
        var first = index - 1
        while first > 0, index - first < reach, text[first] & 0xC0 == 0x80 { first -= 1 }
        let byte = text[first]
        if byte & 0xC0 == 0x80 { return false }
        return !begins(byte) || isEscape(at: first, in: text) && first == index - 1
    }

    /// Whether something that ends with a letter may end at `index`.
    @inline(__always)
    static func isAfter(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        index >= text.count || !goesOn(text[index])
    }

    /// Whether the letter is the second half of a line break or tabulator in source or JSON: `\nJane`.
    @inline(__always)
    static func isEscape(at index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let byte = text[index]
        return (byte == 0x6E || byte == 0x72 || byte == 0x74) && index > 0 && text[index - 1] == 0x5C
    }

    /// Whether the byte never touches a word, whatever stands beside it.
    @inline(__always)
    static func separates(_ byte: UInt8) -> Bool {
        byte < 0x80 && !begins(byte)
    }

    /// The range, changed until no half character and no half word is at its ends, so that what is put there can be
    /// told apart again: grown by the rest of a word, or without brackets that a word touches.
    ///
    /// - Parameter range: with a letter or digit in it.
    static func whole(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        if !isBefore(start, in: text) { while start < end, separates(text[start]) { start += 1 } }
        if !isAfter(end, in: text) { while end > start, separates(text[end - 1]) { end -= 1 } }
        while start > 0, !isBefore(start, in: text) {
            start -= 1
            while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        }
        while !isAfter(end, in: text) { end += 1 }
        return start..<end
    }

    /// The words of a value.
    static func words(of value: some Collection<UInt8>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, byte) in value.enumerated() {
            if let first = start, !goesOn(byte) {
                words.append(first..<index)
                start = nil
            } else if start == nil, begins(byte) {
                start = index
            }
        }
        if let start { words.append(start..<value.count) }
        return words
    }
}
