#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What kind of value stands at a place, told by its first byte.
public enum JSONKind: Sendable {
    case null, bool, number, string, array, object
}

/// A value's kind and where it stands, its quotes or brackets included.
public struct JSONSpan: Sendable {
    public let kind: JSONKind
    public let range: Range<Int>

    public init(kind: JSONKind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}

/// An object's key: where its text stands (quotes left out), and whether it holds escapes.
public struct JSONKey: Sendable {
    public let range: Range<Int>
    public let isEscaped: Bool
}

/// Walks over JSON text without building anything: offsets in, offsets out.
///
/// The request path uses it to find the handful of members it decides on in a body of any size; ``JSON`` builds its
/// tree on it. It accepts exactly the texts of RFC 8259 up to a depth, and checks all of what it skips.
///
///     var scanner = try JSONScanner(bytes)
///     try scanner.enterObject()
///     while let key = try scanner.nextKey() {
///         if scanner.text(of: key, is: "model") { model = try scanner.skipValue() } else { _ = try scanner.skipValue() }
///     }
///     try scanner.end()
public struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    let maximumDepth: Int
    /// Where the next byte is read.
    public internal(set) var position = 0
    /// Just behind an opening bracket: the one place where no comma stands before the next member.
    var isAfterOpening = false
    /// Whether any byte is below 0x20. Most bodies are compact and have none, so strings need no second look.
    let hasControlCharacters: Bool

    /// - Throws: `badUTF8`, which is checked once, here, for the whole text.
    public init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 100) throws(JSONError) {
        precondition(maximumDepth <= 128, "the kinds of open containers are kept in 128 bits")
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        let classes = ByteClasses(of: bytes)
        hasControlCharacters = classes.hasControlCharacters
        if classes.hasNonASCII, let offset = firstInvalidUTF8(in: bytes) {
            throw JSONError(offset: offset, reason: .badUTF8)
        }
    }

    // MARK: Walking

    /// The kind of the value that comes next, which is not read yet.
    public mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        switch try byteAtPosition() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw error(.unexpectedByte)
        }
    }

    public mutating func enterObject() throws(JSONError) {
        skipWhitespace()
        try consume(UInt8(ascii: "{"))
        isAfterOpening = true
    }

    /// The next key of the object that was entered, or nil behind its last member. Read the value before the next key.
    public mutating func nextKey() throws(JSONError) -> JSONKey? {
        guard try hasNext(closing: UInt8(ascii: "}")) else { return nil }
        let (range, escaped) = try skipString()
        skipWhitespace()
        try consume(UInt8(ascii: ":"))
        return JSONKey(range: range.lowerBound + 1..<range.upperBound - 1, isEscaped: escaped)
    }

    public mutating func enterArray() throws(JSONError) {
        skipWhitespace()
        try consume(UInt8(ascii: "["))
        isAfterOpening = true
    }

    /// Whether the array that was entered has one more element. Read it before you ask again.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try hasNext(closing: UInt8(ascii: "]"))
    }

    /// Steps over the next value, checking all of it.
    public mutating func skipValue() throws(JSONError) -> JSONSpan {
        let kind = try peek()
        let start = position
        switch kind {
        case .string: _ = try skipString()
        case .number: try skipNumber()
        case .bool, .null: try skipLiteral()
        case .array, .object: try skipContainer()
        }
        return JSONSpan(kind: kind, range: start..<position)
    }

    /// - Throws: `trailingBytes` when anything but white space is left.
    public mutating func end() throws(JSONError) {
        skipWhitespace()
        if position < bytes.count { throw error(.trailingBytes) }
    }

    // MARK: Looking at what was found

    /// Whether a key is this one, written without escapes.
    public func text(of key: JSONKey, is name: StaticString) -> Bool {
        !key.isEscaped && text(at: key.range, is: name)
    }

    /// Whether the bytes of a range are these.
    public func text(at range: Range<Int>, is name: StaticString) -> Bool {
        range.count == name.utf8CodeUnitCount
            && memcmp(bytes.baseAddress.unsafelyUnwrapped + range.lowerBound, name.utf8Start, range.count) == 0
    }

    /// Whether a value is this string, written without escapes.
    package func text(of span: JSONSpan, is text: StaticString) -> Bool {
        span.kind == .string && self.text(at: span.range.lowerBound + 1..<span.range.upperBound - 1, is: text)
    }

    /// The text of a key, its escapes resolved.
    public func string(of key: JSONKey) -> String {
        key.isEscaped ? unescaped(key.range) : String(decoding: bytes[rebasing: key.range], as: UTF8.self)
    }

    /// The text of a string value, its escapes resolved; nil for a value of another kind.
    public func string(of span: JSONSpan) -> String? {
        guard span.kind == .string else { return nil }
        let inner = span.range.lowerBound + 1..<span.range.upperBound - 1
        guard !inner.isEmpty else { return "" }
        let start = bytes.baseAddress.unsafelyUnwrapped + inner.lowerBound
        let isEscaped = memchr(start, Int32(UInt8(ascii: "\\")), inner.count) != nil
        return isEscaped ? unescaped(inner) : String(decoding: bytes[rebasing: inner], as: UTF8.self)
    }

    /// The value of `true` or `false`; nil for a value of another kind.
    public func bool(of span: JSONSpan) -> Bool? {
        span.kind == .bool ? bytes[span.range.lowerBound] == UInt8(ascii: "t") : nil
    }

    /// The value of a number without fraction and exponent that fits; nil for any other value.
    public func integer(of span: JSONSpan) -> Int? {
        span.kind == .number ? Int(String(decoding: bytes[rebasing: span.range], as: UTF8.self)) : nil
    }
}

extension UnsafeRawBufferPointer {
    /// A part of the buffer, as a buffer of its own.
    @inline(__always)
    public subscript(rebasing range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}

/// Which rare bytes occur at all, found in one pass that the compiler turns into vector instructions.
struct ByteClasses {
    let hasNonASCII: Bool
    let hasControlCharacters: Bool

    init(of bytes: UnsafeRawBufferPointer) {
        var all: UInt8 = 0
        var controls: UInt8 = 0
        if let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) {
            for index in 0..<bytes.count {
                let byte = base[index]
                all |= byte
                controls |= byte < 0x20 ? 1 : 0
            }
        }
        hasNonASCII = all >= 0x80
        hasControlCharacters = controls != 0
    }
}
