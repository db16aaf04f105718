/// Escapes in strings, section 7 of RFC 8259.
extension JSONScanner {
    /// Steps over the escape at the position.
    @inline(__always)
    mutating func skipEscape() throws(JSONError) {
        position += 1
        let letter = try byteAtPosition()
        if letter == UInt8(ascii: "u") {
            if let unit = codeUnit(at: position + 1), unit & 0xF800 != 0xD800 {
                position += 5
            } else {
                try skipRareUnicodeEscape(from: position - 1)
            }
        } else {
            guard isEscapeLetter(letter) else { throw error(.badEscape) }
            position += 1
        }
    }

    /// One of a surrogate pair, or one that is wrong.
    @inline(never)
    private mutating func skipRareUnicodeEscape(from start: Int) throws(JSONError) {
        position = start
        let unit = try codeUnit()
        if UTF16.isTrailSurrogate(unit) { throw JSONError(offset: start, reason: .loneSurrogate) }
        guard UTF16.isLeadSurrogate(unit) else { return }
        guard try codeUnitFollows(), UTF16.isTrailSurrogate(try codeUnit()) else {
            throw JSONError(offset: start, reason: .loneSurrogate)
        }
    }

    private func codeUnitFollows() throws(JSONError) -> Bool {
        try byteAtPosition() == UInt8(ascii: "\\") && position + 1 < count
            && self[position + 1] == UInt8(ascii: "u")
    }

    /// Reads `\uXXXX`.
    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        position += 2
        if let unit = codeUnit(at: position) {
            position += 4
            return unit
        }
        while hexDigitValue(try byteAtPosition()) < 16 { position += 1 }
        throw error(.badEscape)
    }
}

/// 0xFF for what is no digit. Written without branches, which would be guessed wrong for half of the digits.
@inline(__always)
func hexDigitValue(_ byte: UInt8) -> UInt16 {
    let digit = byte &- UInt8(ascii: "0")
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return digit < 10 ? UInt16(digit) : letter < 6 ? UInt16(letter) + 10 : 0xFF
}

/// Whether this letter behind a backslash makes an escape of two bytes.
@inline(__always)
private func isEscapeLetter(_ letter: UInt8) -> Bool {
    // A bit for each letter, since a switch is a jump that can't be guessed.
    let low: UInt64 = 1 << 0x22 | 1 << 0x2F
    let high: UInt64 = 1 << 0x1C | 1 << 0x22 | 1 << 0x26 | 1 << 0x2E | 1 << 0x32 | 1 << 0x34
    return letter < 0x80 && (letter < 0x40 ? low : high) &>> (letter & 0x3F) & 1 == 1
}
