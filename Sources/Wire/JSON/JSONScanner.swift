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
    /// The text. Kept apart from its length, since a buffer asks on each access whether it has any.
    let base: UnsafeRawPointer
    let count: Int
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
        base = bytes.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
        count = bytes.count
        self.maximumDepth = maximumDepth
        let check = TextCheck(of: bytes)
        hasControlCharacters = check.hasControlCharacters
        if !check.isUTF8 { throw JSONError(offset: bytes.letterFault(from: 0) ?? 0, reason: .badUTF8) }
    }

    // MARK: Walking

    /// The kind of the value that comes next, which is not read yet.
    @inline(__always)
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
        let start = position + 1
        let mayHaveEscapes = try skipString()
        let range = start..<position - 1
        try consumeColon()
        return JSONKey(range: range, isEscaped: mayHaveEscapes && firstOffset(of: UInt8(ascii: "\\"), in: range) != nil)
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
    public mutating func skipValue() throws(JSONError) -> JSONSpan { try skipValue { _, _ in } }

    /// What looks at the keys in a value that is stepped over: their bytes as they stand, without quotes. The flag is false
    /// when a key certainly has no escapes.
    typealias KeyLook = (_ key: UnsafeRawBufferPointer, _ mayHaveEscapes: Bool) -> Void

    /// Steps over the next value, checking all of it, and shows every key in it.
    @inline(__always)
    mutating func skipValue(_ look: KeyLook) throws(JSONError) -> JSONSpan {
        let kind = try peek()
        let start = position
        switch kind {
        case .string: _ = try skipString()
        case .number: try skipNumber()
        case .bool, .null: try skipLiteral()
        case .array, .object: try skipContainer(look)
        }
        return JSONSpan(kind: kind, range: start..<position)
    }

    /// - Throws: `trailingBytes` when anything but white space is left.
    public mutating func end() throws(JSONError) {
        skipWhitespace()
        if position < count { throw error(.trailingBytes) }
    }
}

/// Looking at what was found.
extension JSONScanner {
    @inline(__always)
    private var text: JSONText { JSONText(base: base, count: count) }

    /// Whether a key is this one, written without escapes.
    @inline(__always)
    public func text(of key: JSONKey, is name: StaticString) -> Bool {
        !key.isEscaped && text.bytes(in: key.range, are: name)
    }

    /// Whether the bytes of a range are these.
    @inline(__always)
    public func text(at range: Range<Int>, is name: StaticString) -> Bool { text.bytes(in: range, are: name) }

    /// Whether a value is this string, written without escapes.
    package func text(of span: JSONSpan, is text: StaticString) -> Bool {
        span.kind == .string && self.text(at: span.range.lowerBound + 1..<span.range.upperBound - 1, is: text)
    }

    /// The text of a key, its escapes resolved.
    @inline(__always)
    public func string(of key: JSONKey) -> String { text.string(of: key) }

    /// The text of a string value, its escapes resolved; nil for a value of another kind.
    @inline(__always)
    public func string(of span: JSONSpan) -> String? { text.string(of: span) }

    /// The text of a string value that has escapes, without them.
    ///
    /// - Parameter range: without the quotes.
    func unescapedBytes(_ range: Range<Int>) -> [UInt8] { text.unescapedBytes(range) }

    /// The value of `true` or `false`; nil for a value of another kind.
    @inline(__always)
    public func bool(of span: JSONSpan) -> Bool? { text.bool(of: span) }

    /// The value of a number without fraction and exponent that fits; nil for any other value.
    @inline(__always)
    public func integer(of span: JSONSpan) -> Int? { text.integer(of: span) }

    @inline(__always)
    func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer { text.bytes(in: range) }

    @inline(__always)
    func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? { text.firstOffset(of: byte, in: range) }

    /// The value of the four hexadecimal digits at an offset; nil when there aren't as many.
    @inline(__always)
    func codeUnit(at offset: Int) -> UInt16? { text.codeUnit(at: offset) }
}

extension UnsafeRawBufferPointer {
    /// A part of the buffer, as a buffer of its own.
    @inline(__always)
    public subscript(rebasing range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}
