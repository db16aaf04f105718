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

    /// The value of the four digits at an offset; nil when there aren't as many.
    @inline(__always)
    private func codeUnit(at offset: Int) -> UInt16? {
        guard offset + 4 <= count else { return nil }
        let (first, second) = (hexDigitValue(self[offset]), hexDigitValue(self[offset + 1]))
        let (third, fourth) = (hexDigitValue(self[offset + 2]), hexDigitValue(self[offset + 3]))
        guard first | second | third | fourth < 16 else { return nil }
        return first << 12 | second << 8 | third << 4 | fourth
    }

    /// Resolves the escapes of a range that was scanned before, so that nothing in it can be wrong.
    func unescaped(_ range: Range<Int>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var walker = self
        walker.position = range.lowerBound
        while walker.position < range.upperBound {
            let backslash = firstOffset(of: UInt8(ascii: "\\"), in: walker.position..<range.upperBound)
            text.append(contentsOf: bytes(in: walker.position..<(backslash ?? range.upperBound)))
            walker.position = backslash ?? range.upperBound
            if backslash != nil { walker.appendEscape(to: &text) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func appendEscape(to text: inout [UInt8]) {
        let letter = self[position + 1]
        guard letter == UInt8(ascii: "u") else {
            position += 2
            text.append(Self.escaped(letter))
            return
        }
        var units = [(try? codeUnit()) ?? 0xFFFD]
        if UTF16.isLeadSurrogate(units[0]) { units.append((try? codeUnit()) ?? 0xFFFD) }
        text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
    }

    /// What a one-letter escape stands for.
    private static func escaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}

/// 0xFF for what is no digit. Written without branches, which would be guessed wrong for half of the digits.
@inline(__always)
private func hexDigitValue(_ byte: UInt8) -> UInt16 {
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
