import ProviderSimulator
import Testing
import Wire

/// How connections to upstreams are used, and what becomes of those that break.
@Suite struct UpstreamConnectionTests {
    private static let answer = #"{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}"#

    @Test func `a connection is used again`() async throws {
        try await withRawUpstream([Array(repeating: .json(Self.answer), count: 20)]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            for _ in 0..<20 {
                try await client.send(gateway.chat(TestRoute.raw, "hi"))
                #expect(try await client.reply().content == "yes")
            }
            #expect(upstream.acceptedConnections == 1)
        }
    }

    @Test func `a kept connection that has died is replaced, once`() async throws {
        try await withRawUpstream([[.json(Self.answer), .close], [.json(Self.answer)]]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(TestRoute.raw, "hi"))
            #expect(try await client.reply().content == "yes")
            try await client.send(gateway.chat(TestRoute.raw, "hi"))
            let reply = try await client.reply()
            #expect(try reply.content == "yes")
            #expect(reply["x-ni-resolved-route"] == TestRoute.raw)
            #expect(upstream.acceptedConnections == 2)
            // The upstream may have seen both.
            let record = try await gateway.record(of: reply)
            #expect(record["attempts"]?.array?.count == 2)
            #expect(record["attempts"]?[0]?["failure"] == "connection")
        }
    }

    @Test func `a connection that dies twice is a failure`() async throws {
        try await withRawUpstream([[.json(Self.answer), .close], [.close], [.json(Self.answer)]]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(TestRoute.raw, "hi"))
            #expect(try await client.reply().status == 200)
            try await client.send(gateway.chat(TestRoute.raw, "hi"))
            let reply = try await client.reply()
            #expect(reply.status == 502)
            #expect(try reply.errorCode == "upstream_unreachable")
            #expect(upstream.acceptedConnections == 2)
        }
    }

    @Test func `a fresh connection that dies isn't tried again: the upstream may have worked`() async throws {
        try await withRawUpstream([[.close], [.json(Self.answer)]]) { gateway, upstream in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi"))
            #expect(reply.status == 502)
            #expect(upstream.requests.count == 1)
        }
    }

    @Test func `a connection that the upstream closes after its reply isn't used again`() async throws {
        let last = Array("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n\(Self.answer)".utf8)
        try await withRawUpstream([[.replyAndClose(last)], [.json(Self.answer)]]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            for _ in 0..<2 {
                try await client.send(gateway.chat(TestRoute.raw, "hi"))
                let reply = try await client.reply()
                #expect(try reply.content == "yes")
                #expect(reply["x-ni-attempts"] == "1")
            }
            #expect(upstream.acceptedConnections == 2)
        }
    }

    @Test func `a hint before the reply is no reply`() async throws {
        let hint = Array("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".utf8)
        try await withRawUpstream([[.reply(hint + RawUpstream.Action.http(Self.answer))]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi"))
            #expect(try reply.content == "yes")
        }
    }

    struct Malformed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String

        static let all = [
            Malformed(testDescription: "no HTTP", text: "SSH-2.0-OpenSSH\r\n\r\n"),
            Malformed(
                testDescription: "framed twice",
                text: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            Malformed(
                testDescription: "two lengths",
                text: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
            Malformed(
                testDescription: "broken chunk", text: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
            Malformed(testDescription: "another protocol", text: "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        ]
    }

    @Test(arguments: Malformed.all)
    func `a reply that is no HTTP is an error`(malformed: Malformed) async throws {
        try await withRawUpstream([[.reply(Array(malformed.text.utf8))]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi"))
            #expect(reply.status == 502)
            #expect(try reply.errorCode == "upstream_error")
        }
    }

    @Test func `bytes behind a reply don't become the next one`() async throws {
        let doubled = RawUpstream.Action.http(Self.answer) + RawUpstream.Action.http(#"{"choices":[],"smuggled":1}"#)
        try await withRawUpstream([[.reply(doubled)], [.json(Self.answer)]]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            for _ in 0..<2 {
                try await client.send(gateway.chat(TestRoute.raw, "hi"))
                #expect(try await client.reply().content == "yes")
            }
            #expect(upstream.acceptedConnections == 2)
        }
    }
}
