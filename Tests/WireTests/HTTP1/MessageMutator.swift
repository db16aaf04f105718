import TestSupport

/// Makes requests or replies that are almost right, the same on each run.
struct MessageMutator {
    private let messages: [String]
    private var generator: SeededGenerator

    init(seed: UInt64, of messages: [String]) {
        self.messages = messages
        generator = SeededGenerator(seed: seed)
    }

    static let requests = [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/models?limit=1 HTTP/1.1\r\nhost: a.example:8080\r\nAccept: */*\r\nX-A:  b\tc \r\nEmpty:\r\n\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nAuthorization: Bearer k\r\n\r\n"
            + "{\"a\":\"\r\n\"}\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "1\r\n\r\r\nB;x=y\r\nhello\r\nwor\n\r\n0\r\nT: u\r\n\r\n",
        "PUT /a HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\n\r\n\r",
        "OPTIONS * HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
        "DELETE http://h:1/p?q HTTP/1.1\r\nHost: h:1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
        "\r\nHEAD /%20 HTTP/1.1\r\nHost: [::1]\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok\r\nPOST /2 HTTP/1.1\r\nHost: x\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n2;a\r\nok\r\n000\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n",
    ]

    static let replies = [
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\nx: \r\n\r\n{\"a\":\"\r\n\"}\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\r\r\nb;x=y\r\nhello\r\nwor\n\r\n0\r\nT: u\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\r\n\r",
        "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nuntil\r\n\r\nthe end",
    ]

    private static let snippets = [
        "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ";", ",", "\0", "\u{7F}", "é", "0", "5", "f", "/", "?", "#",
        "*", "@", "%",
        "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Host: y\r\n",
        "Connection: close\r\n", "Connection: keep-alive, x\r\n", "Transfer-Encoding: gzip\r\n", "HTTP/1.1", "HTTP/1.0",
        " HTTP/1.1\r\n",
        "http://h", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "0\r\n\r\n", "1\r\nx\r\n", "a: b\r\n", "\r\n ", "x:\r\n",
        "FFFFFFFFFFFFFFF", "100000000",
    ]

    /// A message, or two, with up to a handful of changes.
    mutating func next() -> [UInt8] {
        var bytes = Array(generator.pick(messages).utf8)
        if generator.isOneIn(4) { bytes += Array(generator.pick(messages).utf8) }
        for _ in 0..<generator.below(4) { change(&bytes) }
        return bytes
    }

    /// Where to cut a number of bytes in pieces, in order.
    mutating func cuts(of count: Int, pieces: Int) -> [Int] {
        (0..<pieces).map { _ in generator.below(count + 1) }.sorted()
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = generator.below(bytes.count + 1)
        let end = min(bytes.count, place + 1 + generator.below(8))
        switch generator.below(7) {
        case 0 where place < bytes.count: bytes[place] = UInt8(generator.below(256))
        case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(generator.below(8))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: generator.below(bytes.count + 1))
        case 4: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: generator.pick(Self.snippets).utf8, at: place)
        }
    }
}
