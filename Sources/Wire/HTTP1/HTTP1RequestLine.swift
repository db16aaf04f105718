/// `POST /v1/chat/completions HTTP/1.1` (RFC 9112, section 3).
struct HTTP1RequestLine {
    let method: HTTP1Method?
    let methodText: HTTP1Place
    let target: HTTP1RequestTarget
    let isHTTP11: Bool

    /// The version and the space before it.
    private static let versionCount = 9

    init(_ line: Range<Int>, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        let methodEnd = head.endOfToken(from: line.lowerBound)
        let methodText = line.lowerBound..<methodEnd
        guard !methodText.isEmpty, head[methodEnd] == HTTP1Octet.space else { throw .requestLine }
        guard methodText.count <= HTTP1Limits.method else { throw .methodTooLong }
        guard !head.holds("CONNECT", at: methodText) else { throw .connect }
        self.methodText = HTTP1Place(methodText)
        method = HTTP1Method(methodText, of: head)
        let targetEnd = line.upperBound - Self.versionCount
        guard targetEnd > methodEnd + 1, head[targetEnd] == HTTP1Octet.space else { throw .requestLine }
        isHTTP11 = try Self.isHTTP11(targetEnd + 1..<line.upperBound, of: head)
        target = try HTTP1RequestTarget(methodEnd + 1..<targetEnd, of: head, method: method)
    }

    private static func isHTTP11(_ range: Range<Int>, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Bool {
        if head.holds("HTTP/1.1", at: range) { return true }
        if head.holds("HTTP/1.0", at: range) { return false }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let start = range.lowerBound
        guard head.holds("HTTP/", at: start..<start + 5), digits ~= head[start + 5],
            head[start + 6] == UInt8(ascii: "."), digits ~= head[start + 7]
        else { throw .requestLine }
        throw .version
    }
}

/// What a request is for (RFC 9112, section 3.2): `/path?query`, `http://host/path?query` or `*`.
struct HTTP1RequestTarget {
    let whole: HTTP1Place
    let path: HTTP1Place
    /// With its question mark; empty where there is none.
    let query: HTTP1Place
    /// The host and port that the target names.
    let authority: HTTP1Place?

    init(_ target: Range<Int>, of head: UnsafeRawBufferPointer, method: HTTP1Method?) throws(HTTP1Failure) {
        guard target.count <= HTTP1Limits.target else { throw .targetTooLong }
        guard head.isTarget(target) else { throw .target }
        whole = HTTP1Place(target)
        var rest = target
        var emptyPath = target
        switch head[target.lowerBound] {
        case UInt8(ascii: "/"): authority = nil
        case UInt8(ascii: "*"):
            guard target.count == 1, method == .options else { throw .target }
            authority = nil
        default:
            let slashes = try Self.slashes(target, of: head)
            let host = slashes.upperBound..<Self.endOfAuthority(slashes.upperBound..<target.upperBound, of: head)
            guard !host.isEmpty, head.isHost(host) else { throw .target }
            authority = HTTP1Place(host)
            rest = host.upperBound..<target.upperBound
            // An empty path is `/`, of which there are two in `//`.
            emptyPath = slashes.lowerBound..<slashes.lowerBound + 1
        }
        let pathEnd = head.firstOffset(of: UInt8(ascii: "?"), in: rest) ?? rest.upperBound
        path = HTTP1Place(rest.lowerBound < pathEnd ? rest.lowerBound..<pathEnd : emptyPath)
        query = HTTP1Place(pathEnd..<target.upperBound)
    }

    /// Where the `//` of an http URL stands.
    private static func slashes(
        _ target: Range<Int>, of head: UnsafeRawBufferPointer
    ) throws(HTTP1Failure) -> Range<Int> {
        guard let colon = head.firstOffset(of: UInt8(ascii: ":"), in: target), target.upperBound - colon >= 3,
            head.holds("//", at: colon + 1..<colon + 3)
        else { throw .target }
        let scheme = head[rebasing: target.lowerBound..<colon]
        guard scheme.equals(lowercase: "http") || scheme.equals(lowercase: "https") else { throw .target }
        return colon + 1..<colon + 3
    }

    private static func endOfAuthority(_ range: Range<Int>, of head: UnsafeRawBufferPointer) -> Int {
        head[range].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? range.upperBound
    }
}

extension UnsafeRawBufferPointer {
    func isHost(_ range: Range<Int>) -> Bool {
        for offset in range where !HTTP1Octet.isHost(self[offset]) { return false }
        return true
    }
}
