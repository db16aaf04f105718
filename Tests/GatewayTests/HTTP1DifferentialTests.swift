import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing
import Wire

/// Reads the same bytes with our parser and with NIO's, which is another reader than ours in every way.
///
/// What ours takes for a request must be the same request there. The other way round there is no such rule: ours
/// refuses much that NIO takes, by the reasons of `HTTP1Failure`.
@Suite struct HTTP1DifferentialTests {
    /// A request as either reads it.
    struct Request: Equatable {
        var line: String
        var fields: [String]
        var body: [UInt8] = []
        var isEnded = false
    }

    /// Why NIO refuses what we take. In none of these cases does anybody see another request than we do.
    private enum Laxity: CaseIterable {
        /// Any token is a method (RFC 9110, section 9.1). NIO's parser knows a list of them.
        case unknownMethod
        /// White space may stand before an extension (RFC 9112, section 7.1.1), and what is in one we read over.
        case chunkExtension
        /// A tab is white space too (RFC 9112, section 5.1), and none of the length before it.
        case tabBehindLength
        /// We read over trailers, so those that may not be there change nothing (RFC 9110, section 6.5.1).
        case trailer
    }

    @Test func `what we take for a request is the same request for NIO`() {
        var mutator = Mutator()
        let all = Self.written + (0..<4_000).map { _ in mutator.next() }
        let laxities = all.compactMap(compare)
        #expect(all.count > 5_000 && laxities.count < all.count / 25 && Set(laxities) == Set(Laxity.allCases))
    }

    @Test func `most of what is written by hand is taken by both`() {
        let taken = Self.valid.filter { bytes in
            let ours = Self.ours(bytes)
            return !ours.isEmpty && ours.allSatisfy(\.isEnded) && Self.theirs(bytes).requests == ours
        }
        #expect(taken.count == Self.valid.count && taken.count > 500)
    }

    /// - Returns: why NIO refuses one of our requests, if it does.
    private func compare(_ bytes: [UInt8]) -> Laxity? {
        let (theirs, error) = Self.theirs(bytes)
        let text = String(reflecting: String(decoding: bytes, as: UTF8.self))
        for (index, request) in Self.ours(bytes).enumerated() {
            if index < theirs.count {
                #expect(theirs[index].line == request.line && theirs[index].fields == request.fields, "\(text)")
                let common = min(request.body.count, theirs[index].body.count)
                #expect(request.body.prefix(common) == theirs[index].body.prefix(common), "\(text)")
            }
            guard index < theirs.count, theirs[index].isEnded || !request.isEnded else {
                let laxity = laxity(request, error)
                #expect(laxity != nil, "NIO says \(error.map { "\($0)" } ?? "nothing") to \(text)")
                return laxity
            }
            if request.isEnded { #expect(theirs[index] == request, "\(text)") }
        }
        return nil
    }

    private func laxity(_ request: Request, _ error: HTTPParserError?) -> Laxity? {
        let isChunked = request.fields.contains { $0.lowercased() == "transfer-encoding: chunked" }
        return switch error {
        case .invalidMethod: .unknownMethod
        case .invalidChunkSize where isChunked, .strictModeAssertion where isChunked: .chunkExtension
        case .invalidContentLength where isChunked, .unknown where isChunked, .closedConnection where isChunked:
            .trailer
        case .invalidContentLength: .tabBehindLength
        default: nil
        }
    }

    // MARK: Both readers

    private static func ours(_ bytes: [UInt8]) -> [Request] {
        var parser = HTTP1RequestParser()
        var requests: [Request] = []
        bytes.withUnsafeBytes { buffer in
            var position = 0
            while let event = try? parser.next(in: buffer, at: &position) {
                switch event {
                case .head(let head):
                    let line = "\(head.methodText) \(head.target) 1.\(head.isHTTP11 ? 1 : 0)"
                    requests.append(Request(line: line, fields: head.fields.all.map { "\($0.name): \($0.value)" }))
                case .body(let range): requests[requests.count - 1].body += buffer[range]
                case .end: requests[requests.count - 1].isEnded = true
                }
            }
        }
        return requests
    }

    private static func theirs(_ bytes: [UInt8]) -> (requests: [Request], error: HTTPParserError?) {
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        let channel = EmbeddedChannel(handler: decoder)
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var error: HTTPParserError?
        do {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch let thrown {
            error = thrown as? HTTPParserError
        }
        var requests: [Request] = []
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                let line = "\(head.method.rawValue) \(head.uri) \(head.version.major).\(head.version.minor)"
                requests.append(Request(line: line, fields: head.headers.map { "\($0.name): \($0.value.trimmed)" }))
            case .body(let body): requests[requests.count - 1].body += Array(body.readableBytesView)
            case .end: requests[requests.count - 1].isEnded = true
            }
        }
        return (requests, error)
    }

    // MARK: Requests

    private static let lines = [
        "GET / HTTP/1.1", "POST /v1/chat/completions HTTP/1.1", "PUT /a?b=c&d HTTP/1.1", "DELETE /%20%2F HTTP/1.1",
        "PATCH //a//b HTTP/1.1", "HEAD /a;b=c,d HTTP/1.1", "OPTIONS * HTTP/1.1", "OPTIONS /a HTTP/1.1",
        "GET http://h/p?q HTTP/1.1", "GET http://h HTTP/1.1", "GET https://h:8443/p HTTP/1.1", "POST / HTTP/1.0",
        "TRACE /a:b@c HTTP/1.1",
    ]

    private static let framings: [(fields: String, body: String)] = [
        ("", ""), ("Content-Length: 0\r\n", ""), ("Content-Length: 5\r\n", "hello"),
        ("content-length:007\r\n", "a\r\n\r\nb\0"), ("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding:\tCHUNKED \r\n", "5\r\nhello\r\n00a;x=y\r\n0123456789\r\n0\r\nA: b\r\nC:\r\n\r\n"),
    ]

    private static let others = [
        "", "Accept: */*\r\n", "X-Empty:\r\n", "X-A:  b \t c \t\r\n", "Connection: keep-alive\r\n",
        "Connection: x,, y\r\n",
        "Authorization: Bearer a.b-c_d~e\r\nX-Api-Key: f\r\n", "!#$%&'*+-.^_`|~9: y\r\n", "X-A: é\r\nx-a: \u{FF}\r\n",
    ]

    /// Each combination of what is right.
    private static let valid: [[UInt8]] = lines.flatMap { line in
        framings.filter { !line.hasSuffix("1.0") || !$0.fields.lowercased().contains("transfer") }.flatMap { framing in
            others.map { other in
                Array("\(line)\r\nHost: x:1\r\n\(other)\(framing.fields)\r\n\(framing.body)".utf8)
            }
        }
    }

    private static let wrongLines = [
        "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET /\tHTTP/1.1", "GET / HTTP/1.2", "GET / HTTP/2.0",
        "GET /a b HTTP/1.1", "GET /#a HTTP/1.1", "GET /é HTTP/1.1", "GET a HTTP/1.1", "CONNECT h:1 HTTP/1.1",
        "GET * HTTP/1.1", "get / HTTP/1.1", "BREW /a HTTP/1.1", "GET / http/1.1", "GET /", "GET http:///a HTTP/1.1",
        "GET http://u@h/ HTTP/1.1", "GET ftp://h/ HTTP/1.1", "GET / HTTP/1.1 ",
    ]

    private static let wrongFields = [
        "Host: y\r\n", "X-A : b\r\n", " X-A: b\r\n", "X-A: b\r\n c\r\n", "X-A: b\nX-B: c\r\n", "X-A: b\rX-B: c\r\n",
        "X-A: \0\r\n", "X(A): b\r\n", ": b\r\n", "X-A\r\n", "Content-Length: 1\r\n", "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 5 5\r\n", "Content-Length: 5\t\r\n", "Content-Length: 0x5\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: \"chunked\"\r\n", "Connection: close\r\n", "Expect: 100-continue\r\n",
    ]

    private static let wrongChunks = [
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloX0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n", "g\r\n",
        "-1\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
        "5 ;a\r\nhello\r\n0\r\n\r\n",
        "5;a b\r\nhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "0\r\nX\r\n\r\n",
        "0\r\nX : y\r\n\r\n", "0\r\nX: y\r\n z\r\n\r\n", "0\r\n\n", "0\n\r\n", "5;\r\nhello\r\n0\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n",
    ]

    /// All that is right, each thing that is wrong in different places, and a request behind most of them.
    private static let written: [[UInt8]] = {
        let next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
        let lines = wrongLines.flatMap { line in
            framings.map { "\(line)\r\nHost: x\r\n\($0.fields)\r\n\($0.body)\(next)" }
        }
        let fields = wrongFields.flatMap { field in
            framings.flatMap { framing in
                [
                    "POST / HTTP/1.1\r\nHost: x\r\n\(field)\(framing.fields)\r\n\(framing.body)\(next)",
                    "POST / HTTP/1.1\r\nHost: x\r\n\(framing.fields)\(field)\r\n\(framing.body)\(next)",
                ]
            }
        }
        let chunks = wrongChunks.map {
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\($0)\(next)"
        }
        return valid + valid.map { $0 + Array(next.utf8) } + (lines + fields + chunks).map { Array($0.utf8) }
    }()

    /// Makes requests that are almost right, the same on each run.
    private struct Mutator {
        private var chance = SeededGenerator(seed: 1)

        private static let snippets =
            ["\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ";", ",", "\0", "0", "5", "/", "?", "#", "*", "http://h"]
            + wrongFields + framings.map(\.fields)

        mutating func next() -> [UInt8] {
            var bytes = written.randomElement(using: &chance) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &chance) { change(&bytes) }
            return bytes
        }

        private mutating func change(_ bytes: inout [UInt8]) {
            let place = Int.random(in: 0...bytes.count, using: &chance)
            let end = min(bytes.count, place + Int.random(in: 1...8, using: &chance))
            switch Int.random(in: 0..<5, using: &chance) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &chance)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &chance)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &chance))
            default: bytes.insert(contentsOf: (Self.snippets.randomElement(using: &chance) ?? "").utf8, at: place)
            }
        }
    }
}

extension String {
    /// Without the white space around it that belongs to no value (RFC 9112, section 5). NIO leaves some behind it.
    fileprivate var trimmed: String {
        let space = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let rest = utf8.drop(while: space.contains)
        let end = rest.lastIndex { !space.contains($0) }.map(rest.index(after:)) ?? rest.startIndex
        return String(Substring(rest[..<end]))
    }
}
