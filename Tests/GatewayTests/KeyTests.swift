import Testing
import Wire

@Suite(.gateway) struct KeyTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test func `a key is taken as a bearer in any spelling, or as x-api-key`() async throws {
        let bare = gateway.chat(.compatible, "[[sim:echo]]in").with(key: nil)
        let key = gateway.keys.main
        for call in [
            bare.with("Authorization", "Bearer \(key)"), bare.with("AUTHORIZATION", "bearer \(key)"),
            bare.with("authorization", "BEARER   \(key)  "), bare.with("x-api-key", key), bare.with("X-Api-Key", key),
            bare.with("x-api-key", "unused").with("authorization", "Bearer \(key)"),
        ] {
            #expect(try await gateway.reply(to: call).content == "in")
        }
    }

    @Test func `each thing that can be wrong with a key has its code`() async throws {
        let bare = gateway.chat(.compatible, "hi").with(key: nil)
        for (call, code) in [
            (bare, "missing_api_key"),
            (bare.with("authorization", "Basic dXNlcjpwYXNz"), "missing_api_key"),
            (bare.with(key: "sk-proj-1234"), "invalid_api_key"),
            (bare.with(key: "ni_live_" + String(repeating: "x", count: 43)), "invalid_api_key"),
            (bare.with(key: gateway.keys.main + "x"), "invalid_api_key"),
            (bare.with(key: gateway.keys.main.uppercased()), "invalid_api_key"),
            (bare.with(key: gateway.keys.revoked), "revoked_api_key"),
            (bare.with(key: gateway.keys.expired), "expired_api_key"),
        ] {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 401)
            #expect(try reply.errorCode == code)
        }
    }

    @Test func `a key that was copied badly is told apart from one that nobody knows`() async throws {
        let malformed = try await gateway.reply(to: gateway.chat(.compatible, "hi").with(key: "sk-1234"))
        #expect(try malformed.errorMessage.contains("begin with 'ni_live_' or 'ni_test_'"))
        #expect(try !malformed.errorMessage.contains("sk-1234"))
    }

    @Test func `nothing is sent and nothing recorded without a key`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(.compatible, tag).with(key: gateway.keys.revoked))
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        #expect(try await gateway.record(of: reply)["error"]?["code"] == "record_not_found")
    }

    @Test func `a connection goes on after a request without a key`() async throws {
        let client = try await TestClient.connect(to: gateway)
        try await client.send(gateway.chat(.compatible, "hi").with(key: nil))
        let refused = try await client.reply()
        #expect(refused.status == 401)
        #expect(refused.isKeptAlive)
        try await client.send(gateway.chat(.compatible, "[[sim:echo]]in"))
        #expect(try await client.reply().content == "in")
    }

    @Test func `a large body with a wrong key still gets its answer`() async throws {
        let client = try await TestClient.connect(to: gateway)
        let text = String(repeating: "x", count: 6 << 20)
        try await client.send(gateway.chat(.compatible, text).with(key: "ni_live_nobody"))
        let reply = try await client.reply()
        #expect(reply.status == 401)
        #expect(try reply.errorCode == "invalid_api_key")
    }

    @Test func `every surface but the public ones asks for a key`() async throws {
        for path in ["/v1/models", "/v1/models/\(Family.vertex.route)", "/api/usage/custody/0"] {
            #expect(try await gateway.reply(to: .get(path, key: nil)).status == 401)
        }
        #expect(try await gateway.reply(to: .get("/api/billing/models", key: nil)).status == 200)
    }
}
