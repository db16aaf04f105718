import Foundation
import NIOCore
import Testing
import Wire

/// The gateway on its providers' side: what RFC 9112 asks of a client, and what it leaves to strict ones.
@Suite struct UpstreamConformanceTests {
    /// What an upstream answers to one request, on a connection that it keeps open unless it says otherwise.
    struct Reply: Decodable, Sendable {
        let name: String
        let section: String
        let level: ConformanceCase.Level
        /// `${answer}` is a whole answer of the chat wire, `${smuggled}` a whole HTTP reply that nobody asked for.
        let reply: String
        /// Whether the upstream closes the connection behind it.
        let closes: Bool?
        /// What the caller is answered.
        let status: Int
        /// Whether the connection may be used again.
        let reuses: Bool
    }

    private static let answer = #"{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}"#
    private static let stolen = #"{"choices":[{"message":{"content":"stolen"},"finish_reason":"stop"}]}"#

    private static func replies() throws -> [Reply] {
        struct List: Decodable {
            let cases: [Reply]
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/replies.json")
        return try JSONDecoder().decode(List.self, from: Data(contentsOf: file)).cases
    }

    private static func bytes(_ text: String) -> [UInt8] {
        let smuggled = String(decoding: RawUpstream.Action.http(stolen), as: UTF8.self)
        return Array(
            text.replacing("${answer}", with: answer).replacing("${smuggled}", with: smuggled)
                .replacing("${length}", with: "\(answer.utf8.count)")
                .replacing("${hex}", with: String(answer.utf8.count, radix: 16))
                .replacing("${long}", with: String(repeating: "a", count: 70_000)).utf8)
    }

    @Test func `a reply is read as the standard has it, and never as two`() async throws {
        let cases = try Self.replies()
        #expect(cases.count >= 40)
        var upstreams: [RawUpstream] = []
        for one in cases {
            let first: RawUpstream.Action =
                one.closes == true ? .replyAndClose(Self.bytes(one.reply)) : .reply(Self.bytes(one.reply))
            let others = Array(repeating: RawUpstream.Action.json(Self.answer), count: 4)
            upstreams.append(try await RawUpstream.start([[first] + others] + Array(repeating: others, count: 4)))
        }
        let routes = upstreams.enumerated().map { index, upstream in
            TestRoute("local/case-\(index)-ca", .compatible, port: upstream.port)
        }
        try await withGateway {
            $0.routes = routes
        } _: { gateway in
            for (index, one) in cases.enumerated() {
                do {
                    try await run(one, on: routes[index].id, of: gateway, upstreams[index])
                } catch {
                    Issue.record("\(one.name): \(error)")
                }
            }
        }
        for upstream in upstreams { try await upstream.stop() }
    }

    private func run(_ one: Reply, on route: String, of gateway: TestGateway, _ upstream: RawUpstream) async throws {
        let what = "\(one.name) (\(one.section))"
        let client = try await TestClient.connect(to: gateway, patience: .seconds(30))
        defer { client.leave() }
        try await client.send(gateway.chat(route, "hi"))
        let reply = try await client.reply()
        #expect(reply.status == one.status, "\(what): \(reply.status)")
        if one.status == 200 { #expect(try reply.content == "yes", "\(what)") }
        // The same loop has the kept connection; other callers may come to it too.
        for number in 0..<2 {
            try await client.send(gateway.chat(route, "hi"))
            let next = try await client.reply()
            #expect(try next.content == "yes", "\(what): the reply of request \(number + 2) is another's")
        }
        #expect(
            (upstream.acceptedConnections == 1) == one.reuses, "\(what): \(upstream.acceptedConnections) connections")
    }
}
