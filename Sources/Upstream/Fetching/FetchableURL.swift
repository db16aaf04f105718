import Domain

/// An `https` URL that everybody reads in the same way.
///
/// Readers of URLs differ in what they make of the rest: numbers that may be addresses, back slashes, names in other
/// scripts, what stands before an at sign. None of that is taken (RFC 3986, and what the URL standard of WHATWG calls a
/// host that ends in a number).
struct FetchableURL: Sendable {
    /// A name, or an address without brackets.
    let host: String
    /// Whether the host is an address.
    let isAddress: Bool
    let port: Int
    /// Path and query.
    let target: String

    private static let mostBytes = 8192

    /// - Parameter ports: those that may be connected to.
    init(_ text: String, ports: Set<Int>) throws(MediaFetchFailure.Reason) {
        let bytes = Array(text.utf8.prefix(Self.mostBytes + 1))
        let scheme = "https:"
        guard bytes.count >= scheme.utf8.count,
            zip(bytes, scheme.utf8).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 && $0 & 0x40 != 0 })
        else { throw .scheme }
        let rest = bytes.dropFirst(scheme.utf8.count)
        guard bytes.count <= Self.mostBytes, rest.starts(with: "//".utf8),
            rest.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") })
        else { throw .form }
        let authorityEnd = rest.dropFirst(2).firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let authority = rest[(rest.startIndex + 2)..<authorityEnd]
        guard !authority.contains(UInt8(ascii: "@")) else { throw .credentials }
        let (host, port) = try Self.parts(of: String(decoding: authority, as: UTF8.self))
        (self.host, isAddress) = try Self.host(host)
        self.port = port ?? 443
        guard ports.contains(self.port) else { throw .port }
        let path = rest[authorityEnd...].prefix { $0 != UInt8(ascii: "#") }
        target = (path.first == UInt8(ascii: "/") ? "" : "/") + String(decoding: path, as: UTF8.self)
    }

    /// The value of the `Host` field.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 443 ? name : "\(name):\(port)"
    }

    private static func parts(of authority: String) throws(MediaFetchFailure.Reason) -> (host: String, port: Int?) {
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
        guard let end else { throw .form }
        guard let colon = authority[end...].firstIndex(of: ":") else { return (authority, nil) }
        let digits = authority[authority.index(after: colon)...]
        guard 1...5 ~= digits.utf8.count, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), !digits.hasPrefix("0"),
            let port = Int(digits), port <= 65_535
        else { throw .form }
        return (String(authority[..<colon]), port)
    }

    private static func host(_ text: String) throws(MediaFetchFailure.Reason) -> (String, isAddress: Bool) {
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()), address.version == .v6
            else { throw .form }
            return (address.description, true)
        }
        if let address = IPAddress(text), address.version == .v4 { return (address.description, true) }
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(isLabel), let last = labels.last, !isNumber(last) else {
            throw .form
        }
        return (name, false)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        1...63 ~= label.utf8.count && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || "-_".utf8.contains($0) }
    }

    /// What the system may take for an address, or a part of one: decimal, octal or hexadecimal.
    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy { 0x30...0x39 ~= $0 }
            || label.hasPrefix("0x") && label.dropFirst(2).utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
}
