/// The grammar of RFC 8259, section by section.
extension JSONScanner {
    func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: min(position, count), reason: position < count ? reason : .unexpectedEnd)
    }

    @inline(__always)
    subscript(offset: Int) -> UInt8 {
        assert(offset >= 0 && offset < count)
        return base.load(fromByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    func byteAtPosition() throws(JSONError) -> UInt8 {
        guard position < count else { throw JSONError(offset: count, reason: .unexpectedEnd) }
        return self[position]
    }

    @inline(__always)
    mutating func consume(_ byte: UInt8) throws(JSONError) {
        guard try byteAtPosition() == byte else { throw error(.unexpectedByte) }
        position += 1
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < count, self[position] <= 0x20 {
            switch self[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Whether another member follows in the innermost open container; reads the comma, or the closing bracket.
    @inline(__always)
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

    /// Section 6.
    mutating func skipNumber() throws(JSONError) {
        if self[position] == UInt8(ascii: "-") { position += 1 }
        if try byteAtPosition() == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if position < count, self[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        guard position < count, self[position] | 0x20 == UInt8(ascii: "e") else { return }
        position += 1
        if let sign = try? byteAtPosition(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
        try skipDigits()
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= self[position] { position += 1 }
        if position == start { throw error(.badNumber) }
    }

    /// Section 3.
    mutating func skipLiteral() throws(JSONError) {
        let literal: StaticString =
            switch self[position] {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            default: "null"
            }
        for index in 0..<literal.utf8CodeUnitCount { try consume(literal.utf8Start[index]) }
    }

    /// Sections 4 and 5, without recursion: the kinds of the open containers are bits, the innermost the lowest.
    @inline(__always)
    mutating func skipContainer(_ look: KeyLook) throws(JSONError) {
        var isObject: UInt128 = 0
        var depth = 0
        repeat {
            if depth > 0, try !stepInside(isObject: isObject & 1 == 1, look) {
                isObject >>= 1
                depth -= 1
                continue
            }
            switch try peek() {
            case .object, .array:
                guard depth < maximumDepth else { throw error(.tooDeep) }
                isObject = isObject << 1 | (self[position] == UInt8(ascii: "{") ? 1 : 0)
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
    @inline(__always)
    private mutating func stepInside(isObject: Bool, _ look: KeyLook) throws(JSONError) -> Bool {
        guard isObject else { return try nextElement() }
        guard try hasNext(closing: UInt8(ascii: "}")) else { return false }
        let start = position + 1
        let mayHaveEscapes = try skipString()
        look(bytes(in: start..<position - 1), mayHaveEscapes)
        try consumeColon()
        return true
    }

    @inline(__always)
    mutating func consumeColon() throws(JSONError) {
        skipWhitespace()
        try consume(UInt8(ascii: ":"))
    }
}
