#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A text that was scanned, in which the values that were found are looked at.
///
/// It is two words that are handed on in registers. A scanner would be copied for each look, which took as long as the
/// scanning did.
struct JSONText {
    let base: UnsafeRawPointer
    let count: Int

    /// A part of the text, as a buffer of its own.
    @inline(__always)
    func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    @inline(__always)
    func bytes(in range: Range<Int>, are name: StaticString) -> Bool {
        range.count == name.utf8CodeUnitCount && memcmp(base + range.lowerBound, name.utf8Start, range.count) == 0
    }

    func string(of key: JSONKey) -> String {
        key.isEscaped ? unescaped(key.range) : String(decoding: bytes(in: key.range), as: UTF8.self)
    }

    func string(of span: JSONSpan) -> String? {
        guard span.kind == .string else { return nil }
        let inner = span.range.lowerBound + 1..<span.range.upperBound - 1
        guard !inner.isEmpty else { return "" }
        let isEscaped = firstOffset(of: UInt8(ascii: "\\"), in: inner) != nil
        return isEscaped ? unescaped(inner) : String(decoding: bytes(in: inner), as: UTF8.self)
    }

    func bool(of span: JSONSpan) -> Bool? {
        span.kind == .bool ? self[span.range.lowerBound] == UInt8(ascii: "t") : nil
    }

    func integer(of span: JSONSpan) -> Int? {
        span.kind == .number ? Int(String(decoding: bytes(in: span.range), as: UTF8.self)) : nil
    }

    @inline(__always)
    func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard let found = memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    @inline(__always)
    subscript(offset: Int) -> UInt8 {
        assert(offset >= 0 && offset < count)
        return base.load(fromByteOffset: offset, as: UInt8.self)
    }
}

/// Escapes.
extension JSONText {
    /// The value of the four hexadecimal digits at an offset; nil when there aren't as many.
    @inline(__always)
    func codeUnit(at offset: Int) -> UInt16? {
        guard offset + 4 <= count else { return nil }
        let (first, second) = (hexDigitValue(self[offset]), hexDigitValue(self[offset + 1]))
        let (third, fourth) = (hexDigitValue(self[offset + 2]), hexDigitValue(self[offset + 3]))
        guard first | second | third | fourth < 16 else { return nil }
        return first << 12 | second << 8 | third << 4 | fourth
    }

    /// Resolves the escapes of a range that was scanned before, so that nothing in it can be wrong.
    func unescaped(_ range: Range<Int>) -> String { String(decoding: unescapedBytes(range), as: UTF8.self) }

    func unescapedBytes(_ range: Range<Int>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var position = range.lowerBound
        while let backslash = firstOffset(of: UInt8(ascii: "\\"), in: position..<range.upperBound) {
            text.append(contentsOf: bytes(in: position..<backslash))
            position = append(escapeAt: backslash, to: &text)
        }
        text.append(contentsOf: bytes(in: position..<range.upperBound))
        return text
    }

    /// Returns where the escape ends.
    private func append(escapeAt start: Int, to text: inout [UInt8]) -> Int {
        let letter = self[start + 1]
        guard letter == UInt8(ascii: "u") else {
            text.append(Self.escaped(letter))
            return start + 2
        }
        let unit = UInt32(codeUnit(at: start + 2) ?? 0xFFFD)
        var (value, end) = (unit, start + 6)
        if 0xD800..<0xDC00 ~= unit, let trail = codeUnit(at: end + 2), UTF16.isTrailSurrogate(trail) {
            value = 0x1_0000 + (unit & 0x3FF) << 10 + UInt32(trail & 0x3FF)
            end += 6
        }
        // Half of a pair stands for nothing.
        text.append(contentsOf: UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
        return end
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
