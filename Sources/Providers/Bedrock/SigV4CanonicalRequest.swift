import Wire

/// The form of a request that is hashed and signed. Everything that is known before the body is rendered once.
struct SigV4CanonicalRequest: Sendable {
    /// From the method to the headers before `x-amz-date`.
    private let start: [UInt8]
    /// The headers between `x-amz-date` and `x-amz-security-token`.
    private let middle: [UInt8]
    /// The headers after `x-amz-security-token`.
    private let end: [UInt8]
    private let names: [UInt8]
    private let namesWithToken: [UInt8]
    /// The value of `x-amz-content-sha256`, which stands for the body's hash where it is sent.
    private let declaredHash: String?

    init(method: String, target: String, headers: [(name: String, value: String)]) {
        let headers = headers.map { (name: $0.name.lowercased(), value: collapsed($0.value)) }
            .filter { !unsigned.contains($0.name) }
            .sorted { $0.name < $1.name }
        let path = target.prefix { $0 != "?" }
        let query = target.dropFirst(path.count + 1)
        let first = "\(method)\n\(Self.path(path))\n\(Self.query(query))\n"
        start = Array(first.utf8) + Self.lines(headers.filter { $0.name < Added.date })
        middle = Self.lines(headers.filter { $0.name > Added.date && $0.name < Added.token })
        end = Self.lines(headers.filter { $0.name > Added.token })
        let names = headers.map(\.name) + [Added.date]
        self.names = Array(names.sorted().joined(separator: ";").utf8)
        namesWithToken = Array((names + [Added.token]).sorted().joined(separator: ";").utf8)
        declaredHash = headers.first { $0.name == "x-amz-content-sha256" }?.value
    }

    func bytes(date: String, token: String?, body: BodyHash) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(start.count + middle.count + end.count + names.count + 256 + (token?.utf8.count ?? 0))
        text.append(contentsOf: start)
        text.appendHeader(Added.date, date)
        text.append(contentsOf: middle)
        if let token { text.appendHeader(Added.token, token) }
        text.append(contentsOf: end)
        text.append("\n")
        text.append(contentsOf: signedHeaders(withToken: token != nil))
        text.append("\n")
        if let declaredHash {
            text.append(text: declaredHash)
        } else {
            text.append(contentsOf: body.hex)
        }
        return text
    }

    func signedHeaders(withToken: Bool) -> [UInt8] { withToken ? namesWithToken : names }

    private static func lines(_ headers: [(name: String, value: String)]) -> [UInt8] {
        var lines: [UInt8] = []
        for (name, value) in headers { lines.appendHeader(name, value) }
        return lines
    }
}

/// The headers that each signature adds.
private enum Added {
    static let date = "x-amz-date"
    static let token = "x-amz-security-token"
}

/// Headers that are sent but that something on the way may change, add or drop.
private let unsigned: Set<String> = [
    "authorization", "connection", "expect", "traceparent", "transfer-encoding", "user-agent", "x-amzn-trace-id",
]

// MARK: Canonical forms

extension SigV4CanonicalRequest {
    /// The path as it is sent, its empty and dot segments resolved, percent-encoded once more: `%3A` becomes `%253A`.
    static func path(_ sent: some StringProtocol) -> String {
        var segments: [String] = []
        for segment in sent.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(percentEncoded(segment)) }
        }
        let closing = sent.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.joined(separator: "/") + closing
    }

    /// The query's pairs as they are sent, sorted by name and then by value; a name alone gets its `=`.
    static func query(_ sent: some StringProtocol) -> String {
        sent.split(separator: "&")
            .map { pair -> (name: String, value: String) in
                let name = pair.prefix { $0 != "=" }
                return (String(name), String(pair.dropFirst(name.count + 1)))
            }
            .sorted { $0 < $1 }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    /// RFC 3986 percent-encoding of one path segment: all but the unreserved characters of section 2.3.
    static func percentEncoded(_ segment: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        for byte in segment.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                let digits: StaticString = "0123456789ABCDEF"
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits.utf8Start[Int(byte >> 4)])
                bytes.append(digits.utf8Start[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A header's value without blanks around it, and with one blank for each run inside.
private func collapsed(_ value: String) -> String {
    value.split(separator: " ").joined(separator: " ")
}

extension [UInt8] {
    fileprivate mutating func appendHeader(_ name: String, _ value: String) {
        append(text: name)
        append(UInt8(ascii: ":"))
        append(text: value)
        append(UInt8(ascii: "\n"))
    }
}
