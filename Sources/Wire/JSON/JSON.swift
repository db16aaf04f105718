/// A JSON value that loses nothing: members keep their order, numbers keep their digits.
///
/// For what has to be looked into or rebuilt. Where a few members of a large text are wanted, use ``JSONScanner``.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number as it was written, such as `1.50` or `1e3`.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// An object's members in their order, each key once. Keys are compared by their bytes.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let key: String
        public var value: JSON
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// The value of a key. Setting nil removes the member; setting a new key appends it.
    public subscript(key: String) -> JSON? {
        get { members.first { $0.key.hasSameBytes(as: key) }?.value }
        set {
            let index = members.firstIndex { $0.key.hasSameBytes(as: key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    public var isEmpty: Bool { members.isEmpty }

    /// For a reader that has made sure that the key is new.
    mutating func append(uniqueKey key: String, _ value: JSON) {
        members.append(Member(key: key, value: value))
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) {
        for (key, value) in elements { self[key] = value }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(String(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }

    public init(_ value: Int) { self = .number(String(value)) }
    public init(_ value: String) { self = .string(value) }
    /// A number, or null where JSON has no form for it (infinities and NaN).
    public init(_ value: Double) {
        guard value.isFinite else {
            self = .null
            return
        }
        let text = value.description
        self = .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
}

/// Looking inside: each is nil when the value is of another kind.
extension JSON {
    public subscript(key: String) -> JSON? { object?[key] }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }
    /// The value of a number that is whole and fits; `4096.0` is whole.
    public var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }
    public var isNull: Bool { if case .null = self { true } else { false } }
}

// MARK: Reading

extension JSON {
    /// - Throws: ``JSONError`` for anything but one JSON text, and for an object with a repeated key.
    public init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 100) throws(JSONError) {
        var scanner = try JSONScanner(bytes, maximumDepth: maximumDepth)
        self = try scanner.tree(depth: 0)
        try scanner.end()
    }

    public init(parsing bytes: some Sequence<UInt8>, maximumDepth: Int = 100) throws(JSONError) {
        let copy = Array(bytes)
        let result = copy.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSON(buffer, maximumDepth: maximumDepth) }
        }
        self = try result.get()
    }

    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }
}

extension JSONScanner {
    /// Reads the next value whole.
    public mutating func tree() throws(JSONError) -> JSON { try tree(depth: 0) }

    mutating func tree(depth: Int) throws(JSONError) -> JSON {
        switch try peek() {
        case .object: return .object(try objectTree(depth: depth))
        case .array: return .array(try arrayTree(depth: depth))
        default:
            let span = try skipValue()
            return scalar(span)
        }
    }

    private func scalar(_ span: JSONSpan) -> JSON {
        switch span.kind {
        case .string: .string(string(of: span) ?? "")
        case .number: .number(String(decoding: bytes(in: span.range), as: UTF8.self))
        case .bool: .bool(bool(of: span) ?? false)
        default: .null
        }
    }

    private mutating func arrayTree(depth: Int) throws(JSONError) -> [JSON] {
        guard depth < maximumDepth else { throw error(.tooDeep) }
        var elements: [JSON] = []
        try enterArray()
        while try nextElement() { elements.append(try tree(depth: depth + 1)) }
        return elements
    }

    private mutating func objectTree(depth: Int) throws(JSONError) -> JSONObject {
        guard depth < maximumDepth else { throw error(.tooDeep) }
        var object = JSONObject()
        var seen = KeySet()
        try enterObject()
        while let key = try nextKey() {
            let name = string(of: key)
            guard seen.insert(name, into: object) else {
                throw JSONError(offset: key.range.lowerBound, reason: .repeatedKey)
            }
            object.append(uniqueKey: name, try tree(depth: depth + 1))
        }
        return object
    }
}

/// Finds repeated keys: by looking through a small object, by hashing in one so large that looking would be quadratic.
private struct KeySet {
    private var names: Set<ExactText>?

    mutating func insert(_ name: String, into object: JSONObject) -> Bool {
        if object.members.count == 16 { names = Set(object.members.map { ExactText($0.key) }) }
        return names?.insert(ExactText(name)).inserted ?? !object.members.contains { $0.key.hasSameBytes(as: name) }
    }
}
