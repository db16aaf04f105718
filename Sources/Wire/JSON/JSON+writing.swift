/// Writing JSON text, as bytes at the end of a buffer.
extension [UInt8] {
    /// Appends a string as JSON, with its quotes. Only what must be escaped is.
    public mutating func append(json text: String) {
        var text = text
        append(UInt8(ascii: "\""))
        text.withUTF8 { append(escaping: UnsafeRawBufferPointer($0)) }
        append(UInt8(ascii: "\""))
    }

    /// Appends text with its escapes, without quotes: for text that comes in pieces.
    public mutating func append(escaping text: UnsafeRawBufferPointer) {
        var start = 0
        while true {
            let end = text.firstToEscape(from: start)
            append(contentsOf: text[rebasing: start..<end])
            guard end < text.count else { return }
            append(escapeOf: text[end])
            start = end + 1
        }
    }

    public mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }

    /// Appends a whole number in decimal digits.
    public mutating func append(decimal number: some BinaryInteger) {
        // Counts and statuses, nearly always: a text made on the way took a good part of the time of a record.
        guard let small = UInt32(exactly: number) else { return append(contentsOf: String(number).utf8) }
        var digits: (UInt64, UInt64) = (0, 0)
        Swift.withUnsafeMutableBytes(of: &digits) { buffer in
            var rest = small
            var start = buffer.count
            repeat {
                start -= 1
                buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: buffer[start...])
        }
    }

    private mutating func append(escapeOf byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        default:
            let digits: StaticString = "0123456789abcdef"
            append("\\u00")
            append(digits.utf8Start[Int(byte >> 4)])
            append(digits.utf8Start[Int(byte & 15)])
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where the first byte stands that JSON strings hold only escaped (RFC 8259, section 7); the end where none does.
    func firstToEscape(from start: Int) -> Int {
        var offset = start
        while offset + 8 <= count {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let found = Self.toEscape(in: word)
            if found != 0 { return offset + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < count, !Self.isToEscape(self[offset]) { offset += 1 }
        return offset
    }

    /// The highest bit of the first byte of a word that is to be escaped is set, and of none before it.
    @inline(__always)
    private static func toEscape(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (word &- (ones &* 0x20)) & ~word
        return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | controls) & (ones << 7)
    }

    @inline(__always)
    private static func isToEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}

extension JSON {
    /// In what order an object's members are written.
    public enum MemberOrder: Sendable {
        /// As they were read or set.
        case kept
        /// By key, so that equal values give equal bytes.
        case sorted
    }

    /// The value as JSON text without white space.
    public func bytes(_ order: MemberOrder = .kept) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, order)
        return bytes
    }

    /// The value as JSON text without white space.
    public func text(_ order: MemberOrder = .kept) -> String {
        String(decoding: bytes(order), as: UTF8.self)
    }

    public func write(to bytes: inout [UInt8], _ order: MemberOrder = .kept) {
        switch self {
        case .null: bytes.append("null")
        case .bool(true): bytes.append("true")
        case .bool(false): bytes.append("false")
        case .number(let digits): bytes.append(text: digits)
        case .string(let text): bytes.append(json: text)
        case .array(let elements): Self.write(elements, to: &bytes, order)
        case .object(let object): object.write(to: &bytes, order)
        }
    }

    private static func write(_ elements: [JSON], to bytes: inout [UInt8], _ order: MemberOrder) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            element.write(to: &bytes, order)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

extension JSONObject {
    public func write(to bytes: inout [UInt8], _ order: JSON.MemberOrder = .kept) {
        let ordered = order == .sorted ? members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : members
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in ordered.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(json: member.key)
            bytes.append(UInt8(ascii: ":"))
            member.value.write(to: &bytes, order)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
