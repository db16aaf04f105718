import NIOHPACK
import Wire

/// The head of a request of HTTP/2, written as one of HTTP/1.1 (RFC 9113, section 8.3.1).
struct HTTP2RequestHead {
    let method: String
    let text: [UInt8]
    /// Whether the body, which has no length of its own, is to be written in chunks.
    let isChunked: Bool

    /// Fields of one connection, which HTTP/2 has no use for (RFC 9113, section 8.2.2).
    static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ]

    /// - Parameter limit: bytes it may have.
    /// - Returns: nil for what can't be written so that it is read as what it is.
    init?(_ headers: HPACKHeaders, endsStream: Bool, limit: Int) {
        guard let method = Self.only(":method", in: headers), let path = Self.only(":path", in: headers),
            Self.isVisible(method), Self.isVisible(path)
        else { return nil }
        var lines = "\(method) \(path) HTTP/1.1\r\n"
        guard let host = Self.host(in: headers) else { return nil }
        lines += "host: \(host)\r\n"
        var cookies: [String] = []
        for (name, value, _) in headers where !name.hasPrefix(":") && name != "host" && name != "te" {
            guard Self.isName(name), Self.isText(value), !Self.connectionFields.contains(name) else { return nil }
            // RFC 9113, section 8.2.3.
            if name == "cookie" { cookies.append(value) } else { lines += "\(name): \(value)\r\n" }
            guard lines.utf8.count <= limit else { return nil }
        }
        if !cookies.isEmpty { lines += "cookie: \(cookies.joined(separator: "; "))\r\n" }
        isChunked = !endsStream && headers.first(name: "content-length") == nil
        if isChunked { lines += "transfer-encoding: chunked\r\n" }
        self.method = method
        text = Array((lines + "\r\n").utf8)
    }

    /// A value that there is once.
    private static func only(_ name: String, in headers: HPACKHeaders) -> String? {
        let values = headers[name]
        return values.count == 1 && !values[0].isEmpty ? values[0] : nil
    }

    /// The authority, and the host field where there is none; where there are both they have to agree.
    private static func host(in headers: HPACKHeaders) -> String? {
        let named = headers[":authority"] + headers["host"]
        guard let first = named.first, named.allSatisfy({ $0 == first }), isVisible(first) else { return nil }
        return first
    }

    private static func isVisible(_ text: String) -> Bool { text.utf8.allSatisfy { 0x21...0x7E ~= $0 } }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") }
    }

    private static func isText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
