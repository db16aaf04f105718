import Wire

/// Writes a request body as JSON text, front to back, with the commas where they belong.
///
/// A tree of ``JSON`` would hold every image and prompt once more before it is written.
struct GenerateContentBody {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func object(_ key: StaticString? = nil, _ members: (inout Self) -> Void) {
        enclose("{", key, members, "}")
    }

    mutating func array(_ key: StaticString? = nil, _ elements: (inout Self) -> Void) {
        enclose("[", key, elements, "]")
    }

    mutating func string(_ key: StaticString? = nil, _ text: String) {
        start(key)
        bytes.append(json: text)
        needsComma = true
    }

    mutating func value(_ key: StaticString? = nil, _ value: JSON) {
        start(key)
        value.write(to: &bytes)
        needsComma = true
    }

    mutating func value(key: String, _ value: JSON) {
        start(nil)
        bytes.append(json: key)
        bytes.append(":")
        value.write(to: &bytes)
        needsComma = true
    }

    /// Text that is JSON already.
    mutating func json(_ key: StaticString? = nil, _ text: String) {
        start(key)
        bytes.append(text: text)
        needsComma = true
    }

    /// A string of megabytes that should hold nothing to be escaped. Making sure of it in one pass is many times faster
    /// than looking for escapes byte by byte.
    mutating func base64(_ key: StaticString, _ text: String) {
        var text = text
        guard text.withUTF8({ $0.needsNoEscape }) else { return string(key, text) }
        start(key)
        bytes.append("\"")
        bytes.append(text: text)
        bytes.append("\"")
        needsComma = true
    }

    private mutating func enclose(
        _ opening: StaticString, _ key: StaticString?, _ inside: (inout Self) -> Void, _ closing: StaticString
    ) {
        start(key)
        bytes.append(opening)
        needsComma = false
        inside(&self)
        bytes.append(closing)
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

extension UnsafeBufferPointer<UInt8> {
    /// Without a way out of the loop, so that the compiler turns it into vector instructions.
    fileprivate var needsNoEscape: Bool {
        var found: UInt8 = 0
        for byte in self {
            found |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
        }
        return found == 0
    }
}
