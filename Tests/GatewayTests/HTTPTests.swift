import Domain
import ProviderSimulator
import Testing
import Wire

/// The gateway as a server of HTTP/1.1 (RFC 9112).
@Suite(.gateway { $0.bodyLimit = 100_000 }) struct HTTPTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private func call(_ text: String) -> TestCall { gateway.chat(.compatible, "[[sim:echo]]\(text)") }

    // MARK: Connections

    @Test func `fifty requests fit on one connection`() async throws {
        let client = try await TestClient.connect(to: gateway)
        for number in 1...50 {
            let family = Family.allCases[number % Family.allCases.count]
            try await client.send(gateway.chat(family, "[[sim:echo]]no. \(number)"))
            let reply = try await client.reply()
            #expect(try reply.content == "no. \(number)")
            #expect(reply.isKeptAlive)
        }
    }

    @Test func `a connection ends when the caller wants that`() async throws {
        for call in [call("bye"), gateway.stream(.compatible, "[[sim:echo]]bye"), call("bye").with(key: nil)] {
            let client = try await TestClient.connect(to: gateway)
            try await client.send(call.with("connection", "close"))
            #expect(try await client.reply()["connection"] == "close")
            #expect(try await client.untilEnd() == "")
        }
    }

    @Test func `requests that don't wait for replies are answered in order`() async throws {
        let client = try await TestClient.connect(to: gateway)
        let gate = gateway.tag()
        try await client.send(
            gateway.stream(.bedrock, "[[sim:gate 1 \(gate)]][[sim:echo]]first one").bytes
                + TestCall.get("/v1/models", key: gateway.keys.main).bytes
                + call("third").with(key: nil).bytes + call("fourth").bytes)
        gateway.simulator.open(gate: gate)
        #expect(try await client.reply().streamedText == "first one")
        #expect(try await client.reply().json["object"] == "list")
        #expect(try await client.reply().status == 401)
        #expect(try await client.reply().content == "fourth")
    }

    @Test func `a thousand requests at once are answered`() async throws {
        let client = try await TestClient.connect(to: gateway)
        let one = TestCall.get("/v1/models/\(TestRoute.retired)", key: gateway.keys.main).bytes
        try await client.send(Array(repeatElement(one, count: 1_000).joined()))
        for _ in 0..<1_000 { #expect(try await client.reply().status == 410) }
    }

    // MARK: Bodies

    @Test func `a body may come in pieces, and in chunks`() async throws {
        let whole = call("piece by piece")
        let client = try await TestClient.connect(to: gateway)
        for byte in whole.bytes { try await client.send([byte]) }
        #expect(try await client.reply().content == "piece by piece")

        var chunked = whole.with("transfer-encoding", "chunked")
        chunked.sendsLength = false
        try await client.send(chunked.head)
        for start in stride(from: 0, to: whole.body.count, by: 10) {
            let chunk = whole.body[start..<min(start + 10, whole.body.count)]
            try await client.send("\(String(chunk.count, radix: 16));ext=1\r\n")
            try await client.send(Array(chunk) + Array("\r\n".utf8))
        }
        try await client.send("0\r\ntrailer: 1\r\n\r\n")
        #expect(try await client.reply().content == "piece by piece")
    }

    @Test func `a body over the limit is refused by its length`() async throws {
        let client = try await TestClient.connect(to: gateway)
        var large = call("")
        large.body = [UInt8](repeating: 0x20, count: 100_001)
        try await client.send(large.head)
        let reply = try await client.reply()
        #expect(reply.status == 413)
        #expect(try reply.errorCode == "request_too_large")
        #expect(try reply.errorMessage.contains("100000 bytes"))
        #expect(!reply.isKeptAlive)
        try await client.send(large.body)
        #expect(try await client.untilEnd() == "")
    }

    @Test func `a body over the limit is refused as soon as it is`() async throws {
        let client = try await TestClient.connect(to: gateway)
        var large = call("").with("transfer-encoding", "chunked")
        large.sendsLength = false
        try await client.send(large.head)
        let chunk = Array("2710\r\n".utf8) + [UInt8](repeating: 0x20, count: 10_000) + Array("\r\n".utf8)
        for _ in 0..<11 { try await client.send(chunk) }
        let reply = try await client.reply()
        #expect(reply.status == 413)
        #expect(!reply.isKeptAlive)
        try await client.send("0\r\n\r\n")
        #expect(try await client.untilEnd() == "")
    }

    @Test func `a body of exactly the limit is taken`() async throws {
        let short = call("")
        let padding = String(repeating: " ", count: 100_000 - short.body.count)
        let full = short.with(body: short.bodyText + padding)
        #expect(full.body.count == 100_000)
        #expect(try await gateway.reply(to: full).status == 200)
    }

    @Test func `who asks whether to send is told to go on`() async throws {
        let client = try await TestClient.connect(to: gateway)
        let call = call("went on").with("expect", "100-continue")
        try await client.send(call.head)
        #expect(try await client.head().status == 100)
        try await client.send(call.body)
        #expect(try await client.reply().content == "went on")
    }

    @Test func `who asks whether to send is refused before sending`() async throws {
        for (call, status) in [
            (call("x").with(key: "ni_live_nobody"), 401),
            (call(String(repeating: "x", count: 100_000)), 413),
        ] {
            let client = try await TestClient.connect(to: gateway)
            try await client.send(call.with("expect", "100-continue").head)
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(!reply.isKeptAlive)
        }
    }

    // MARK: HTTP/1.0

    @Test func `HTTP 1.0 gets its reply, and the connection's end`() async throws {
        var old = call("old")
        old.version = "HTTP/1.0"
        let client = try await TestClient.connect(to: gateway)
        try await client.send(old)
        #expect(try await client.reply().content == "old")
        #expect(try await client.untilEnd() == "")
    }

    @Test(arguments: ["close", "keep-alive"])
    func `HTTP 1.0 gets a stream without chunks, which ends with the connection`(wish: String) async throws {
        var old = gateway.stream(.compatible, "[[sim:words 3]]").with("connection", wish)
        old.version = "HTTP/1.0"
        let client = try await TestClient.connect(to: gateway)
        try await client.send(old)
        let reply = try await client.reply()
        #expect(reply["transfer-encoding"] == nil)
        #expect(try reply.streamedText == "w1 w2 w3")
        #expect(reply.isDone)
    }

    // MARK: What is no HTTP

    struct Malformed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String

        init(_ name: String, _ text: String) {
            testDescription = name
            self.text = text
        }

        private static let post = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"

        static let all = [
            Malformed("no request line", "GARBAGE\r\n\r\n"),
            Malformed("no target", "GET\r\n\r\n"),
            Malformed("no version", "GET / HTTP/9.9.9\r\n\r\n"),
            Malformed("no colon", "GET / HTTP/1.1\r\nbad header\r\n\r\n"),
            Malformed("space before the colon", "GET / HTTP/1.1\r\nspaced : 1\r\n\r\n"),
            Malformed("TLS", "\u{16}\u{3}\u{1}\u{2}"),
            Malformed("control character", "GET / HTTP/1.1\r\nx: a\rb\r\n\r\n"),
            Malformed("length with a letter", post + "content-length: 12a\r\n\r\n"),
            Malformed("negative length", post + "content-length: -1\r\n\r\n"),
            Malformed("two lengths", post + "content-length: 3\r\ncontent-length: 5\r\n\r\nabcde"),
        ]
    }

    @Test(arguments: Malformed.all)
    func `what is no HTTP is refused, and the connection ends`(malformed: Malformed) async throws {
        let client = try await TestClient.connect(to: gateway)
        try await client.send(malformed.text)
        let answer = try await client.untilEnd()
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.contains("\"invalid_request\""))
        #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
    }

    @Test func `a coding that nobody knows is refused`() async throws {
        let client = try await TestClient.connect(to: gateway)
        var call = call("x").with("transfer-encoding", "gzip")
        call.sendsLength = false
        try await client.send(call)
        #expect(try await client.untilEnd().hasPrefix("HTTP/1.1 501 "))
    }

    @Test func `a body framed in two ways is no body`() async throws {
        for (lines, status) in [
            ("content-length: 5\r\ntransfer-encoding: chunked\r\n", 400),
            ("transfer-encoding: chunked\r\ncontent-length: 5\r\n", 400),
            // RFC 9112, section 6.1: a coding that the server doesn't know.
            ("transfer-encoding: identity, chunked\r\ncontent-length: 5\r\n", 501),
        ] {
            let client = try await TestClient.connect(to: gateway)
            let key = "authorization: Bearer \(gateway.keys.main)\r\n"
            let smuggled = "0\r\n\r\nGET /v1/models HTTP/1.1\r\nhost: x\r\n\(key)\r\n"
            try await client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n\(key)\(lines)\r\n\(smuggled)")
            let answer = try await client.untilEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(!answer.contains("\"list\""))
        }
    }

    @Test func `a broken chunk is refused, and nothing was sent`() async throws {
        let client = try await TestClient.connect(to: gateway)
        var chunked = call("x").with("transfer-encoding", "chunked")
        chunked.sendsLength = false
        try await client.send(chunked.head)
        try await client.send("zz\r\n")
        let answer = try await client.untilEnd()
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
    }

    @Test func `a request that brings two keys is refused, and HTTP's own statuses are used where they fit`()
        async throws
    {
        let key = "authorization: Bearer \(gateway.keys.main)\r\n"
        for (request, status) in [
            ("GET /v1/models HTTP/1.1\r\nhost: x\r\n\(key)\(key)\r\n", 400),
            ("GET /v1/models HTTP/1.1\r\n\(key)\r\n", 400),
            ("GET /v1/models HTTP/2.0\r\nhost: x\r\n\(key)\r\n", 505),
            ("GET /" + String(repeating: "x", count: 20_000) + " HTTP/1.1\r\nhost: x\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nhost: x\r\n" + String(repeating: "x: y\r\n", count: 300) + "\r\n", 431),
        ] {
            let client = try await TestClient.connect(to: gateway)
            try await client.send(request)
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(try reply.errorCode == "invalid_request")
        }
    }

    @Test func `the head of a reply can be had alone`() async throws {
        let client = try await TestClient.connect(to: gateway)
        try await client.send(
            "HEAD /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \(gateway.keys.main)\r\n\r\n")
        let head = try await client.head()
        #expect(head.status == 200)
        try await client.send(call("goes on"))
        #expect(try await client.reply().content == "goes on")
    }

    @Test func `a target may name the host as well`() async throws {
        let client = try await TestClient.connect(to: gateway)
        let key = "authorization: Bearer \(gateway.keys.main)\r\n"
        try await client.send("GET http://gateway.test/v1/models HTTP/1.1\r\nhost: x\r\n\(key)\r\n")
        #expect(try await client.reply().json["object"] == "list")
    }

    @Test func `a head without an end is refused`() async throws {
        let client = try await TestClient.connect(to: gateway)
        client.trySending(Array("GET / HTTP/1.1\r\nx: ".utf8) + [UInt8](repeating: 0x61, count: 200_000))
        #expect(try await client.untilEnd().hasPrefix("HTTP/1.1 4"))
    }
}

extension TestCall {
    fileprivate var bodyText: String { String(decoding: body, as: UTF8.self) }
}
