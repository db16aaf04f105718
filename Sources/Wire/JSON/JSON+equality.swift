// Keys and strings are equal when their bytes are (RFC 8259, section 8.3). Hashing is left to the compiler: what has the
// same bytes has the same hash.

extension JSON {
    public static func == (one: JSON, other: JSON) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): one == other
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }
}

extension JSONObject.Member {
    public static func == (one: Self, other: Self) -> Bool {
        one.key.hasSameBytes(as: other.key) && one.value == other.value
    }
}
