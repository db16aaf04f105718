import Foundation
import Testing
import Wire

/// Keys and credentials are neither printed nor kept.
@Suite struct SecretTests {
    /// What the provider's credential is told by, in all of its spellings on the wire.
    private static let credentials = ["Bearer sim", "AWS4-HMAC-SHA256", "AKIDSIM"]
    private static let prompt = "canary7prompt"

    private func calls(_ gateway: TestGateway) -> [TestCall] {
        let markers = [
            "[[sim:echo]]", "[[sim:status 400]]", "[[sim:status 401]]", "[[sim:status 500]]", "[[sim:garbage]]",
        ]
        let asked = Family.allCases.flatMap { family in
            markers.flatMap { [gateway.chat(family, $0 + "hi"), gateway.stream(family, $0 + "hi")] }
        }
        let revoked = ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/embeddings"].map { path in
            var call = gateway.chat(.compatible, "hi").with(key: gateway.keys.revoked)
            call.path = path
            return call
        }
        return asked + revoked
    }

    @Test func `keys and credentials are in no log line, no reply, no record and no file`() async throws {
        try await withGateway { gateway in
            var replies: [TestReply] = []
            for call in calls(gateway) { replies.append(try await gateway.reply(to: call)) }
            let client = try await TestClient.connect(to: gateway)
            try await client.send("BAD \(Self.prompt) \(gateway.keys.main)\r\n\r\n")
            let malformed = try await client.untilEnd()
            #expect(malformed.hasPrefix("HTTP/1.1 400"))
            gateway.journalFault.isPresent = true
            replies.append(try await gateway.reply(to: gateway.chat(.compatible, Self.prompt)))
            gateway.journalFault.isPresent = false

            let secrets = [Self.prompt, gateway.keys.main, gateway.keys.revoked] + Self.credentials
            func check(_ text: String, _ what: Comment) {
                for secret in secrets { #expect(!text.contains(secret), what) }
            }
            #expect(gateway.log.lines.count > 80)
            for line in gateway.log.lines { check(line.text, "in a log line") }
            check(malformed, "in the reply to what is no HTTP")
            for reply in replies {
                check(reply.text, "in a reply")
                check(reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n"), "in a header")
                check(try await gateway.record(of: reply).text(), "in a record")
            }
            let files = try gateway.directory.allBytes()
            #expect(files.count > 10_000)
            for secret in secrets { #expect(files.range(of: Data(secret.utf8)) == nil, "in a file") }
        }
    }

    @Test func `an error about credentials doesn't quote the upstream`() async throws {
        try await withGateway { gateway in
            for family in Family.allCases {
                let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:status 401]]"))
                #expect(try reply.errorMessage.contains("gateway's own"))
            }
        }
    }
}
