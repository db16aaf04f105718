#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The grammar of RFC 8259, section by section.
extension JSONScanner {
    func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: min(position, bytes.count), reason: position < bytes.count ? reason : .unexpectedEnd)
    }

    @inline(__always)
    func byteAtPosition() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw JSONError(offset: bytes.count, reason: .unexpectedEnd) }
        return bytes[position]
    }

    @inline(__always)
    mutating func consume(_ byte: UInt8) throws(JSONError) {
        guard try byteAtPosition() == byte else { throw error(.unexpectedByte) }
        position += 1
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Whether another member follows in the innermost open container; reads the comma, or the closing bracket.
    mutating func hasNext(closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        if try byteAtPosition() == closing {
            position += 1
            isAfterOpening = false
            return false
        }
        if !isAfterOpening {
            try consume(UInt8(ascii: ","))
            skipWhitespace()
        }
        isAfterOpening = false
        return true
    }

    /// Section 7. Jumps to the closing quote; only a string that holds a backslash is looked at more closely.
    mutating func skipString() throws(JSONError) -> (range: Range<Int>, isEscaped: Bool) {
        let start = position
        try consume(UInt8(ascii: "\""))
        var quote = try offset(of: UInt8(ascii: "\""), from: position)
        let backslash = firstOffset(of: UInt8(ascii: "\\"), in: position..<quote)
        let isEscaped = backslash != nil
        if let backslash {
            position = backslash
            quote = try closingQuoteBehindEscapes()
        }
        position = quote + 1
        if hasControlCharacters { try refuseControlCharacters(in: start + 1..<quote) }
        return (start..<position, isEscaped)
    }

    /// Goes from escape to escape. They stand close together where there are any, so that calling `memchr` twice for each
    /// would take longer than looking for both bytes at once, eight at a time.
    private mutating func closingQuoteBehindEscapes() throws(JSONError) -> Int {
        while position < bytes.count {
            if position + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
                let found = Self.marks(of: UInt8(ascii: "\""), in: word) | Self.marks(of: UInt8(ascii: "\\"), in: word)
                guard found != 0 else {
                    position += 8
                    continue
                }
                position += found.trailingZeroBitCount / 8
            }
            switch bytes[position] {
            case UInt8(ascii: "\""): return position
            case UInt8(ascii: "\\"): try skipEscape()
            default: position += 1
            }
        }
        throw JSONError(offset: bytes.count, reason: .unexpectedEnd)
    }

    /// The highest bit of the first byte of a word that equals `byte` is set, and of none before it.
    @inline(__always)
    private static func marks(of byte: UInt8, in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & (ones << 7)
    }

    private func offset(of byte: UInt8, from start: Int) throws(JSONError) -> Int {
        guard let found = firstOffset(of: byte, in: start..<bytes.count) else {
            throw JSONError(offset: bytes.count, reason: .unexpectedEnd)
        }
        return found
    }

    @inline(__always)
    private func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard !range.isEmpty, let base = bytes.baseAddress else { return nil }
        guard let found = memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    private func refuseControlCharacters(in range: Range<Int>) throws(JSONError) {
        guard ByteClasses(of: bytes[rebasing: range]).hasControlCharacters else { return }
        let offset = range.first { bytes[$0] < 0x20 } ?? range.lowerBound
        throw JSONError(offset: offset, reason: .controlCharacter)
    }

    private mutating func skipEscape() throws(JSONError) {
        let start = position
        position += 1
        switch try byteAtPosition() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            try skipUnicodeEscape(from: start)
        default:
            throw error(.badEscape)
        }
    }

    private mutating func skipUnicodeEscape(from start: Int) throws(JSONError) {
        position = start
        let unit = try codeUnit()
        if UTF16.isTrailSurrogate(unit) { throw JSONError(offset: start, reason: .loneSurrogate) }
        guard UTF16.isLeadSurrogate(unit) else { return }
        guard try codeUnitFollows(), UTF16.isTrailSurrogate(try codeUnit()) else {
            throw JSONError(offset: start, reason: .loneSurrogate)
        }
    }

    private func codeUnitFollows() throws(JSONError) -> Bool {
        try byteAtPosition() == UInt8(ascii: "\\") && position + 1 < bytes.count
            && bytes[position + 1] == UInt8(ascii: "u")
    }

    /// Reads `\uXXXX`.
    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        position += 2
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = hexDigitValue(try byteAtPosition()) else { throw error(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Section 6.
    mutating func skipNumber() throws(JSONError) {
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try byteAtPosition() == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return }
        position += 1
        if let sign = try? byteAtPosition(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
        try skipDigits()
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
        if position == start { throw error(.badNumber) }
    }

    /// Section 3.
    mutating func skipLiteral() throws(JSONError) {
        let literal: StaticString =
            switch bytes[position] {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            default: "null"
            }
        for index in 0..<literal.utf8CodeUnitCount { try consume(literal.utf8Start[index]) }
    }

    /// Sections 4 and 5, without recursion: the kinds of the open containers are bits, the innermost the lowest.
    mutating func skipContainer() throws(JSONError) {
        var isObject: UInt128 = 0
        var depth = 0
        repeat {
            if depth > 0, try !stepInside(isObject: isObject & 1 == 1) {
                isObject >>= 1
                depth -= 1
                continue
            }
            switch try peek() {
            case .object, .array:
                guard depth < maximumDepth else { throw error(.tooDeep) }
                isObject = isObject << 1 | (bytes[position] == UInt8(ascii: "{") ? 1 : 0)
                depth += 1
                position += 1
                isAfterOpening = true
            case .string: _ = try skipString()
            case .number: try skipNumber()
            case .bool, .null: try skipLiteral()
            }
        } while depth > 0
    }

    /// Goes to the next value of the innermost container; false when the container closed instead.
    private mutating func stepInside(isObject: Bool) throws(JSONError) -> Bool {
        isObject ? try nextKey() != nil : try nextElement()
    }

    /// Resolves the escapes of a range that was scanned before, so that nothing in it can be wrong.
    func unescaped(_ range: Range<Int>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var walker = self
        walker.position = range.lowerBound
        while walker.position < range.upperBound {
            let backslash = firstOffset(of: UInt8(ascii: "\\"), in: walker.position..<range.upperBound)
            text.append(contentsOf: bytes[walker.position..<(backslash ?? range.upperBound)])
            walker.position = backslash ?? range.upperBound
            if backslash != nil { walker.appendEscape(to: &text) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func appendEscape(to text: inout [UInt8]) {
        let letter = bytes[position + 1]
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

@inline(__always)
func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
