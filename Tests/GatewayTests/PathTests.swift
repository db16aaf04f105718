import Testing
import Wire

/// Which paths and methods there are.
@Suite(.gateway) struct PathTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private func call(_ text: String) -> TestCall { gateway.chat(.compatible, "[[sim:echo]]\(text)") }

    @Test func `a base URL that ends in v1 works with clients that add it again`() async throws {
        for path in ["/v1/v1/chat/completions", "/v1/v1/v1/chat/completions", "/v1/chat/completions?api-version=1&x"] {
            var call = call("here")
            call.path = path
            #expect(try await gateway.reply(to: call).content == "here")
        }
        let models = try await gateway.reply(to: .get("/v1/v1/models?limit=1", key: gateway.keys.main))
        #expect(models.status == 200)
    }

    @Test func `an unknown path is not found`() async throws {
        for path in ["/", "/v1", "/v1/chat", "/v1/chat/completions/", "/v1/models/", "/V1/models", "/v2/models"] {
            let reply = try await gateway.reply(to: .get(path, key: gateway.keys.main))
            #expect(reply.status == 404, "\(path)")
            #expect(try reply.errorCode == "not_found", "\(path)")
            #expect(reply.requestID.count == 32)
        }
    }

    @Test func `a wrong method is refused with the right one`() async throws {
        for (method, path, right) in [
            ("GET", "/v1/chat/completions", "POST"), ("DELETE", "/v1/chat/completions", "POST"),
            ("POST", "/v1/models", "GET"), ("POST", "/api/billing/models", "GET"),
        ] {
            var call = TestCall.get(path, key: gateway.keys.main)
            call.method = method
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 405)
            #expect(try reply.errorCode == "method_not_allowed")
            #expect(try reply.errorMessage.contains("takes \(right) only"))
            #expect(reply["allow"] == right)
        }
    }

    @Test func `a reply to HEAD has no body`() async throws {
        let client = try await TestClient.connect(to: gateway)
        for path in ["/v1/models", "/nowhere", "/api/billing/models"] {
            var head = TestCall.get(path, key: gateway.keys.main)
            head.method = "HEAD"
            try await client.send(head)
            _ = try await client.reply(hasBody: false)
            try await client.send(call("next"))
            #expect(try await client.reply().content == "next")
        }
    }

    @Test func `surfaces that aren't offered yet say so by code`() async throws {
        let body = "{}"
        for (method, path) in [
            ("GET", "/v1/responses/resp_1"), ("DELETE", "/v1/responses/resp_1"),
            ("POST", "/v1/responses/resp_1/cancel"),
        ] {
            var call = TestCall(method: method, path: path).with(key: gateway.keys.main)
            if method == "POST" { call.body = Array(body.utf8) }
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 501, "\(method) \(path)")
            let error = try #require(try reply.json["error"])
            #expect(error["code"] == "not_implemented_yet")
        }
    }
}
