import Fuzzing
import Testing

@testable import Wire

@Suite struct HTTP1RequestParserTests {
    // MARK: Heads

    @Test func `a head says what its sender wrote`() throws {
        let read = RequestTranscript(
            "POST /v1/chat?a=b HTTP/1.1\r\nHost: x:80\r\nX-A:  b c \t\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello")
        let request = try #require(read.requests.first)
        #expect(request.method == "POST" && request.target == "/v1/chat?a=b" && request.path == "/v1/chat")
        #expect(request.host == "x:80" && request.isHTTP11 && request.framing == .length(5))
        #expect(request.fields == ["Host=x:80", "X-A=b c", "X-Empty=", "Content-Length=5"])
        #expect(request.text == "hello" && request.isEnded && read.failure == nil && read.isBetweenRequests)
    }

    @Test func `fields are found by name in any case, and walked through as bytes`() throws {
        let head = try head("GET / HTTP/1.1\r\nHost: x\r\nX-A^: 1\r\nx-a^: 2\r\nX-A~: 3\r\n\r\n")
        #expect(head["host"] == "x" && head["HOST"] == "x" && head["x-A^"] == "1" && head["X-A~"] == "3")
        #expect(head["x-a"] == nil && head[""] == nil && head.fields.count == 4)
        var seen: [String] = []
        head.fields.visit { name, value in
            seen.append(String(decoding: name, as: UTF8.self) + String(decoding: value, as: UTF8.self))
            if name.equals(lowercase: "host") { seen.append("host") }
        }
        #expect(seen == ["Hostx", "host", "X-A^1", "x-a^2", "X-A~3"])
    }

    @Test func `a head isn't printable, as it holds credentials`() throws {
        let head = try head("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n")
        #expect("\(head) \(head.fields)" == "<redacted> <redacted>")
        var dumped = ""
        dump(head, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test(arguments: [
        ("GET", HTTP1Method.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("PATCH", .patch),
        ("DELETE", .delete), ("OPTIONS", .options), ("TRACE", .trace),
    ])
    func `methods have names`(_ text: String, _ method: HTTP1Method) throws {
        let head = try head("\(text) / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(head.method == method && head.methodText == text && method.rawValue == text)
    }

    @Test(arguments: ["get", "Post", "PURGE", "M-SEARCH", "G", "!#$%&'*+-.^_`|~09", "UPDATEREDIRECTREF"])
    func `a method without a name is still a token`(_ text: String) throws {
        let head = try head("\(text) / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(head.method == nil && head.methodText == text)
    }

    @Test func `a value may hold tabs and bytes beyond ASCII`() {
        let read = RequestTranscript("GET / HTTP/1.1\r\nHost: x\r\nX-A: \tb\té\u{80}\r\n!#$%&'*+-.^_`|~9: y\r\n\r\n")
        #expect(read.requests.first?.fields.suffix(2) == ["X-A=b\té\u{80}", "!#$%&'*+-.^_`|~9=y"])
    }

    // MARK: Targets (RFC 9112, section 3.2)

    @Test(arguments: [
        ("/", "/", "/", "x"), ("/?", "/", "/?", "x"), ("/a/b?c?d/e", "/a/b", "/a/b?c?d/e", "x"),
        ("/%2e%00/é".replacing("é", with: "e"), "/%2e%00/e", "/%2e%00/e", "x"),
        ("/a:b@c://d|e\\f[g]{h}^`\"<>", "/a:b@c://d|e\\f[g]{h}^`\"<>", "/a:b@c://d|e\\f[g]{h}^`\"<>", "x"),
        ("//double", "//double", "//double", "x"),
        ("http://h", "/", "/", "h"), ("http://h/", "/", "/", "h"), ("http://h?q=/x", "/", "/?q=/x", "h"),
        ("HTTP://h:80/p?q", "/p", "/p?q", "h:80"), ("https://[::1]:8443/p", "/p", "/p", "[::1]:8443"),
        ("http://h//p", "//p", "//p", "h"),
    ])
    func `a target is a path, or a URL with one`(
        _ target: String, _ path: String, _ pathAndQuery: String, _ host: String
    ) throws {
        let head = try head("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(head.target == target && head.path == path && head.pathAndQuery == pathAndQuery && head.host == host)
        #expect(head.withPath { String(decoding: $0, as: UTF8.self) } == path)
    }

    @Test func `options may be asked of the whole server`() throws {
        let head = try head("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n")
        #expect(head.target == "*" && head.path == "*" && head.pathAndQuery == "*" && head.host == "")
    }

    @Test func `a target may be as long as its limit`() throws {
        let target = "/" + String(repeating: "a", count: HTTP1Limits.target - 1)
        #expect(try head("UPDATEREDIRECTREF \(target) HTTP/1.1\r\nHost: x\r\n\r\n").target == target)
        for longer in [
            "GET \(target)a HTTP/1.1\r\nHost: x\r\n\r\n", "GET \(target)" + String(repeating: "a", count: 99),
        ] {
            let read = RequestTranscript(longer)
            #expect(read.failure == .targetTooLong && read.failure?.status == 414)
        }
    }

    // MARK: Bodies (RFC 9112, section 6)

    @Test(arguments: [
        ("", HTTP1Framing.none), ("Content-Length: 0\r\n", .length(0)), ("content-LENGTH:\t 5 \r\n", .length(5)),
        ("Content-Length: 000000000000005\r\n", .length(5)), ("Transfer-Encoding: chunked\r\n", .chunked),
        ("TRANSFER-ENCODING: \tCHUNKED \r\n", .chunked),
    ])
    func `a body is as long as one field says`(_ field: String, _ framing: HTTP1Framing) throws {
        let head = try head("POST / HTTP/1.1\r\nHost: x\r\n\(field)\r\n")
        #expect(head.framing == framing)
        if case .length(let length) = framing { #expect(head.contentLength == length) }
    }

    @Test func `a body in chunks is what is in them, extensions and trailers aside`() {
        let read = RequestTranscript(
            chunked(
                "5;a=b;c=\"d\"\r\nhello\r\n00b \t; x=\u{E9}\r\n\r\n wor\r\nld!\r\n0;last\r\nX-Trailer: y\r\nA:\r\n\r\n")
        )
        #expect(read.requests.first?.text == "hello\r\n wor\r\nld!" && read.failure == nil && read.isBetweenRequests)
        #expect(read.requests.first?.fields == ["Host=x", "Transfer-Encoding=chunked"])
    }

    @Test func `a body isn't complete before its last byte`() {
        for text in [
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhell", chunked("5\r\nhello\r\n0\r\n\r"),
            chunked("5\r\nhello\r\n0\r\nA: b\r\n"),
        ] {
            let read = RequestTranscript(text)
            #expect(read.requests.first?.isEnded == false && read.failure == nil && !read.isBetweenRequests)
        }
    }

    @Test func `chunks may have extensions, as long as these don't outweigh the content`() {
        let extended = ";" + String(repeating: "x", count: 1_000) + "\r\n"
        let content = String(repeating: "y", count: 2_000)
        let heavy = String(repeating: "7d0\(extended)\(content)\r\n", count: 100)
        #expect(RequestTranscript(chunked(heavy + "0\r\n\r\n")).requests.first?.body.count == 200_000)
        let light = String(repeating: "1\(extended)y\r\n", count: 17)
        #expect(RequestTranscript(chunked(light)).failure == .chunkLineTooLong)
        let late = "7d0;" + String(repeating: "x", count: 17 << 10)
        #expect(RequestTranscript(chunked(heavy + late)).failure == .chunkLineTooLong)
    }

    // MARK: Connections (RFC 9112, section 9)

    @Test func `requests follow one another on a connection`() {
        let read = RequestTranscript(
            "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok\r\n"
                + "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
                + "GET /4 HTTP/1.1\r\nHost: x\r\n\r\nGET /5")
        #expect(read.requests.map(\.path) == ["/1", "/2", "/3", "/4"] && read.requests.allSatisfy(\.isEnded))
        #expect(read.requests.map(\.text) == ["", "ok", "x", ""] && read.failure == nil && !read.isBetweenRequests)
    }

    @Test func `one empty line may stand before a request`() {
        let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(RequestTranscript("\r\n" + get + "\r\n" + get).requests.count == 2)
        for text in ["", "\r", "\r\n", get + "\r\n"] { #expect(RequestTranscript(text).isBetweenRequests) }
        #expect(RequestTranscript("\r\n\r\n" + get).failure == .requestLine)
        #expect(RequestTranscript("\n" + get).failure == .bareLineFeed)
        #expect(RequestTranscript("\r" + get).failure == .bareCarriageReturn)
        #expect(!RequestTranscript("\r\nG").isBetweenRequests && !RequestTranscript("G").isBetweenRequests)
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "connection: Keep-Alive, CLOSE\r\n", false),
        ("1.1", "Connection: x,\tclose ,y\r\n", false), ("1.1", "Connection: closed, close-\r\n", true),
        ("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false), ("1.1", "Connection: ,,\r\n", true),
        ("1.1", "Connection:\r\n", true), ("1.0", "", false), ("1.0", "Connection: keep-alive\r\n", true),
        ("1.0", "Connection: x, Keep-Alive\r\n", true), ("1.0", "Connection: keep-alive, close\r\n", false),
        ("1.1", "Proxy-Connection: close\r\n", true),
    ])
    func `a connection goes on as its version and its options say`(
        _ version: String, _ fields: String, _ keepsAlive: Bool
    ) throws {
        let head = try head("GET / HTTP/\(version)\r\nHost: x\r\n\(fields)\r\n")
        #expect(head.keepsAlive == keepsAlive && head.isHTTP11 == (version == "1.1"))
    }

    @Test func `nothing is read behind a request that ends its connection`() {
        for ending in ["GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /1 HTTP/1.0\r\n\r\n"] {
            let read = RequestTranscript(ending + "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n\0")
            #expect(read.requests.map(\.path) == ["/1"] && read.failure == nil && read.isBetweenRequests)
        }
    }

    @Test func `an old client needs no host`() {
        #expect(RequestTranscript("GET / HTTP/1.0\r\n\r\n").requests.first?.host == "")
    }

    @Test(arguments: [
        ("1.1", "Expect: 100-continue\r\nContent-Length: 5\r\n", true),
        ("1.1", "expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n", true),
        ("1.1", "Expect: 100-continue\r\n", false), ("1.0", "Expect: 100-continue\r\nContent-Length: 5\r\n", false),
        ("1.1", "Expect: 100-continued\r\nContent-Length: 5\r\n", false),
    ])
    func `only a client that has something to send waits for leave`(
        _ version: String, _ fields: String, _ expects: Bool
    ) throws {
        #expect(try head("POST / HTTP/\(version)\r\nHost: x\r\n\(fields)\r\n").expectsContinue == expects)
    }

    @Test(arguments: [
        ("Authorization: a\r\n", false), ("Authorization: a\r\nX-API-Key: b\r\n", false),
        ("Authorization: a\r\nauthorization: a\r\n", true), ("X-Api-Key: a\r\nX-B: c\r\nx-api-key: b\r\n", true),
    ])
    func `credentials that come twice are noticed`(_ fields: String, _ repeats: Bool) throws {
        #expect(try head("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n").repeatsCredentials == repeats)
    }

    // MARK: Limits

    @Test func `a head may be as long as its limit`() {
        let start = "GET / HTTP/1.1\r\nHost: x\r\nX-A: "
        let full = start + String(repeating: "y", count: HTTP1Limits.head - start.utf8.count - 4) + "\r\n\r\n"
        let read = RequestTranscript(full)
        #expect(full.utf8.count == 65_536 && read.failure == nil && read.requests.count == 1)
        let bytes = Array(full.utf8)
        #expect(RequestTranscript(of: [bytes[..<65_535], bytes[65_535...]]) == read)
        let longer = Array(full.replacing("X-A: ", with: "X-AB: ").utf8)
        let long = RequestTranscript(of: [longer])
        #expect(long.failure == .headTooLong && long.failure?.status == 431)
        #expect(RequestTranscript(of: [longer[..<99], longer[99...]]) == long)
        #expect(
            RequestTranscript(of: [Array(start.utf8)] + Array(repeating: Array("yyyyyyyy".utf8), count: 8_192)) == long)
    }

    @Test func `a head may have as many fields as its limit`() {
        let fields = String(repeating: "a: b\r\n", count: HTTP1Limits.fields - 1)
        let read = RequestTranscript("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
        #expect(read.failure == nil && read.requests.first?.fields.count == 200)
        let more = RequestTranscript("GET / HTTP/1.1\r\nHost: x\r\n\(fields)a: b\r\n\r\n")
        #expect(more.failure == .tooManyFields && more.failure?.status == 431)
    }

    @Test func `trailers have limits too`() {
        let many = String(repeating: "a: b\r\n", count: HTTP1Limits.fields)
        #expect(RequestTranscript(chunked("0\r\n\(many)\r\n")).failure == nil)
        #expect(RequestTranscript(chunked("0\r\n\(many)a: b\r\n\r\n")).failure == .trailersTooLong)
        let value = String(repeating: "x", count: HTTP1Limits.trailers - 2)
        #expect(RequestTranscript(chunked("0\r\na:\(value) \r\n\r\n")).failure == nil)
        #expect(RequestTranscript(chunked("0\r\na:\(value)xx")).failure == .trailersTooLong)
    }

    @Test func `each failure has a status of its kind and a sentence`() {
        for failure in HTTP1Failure.allCases {
            #expect([400, 413, 414, 431, 501, 505].contains(failure.status) && failure.reason.hasSuffix("."))
            #expect("\(failure)" == failure.reason)
        }
    }

    private func head(_ text: String) throws -> HTTP1RequestHead {
        var parser = HTTP1RequestParser()
        let event = try Array(text.utf8).withUnsafeBytes { bytes in
            var position = 0
            return try parser.next(in: bytes, at: &position)
        }
        guard case .head(let head) = event else { throw HTTP1Failure.requestLine }
        return head
    }

    private func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }
}
