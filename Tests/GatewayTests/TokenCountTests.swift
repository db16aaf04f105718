import Domain
import ProviderSimulator
import Testing
import Wire

/// `POST /v1/messages/count_tokens`, for each upstream.
@Suite(.gateway) struct TokenCountTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private static let tool: JSON = [
        "name": "get_weather", "description": "The weather.",
        "input_schema": ["type": "object", "properties": ["city": ["type": "string"]]],
    ]

    private static let counting = FieldUpstream.allCases.filter(\.countsTokens)

    // MARK: Counting

    @Test func `a count is the upstream's own`() async throws {
        try await withEveryUpstream { gateway in
            for upstream in Self.counting {
                let asked = gateway.count(
                    upstream.route, "one two three", ["tools": [Self.tool], "tool_choice": ["type": "any"]])
                let reply = try await gateway.reply(to: asked)
                #expect(reply.status == 200, "\(upstream)")
                #expect(try reply.json.object?.members.map(\.key) == ["input_tokens"])
                #expect(try (reply.json["input_tokens"]?.int ?? 0) > 3)
                #expect(reply["x-ni-resolved-route"] == upstream.route && reply["request-id"] == reply.requestID)
                let record = try await gateway.record(of: reply)
                #expect(record["surface"] == "messages.count_tokens" && record["outcome"] == "completed")
                #expect(record["attempts"]?.array?.count == 1)
            }
        }
    }

    @Test func `counting uses nothing and costs nothing`() async throws {
        try await withEveryUpstream { gateway in
            for upstream in Self.counting {
                let record = try await gateway.record(of: gateway.reply(to: gateway.count(upstream.route, "one")))
                #expect(record["outcome"] == "completed", "\(upstream)")
                #expect(record["usage"]?["input_tokens"] == 0 && record["usage"]?["output_tokens"] == 0)
                #expect(record["usage"]?["estimated"] == false)
                #expect(record["money"]?["charge_picodollars"] == 0 && record["money"]?["cost_picodollars"] == 0)
            }
        }
    }

    @Test func `where the upstream counts nothing, nothing is sent`() async throws {
        try await withEveryUpstream { gateway in
            for upstream in FieldUpstream.allCases where !upstream.countsTokens {
                let tag = gateway.tag()
                let reply = try await gateway.reply(to: gateway.count(upstream.route, tag))
                let error = try reply.json["error"]
                #expect(reply.status == 501 && error?["details"]?["error_code"] == "not_implemented_yet", "\(upstream)")
                #expect(gateway.upstreamRequests(with: tag).isEmpty)
                let record = try await gateway.record(of: reply)
                #expect(record["outcome"] == "refused" && record["attempts"]?.array?.isEmpty == true)
            }
        }
    }

    @Test func `a longer text has more tokens`() async throws {
        for family in [Family.anthropic, .vertex, .bedrock] {
            let short = try await gateway.reply(to: gateway.count(family.route, "one"))
            let long = try await gateway.reply(to: gateway.count(family.route, "one two three four"))
            #expect(try long.json["input_tokens"]?.int == (short.json["input_tokens"]?.int ?? 0) + 3)
        }
    }

    @Test func `a base URL that ends in a version counts too`() async throws {
        var call = gateway.count(Family.vertex.route, "one")
        call.path = "/v1/v1/messages/count_tokens"
        #expect(try await gateway.reply(to: call).status == 200)
    }

    @Test func `what only an answer needs stands in no count's way where it is translated`() async throws {
        for family in [Family.vertex, .bedrock] {
            let asked = gateway.count(family.route, "one", ["stream": true, "max_tokens": 9])
            let reply = try await gateway.reply(to: asked)
            #expect(reply.status == 200 && reply["content-type"] == "application/json")
        }
    }

    @Test func `a command that is counted is a text like any other`() async throws {
        let key = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases), allowsCommands: true)).secret
        let reply = try await gateway.reply(to: gateway.count(Family.vertex.route, "ni-help", key: key))
        #expect(try reply.json["input_tokens"] != nil)
        let record = try await gateway.record(of: reply)
        #expect(record["command"] == nil && record["attempts"]?.array?.count == 1)
    }

    // MARK: Passing

    @Test func `a count that passes reaches the caller byte for byte`() async throws {
        let answer = "{ \"input_tokens\" : 7, \"new\": 1.50 }"
        try await withCounting(.anthropic, [.json(answer)]) { gateway, upstream in
            let reply = try await gateway.reply(to: gateway.count(TestRoute.raw, "one", ["new": true]))
            #expect(reply.text == answer)
            let request = String(decoding: try #require(upstream.requests.first), as: UTF8.self)
            #expect(request.hasPrefix("POST /v1/messages/count_tokens HTTP/1.1\r\n"))
            #expect(request.contains("\"new\":true") && request.contains(Family.anthropic.upstreamModel))
        }
    }

    @Test func `betas go with a count that passes`() async throws {
        let tag = gateway.tag()
        let asked = gateway.count(Family.anthropic.route, tag).with("anthropic-beta", "token-counting-2024-11-01")
        #expect(try await gateway.reply(to: asked).status == 200)
        let seen = try #require(gateway.upstreamRequests(with: tag).first)
        #expect(seen.headers.contains { $0.name == "anthropic-beta" && $0.value == "token-counting-2024-11-01" })
    }

    // MARK: Refusals and failures

    @Test(arguments: [Family.anthropic, .vertex, .bedrock])
    func `a reply without a count is the upstream's fault`(family: Family) async throws {
        let answers = [
            "{}", #"{"input_tokens":-1,"totalTokens":-1,"inputTokens":-1}"#, #"{"input_tokens":"7"}"#, "[7]",
        ]
        for answer in answers {
            try await withCounting(family, [.json(answer)]) { gateway, _ in
                let reply = try await gateway.reply(to: gateway.count(TestRoute.raw, "one"))
                #expect(reply.status == 502, "\(answer)")
                #expect(try reply.json["type"] == "error")
                #expect(try await gateway.record(of: reply)["outcome"] == "failed")
            }
        }
    }

    @Test func `what an upstream of the same wire refuses is told in its words`() async throws {
        let reply = try await gateway.reply(to: gateway.count(Family.anthropic.route, "one", ["max_tokens": 9]))
        #expect(reply.status == 400)
        #expect(try reply.json["error"]?["type"] == "invalid_request_error")
        #expect(try await gateway.record(of: reply)["outcome"] == "failed")
    }

    @Test func `what can't be translated is named as the caller wrote it`() async throws {
        let stops: JSON = ["a", "b", "c", "d", "e", "f"]
        let reply = try await gateway.reply(to: gateway.count(Family.vertex.route, "one", ["stop_sequences": stops]))
        #expect(reply.status == 400)
        #expect(try reply.json["error"]?["message"]?.string?.contains("stop_sequences") == true)
    }

    @Test func `a key's tiers bind counts, too`() async throws {
        let tag = gateway.tag()
        let asked = gateway.count(Family.anthropic.route, tag, key: gateway.keys.cloudOnly)
        let reply = try await gateway.reply(to: asked)
        #expect(try reply.status == 403 && reply.json["error"]?["details"]?["error_code"] == "route_not_allowed")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }

    @Test func `a route that isn't there is told as on Messages`() async throws {
        let reply = try await gateway.reply(to: gateway.count("no-route", "one"))
        #expect(reply.status == 404)
        #expect(try reply.json["error"]?["details"]?["error_code"] == "model_not_found")
    }

    // MARK: Fallbacks

    @Test func `a fallback counts for a route that fails`() async throws {
        try await withCounting(.bedrock, [.unavailable], fallback: .vertex) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.count(TestRoute.raw, "one"))
            #expect(reply.status == 200 && reply["x-ni-attempts"] == "2")
            #expect(reply["x-ni-resolved-route"] == Family.vertex.route)
            #expect(try reply.json["input_tokens"] != nil)
        }
    }

    @Test func `a fallback that counts nothing leaves the first failure standing`() async throws {
        try await withCounting(.bedrock, [.unavailable], fallback: .compatible) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.count(TestRoute.raw, "one"))
            #expect(reply.status == 503 && reply["x-ni-attempts"] == "1")
            #expect(reply["x-ni-resolved-route"] == TestRoute.raw)
        }
    }

    @Test func `a fallback counts for no route that can't`() async throws {
        let tag = gateway.tag()
        #expect(try await gateway.reply(to: gateway.count(TestRoute.azureWithFallback, tag)).status == 501)
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }
}

extension TestGateway {
    /// Asks how many tokens a text has.
    fileprivate func count(
        _ route: Route.ID, _ text: String, _ members: JSONObject = [:], key: String? = nil
    ) -> TestCall {
        var body: JSONObject = [
            "model": .string(route), "system": "Be brief.",
            "messages": [["role": "user", "content": .string(text)]],
        ]
        for member in members.members { body[member.key] = member.value }
        var call = TestCall(path: "/v1/messages/count_tokens").with(key: key ?? keys.main)
        call.body = JSON.object(body).bytes()
        return call.with("anthropic-version", "2023-06-01")
    }
}

extension RawUpstream.Action {
    fileprivate static let unavailable = RawUpstream.Action.reply(
        Array("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}".utf8))
}

/// Gives a test a gateway with one more route, ``TestRoute/raw``, of a family, to a server that answers as it is told.
private func withCounting(
    _ family: Family, _ answers: [RawUpstream.Action], fallback: Family? = nil,
    _ body: (TestGateway, RawUpstream) async throws -> Void
) async throws {
    let upstream = try await RawUpstream.start([answers])
    let route = TestRoute(TestRoute.raw, family, port: upstream.port, fallbacks: fallback.map { [$0.route] } ?? [])
    try await withGateway {
        $0.routes = [route]
    } _: { gateway in
        try await body(gateway, upstream)
    }
    try await upstream.stop()
}
