import Foundation
import Testing
import Wire

/// Nothing personal and nothing secret is printed or kept.
@Suite struct CanaryTests {
    private static let prompt = "canary7prompt"
    private static let toolName = "canary7tool"
    private static let userName = "canary7user"
    /// What the provider's credential is told by, in all of its spellings on the wire.
    private static let credentials = ["Bearer sim", "AWS4-HMAC-SHA256", "AKIDSIM"]

    private func calls(_ gateway: TestGateway) -> [TestCall] {
        let tool: JSON = ["type": "function", "function": ["name": .string(Self.toolName)]]
        let members: JSONObject = ["user": .string(Self.userName), "tools": [tool]]
        var calls: [TestCall] = []
        for family in Family.allCases {
            for marker in [
                "[[sim:echo]]", "[[sim:status 400]]", "[[sim:status 401]]", "[[sim:status 500]]", "[[sim:garbage]]",
                "[[sim:html]]", "[[sim:words 5]][[sim:cut 2]]", "[[sim:words 5]][[sim:error-event 2]]",
            ] {
                calls.append(gateway.chat(family, marker + Self.prompt, members))
                calls.append(gateway.stream(family, marker + Self.prompt, members))
            }
            calls.append(gateway.chat(family, Self.prompt, ["temperature": .string(Self.prompt)]))
        }
        let plain = gateway.chat(.compatible, Self.prompt)
        return calls + [
            plain.with(body: "{\"model\":\"x\",\"messages\":\"\(Self.prompt)"), plain.with(key: gateway.keys.revoked),
            gateway.chat(.compatible, Self.prompt, ["pii_substitution": true]),
            gateway.chat(Self.toolName, Self.prompt),
        ]
    }

    @Test func `prompts, keys and credentials are in no log line, no error, no record and no file`() async throws {
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

            let keys = [gateway.keys.main, gateway.keys.revoked]
            let secrets = [Self.prompt, Self.userName] + keys + Self.credentials
            func check(_ text: String, _ what: Comment) {
                for secret in secrets { #expect(!text.contains(secret), what) }
            }
            #expect(gateway.log.lines.count > 80)
            for line in gateway.log.lines { check(line.text, "in a log line") }
            check(malformed, "in the reply to what is no HTTP")
            for reply in replies {
                if reply.status != 200 { check(reply.text, "in an error") }
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
