import Wire

/// A request as it arrived.
struct Call: Sendable {
    let method: String
    /// As sent: percent-encoding is kept.
    let path: String
    /// As sent, without the question mark.
    let query: String
    let headers: HeaderFields
    let body: [UInt8]

    init(method: String, target: String, headers: HeaderFields, body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        self.headers = headers
        self.body = body
        path = String(parts.first ?? "")
        query = parts.count > 1 ? String(parts[1]) : ""
    }

    var isGet: Bool { method == "GET" }
    var isPost: Bool { method == "POST" }
    var isPut: Bool { method == "PUT" }

    /// The value of a query parameter, decoded.
    func parameter(_ name: String) -> String? {
        FormFields(query)[name]
    }

    /// What stands between two ends of the path, decoded; nil when the path is another.
    func segment(after prefix: String, before suffix: String = "") -> String? {
        guard path.hasPrefix(prefix), path.hasSuffix(suffix), path.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        let middle = path.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        return percentDecodedText(Substring(middle))
    }

    /// The token of `Authorization: Bearer`.
    var bearer: String? {
        guard let value = headers["authorization"] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }
}

/// Header fields in their order.
struct HeaderFields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    private(set) var fields: [Field] = []

    init(_ fields: [Field] = []) { self.fields = fields }

    init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0, value: $1) }
    }

    /// The value of a field; several of one name are joined by commas.
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }.map(
            \.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

/// Names and values as a query or a form has them.
struct FormFields: Sendable {
    let pairs: [(name: String, value: String)]

    init(_ text: some StringProtocol) {
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    private static func decoded(_ text: some StringProtocol) -> String {
        percentDecodedText(text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " "))
    }
}

/// The bytes that percent-encoding stands for; a percent sign without two digits stands for itself.
func percentDecoded(_ text: some StringProtocol) -> [UInt8] {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
        {
            decoded.append(byte)
            index += 3
        } else {
            decoded.append(bytes[index])
            index += 1
        }
    }
    return decoded
}

func percentDecodedText(_ text: some StringProtocol) -> String {
    String(decoding: percentDecoded(text), as: UTF8.self)
}
