/// Writes one JSON text from its beginning to its end, with the commas where they belong.
///
/// For bodies that hold prompts and images: a tree of ``JSON`` would hold each of them once more.
public struct JSONTextWriter {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    public mutating func object<Failure: Error>(
        _ key: StaticString? = nil, _ members: (inout Self) throws(Failure) -> Void
    ) throws(Failure) {
        open(key, "{")
        try members(&self)
        close("}")
    }

    public mutating func array<Failure: Error>(
        _ key: StaticString? = nil, _ elements: (inout Self) throws(Failure) -> Void
    ) throws(Failure) {
        open(key, "[")
        try elements(&self)
        close("]")
    }

    public mutating func string(_ key: StaticString? = nil, _ text: String) {
        start(key)
        bytes.append(json: text)
        needsComma = true
    }

    /// A string in two pieces, the second of which is never escaped: a data URL's head, and its Base64.
    public mutating func string(_ key: StaticString? = nil, _ head: String, base64: String) {
        start(key)
        bytes.append(json: head)
        bytes.removeLast()
        bytes.append(text: base64)
        bytes.append("\"")
        needsComma = true
    }

    public mutating func value(_ key: StaticString? = nil, _ value: JSON) {
        start(key)
        value.write(to: &bytes)
        needsComma = true
    }

    /// A member whose name isn't known before.
    public mutating func member(_ name: String, _ value: JSON) {
        if needsComma { bytes.append(",") }
        bytes.append(json: name)
        bytes.append(":")
        value.write(to: &bytes)
        needsComma = true
    }

    /// The members of an object, without its brackets.
    public mutating func members(_ object: JSONObject) {
        for member in object.members { self.member(member.key, member.value) }
    }

    /// Text that was checked to be JSON.
    public mutating func json(_ key: StaticString, checked text: String) {
        start(key)
        bytes.append(text: text)
        needsComma = true
    }

    private mutating func open(_ key: StaticString?, _ bracket: StaticString) {
        start(key)
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: StaticString) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func start(_ key: StaticString?) {
        if needsComma { bytes.append(",") }
        guard let key else { return }
        bytes.append("\"")
        bytes.append(key)
        bytes.append("\":")
    }
}
