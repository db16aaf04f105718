/// Writes a JSON text from its beginning to its end, with the commas where they belong, so that no tree of it is built.
struct JSONTextWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func object(_ key: StaticString? = nil, _ members: (inout Self) -> Void) {
        begin(key)
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array(_ key: StaticString? = nil, _ elements: (inout Self) -> Void) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        elements(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func string(_ key: StaticString? = nil, _ text: String) {
        begin(key)
        bytes.append(json: text)
    }

    mutating func value(_ key: StaticString? = nil, _ value: JSON) {
        begin(key)
        value.write(to: &bytes)
    }

    /// Text that was checked to be JSON.
    mutating func json(_ key: StaticString, checked text: String) {
        begin(key)
        bytes.append(text: text)
    }

    mutating func members(_ object: JSONObject) {
        for member in object.members {
            begin(nil)
            bytes.append(json: member.key)
            bytes.append(UInt8(ascii: ":"))
            member.value.write(to: &bytes)
        }
    }

    /// A comma where one is due: behind everything but an opening bracket, which no value ends with.
    private mutating func begin(_ key: StaticString?) {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["): break
        default: bytes.append(UInt8(ascii: ","))
        }
        guard let key else { return }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(key)
        bytes.append("\":")
    }
}
