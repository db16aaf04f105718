import Wire

/// A JSON text that is written from its beginning to its end, so that no tree of it is ever built.
struct ConverseBody {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func object<Failure: Error>(
        _ key: StaticString? = nil, _ members: (inout ConverseBody) throws(Failure) -> Void
    ) throws(Failure) {
        begin(key)
        bytes.append(UInt8(ascii: "{"))
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array<Failure: Error>(
        _ key: StaticString? = nil, _ elements: (inout ConverseBody) throws(Failure) -> Void
    ) throws(Failure) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        try elements(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func string(_ key: StaticString? = nil, _ text: String) {
        begin(key)
        bytes.append(json: text)
    }

    /// Base64 is its own JSON form: a file of megabytes is copied here once, and not looked through.
    mutating func base64(_ key: StaticString, _ text: String) {
        begin(key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(text: text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Text that was checked to be JSON.
    mutating func json(_ key: StaticString, checked text: String) {
        begin(key)
        bytes.append(text: text)
    }

    mutating func value(_ key: StaticString, _ value: JSON) {
        begin(key)
        value.write(to: &bytes)
    }

    mutating func value(key: String, _ value: JSON) {
        begin(nil)
        bytes.append(json: key)
        bytes.append(UInt8(ascii: ":"))
        value.write(to: &bytes)
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
