import Domain
import Gateway
import ProviderSimulator
import Routing
import Testing
import Wire

/// `POST /api/explain` says what would become of a request, and sends nothing.
@Suite(.gateway) struct ExplainTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private func explain(_ call: TestCall) async throws -> JSON {
        var call = call
        call.path = "/api/explain"
        let reply = try await gateway.reply(to: call)
        #expect(reply.status == 200)
        return try reply.json
    }

    @Test(arguments: Family.allCases)
    func `it names the route that would answer, with where that is, and nothing is sent`(family: Family) async throws {
        let tag = gateway.tag()
        let explanation = try await explain(gateway.chat(family, tag))
        #expect(explanation["would_be_sent"] == true && explanation["refusal"] == .null)
        #expect(explanation["route"] == .string(family.route))
        let leg = try #require(explanation["plan"]?[0])
        #expect(leg["tier"] == .string(family.tier.rawValue) && leg["obstacle"] == .null)
        #expect(leg["endpoints"]?[0]?["host"] == .string("127.0.0.1:\(gateway.simulator.port)"))
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        // The same request does go there.
        let reply = try await gateway.reply(to: gateway.chat(family, tag))
        #expect(reply["x-ni-resolved-route"] == family.route)
        let residency = try #require(leg["residency"])
        #expect(residency["endpoint_region"]?.string == reply["x-ni-resolved-region"])
        #expect(residency["endpoint_jurisdiction"]?.string == reply["x-ni-resolved-jurisdiction"])
    }

    @Test func `it refuses what would be refused, in the same words`() async throws {
        let image: JSON = [
            ["role": "user", "content": [["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]]]]
        ]
        let unsupported: JSONObject = ["performanceConfig": ["latency": "optimized"]]
        let calls = [
            gateway.chat("nobody/knows-this", "hi"),
            gateway.chat(TestRoute.retired, "hi"),
            gateway.chat(Family.openai.route, "hi", key: gateway.keys.cloudOnly),
            gateway.chat(Family.bedrock.route, "hi", key: gateway.keys.oneRoute),
            gateway.chat(.compatible, "hi", ["privacy_tier": "provider_api"]),
            gateway.chat(.compatible, "hi", ["privacy_tier": "no such tier"]),
            gateway.chat(.compatible, "hi", ["messages": image, "pii_substitution": "required"]),
            gateway.chat(Family.vertex, "hi", unsupported),
            gateway.chat(TestRoute.withoutCredential, "hi"),
            gateway.chat(.compatible, "hi").with(body: "{"),
            gateway.chat(.compatible, "hi").with(body: "{}"),
        ]
        for call in calls {
            let error = try await gateway.reply(to: call).json["error"]
            let explanation = try await explain(call)
            #expect(explanation["would_be_sent"] == false)
            #expect(explanation["refusal"]?["code"] == error?["code"] && error?["code"] != nil)
            #expect(explanation["refusal"]?["message"] == error?["message"])
            #expect(explanation["route"] == .null)
        }
    }

    @Test func `a route that a key may not use is told with one that it may, which then is allowed`() async throws {
        let explanation = try await explain(gateway.chat(Family.openai.route, "hi", key: gateway.keys.cloudOnly))
        #expect(explanation["refusal"]?["code"] == "route_not_allowed" && explanation["refusal"]?["status"] == 403)
        let alternative = try #require(explanation["alternative"]?.string)
        let permitted = try await explain(gateway.chat(alternative, "hi", key: gateway.keys.cloudOnly))
        #expect(permitted["would_be_sent"] == true)
    }

    @Test func `fallbacks are listed in order, and those that are left out with the reason`() async throws {
        let plan = try await explain(gateway.chat(TestRoute.withFallback, "hi"))
        #expect(
            plan["plan"]?.array?.map { $0["route"] } == [
                .string(TestRoute.withFallback), .string(Family.compatible.route),
            ])
        let forbidden = try await explain(gateway.chat(TestRoute.withFallback, "hi", ["allow_fallbacks": false]))
        #expect(forbidden["plan"]?.array?.count == 1)
        #expect(forbidden["left_out"]?[0]?["reason"]?.string?.contains("allows no fallbacks") == true)
        let exposed = try await explain(gateway.chat(TestRoute.withExposedFallback, "hi"))
        #expect(exposed["left_out"]?[0]?["route"] == .string(Family.vertex.route))
        #expect(exposed["left_out"]?[0]?["reason"]?.string?.contains("may go where") == true)
    }

    @Test func `a route without a credential is passed over, and the one after it would answer`() async throws {
        let explanation = try await explain(gateway.chat(TestRoute.withoutCredentialWithFallback, "hi"))
        #expect(explanation["would_be_sent"] == true && explanation["route"] == .string(Family.azure.route))
        #expect(explanation["plan"]?[0]?["obstacle"]?["code"] == "upstream_unavailable")
    }

    @Test func `an endpoint that is left alone is told with the time until which it is`() async throws {
        let fragile = "local/fragile-ca"
        try await withGateway {
            $0.bindings = {
                var route = TestRoute(fragile, .compatible, port: $0)
                route.breaker = CircuitBreaker.Settings(failures: 1, rest: 3_600)
                return [try route.binding().binding]
            }
        } _: { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(fragile, "[[sim:status 503]]"))
            #expect(try await client.reply().status == 503)
            var call = gateway.chat(fragile, "hi")
            call.path = "/api/explain"
            try await client.send(call)
            let explanation = try await client.reply().json
            #expect(explanation["would_be_sent"] == false)
            #expect(explanation["refusal"]?["code"] == "upstream_unavailable")
            #expect(explanation["plan"]?[0]?["endpoints"]?[0]?["left_alone_until"]?.string != nil)
        }
    }

    @Test func `a command is told as one, since no model would be asked`() async throws {
        let key = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases), allowsCommands: true))
        let explanation = try await explain(gateway.chat("any name", "ni-status", key: key.secret))
        #expect(explanation["command"] == "ni-status" && explanation["would_be_sent"] == false)
        #expect(explanation["refusal"] == .null && explanation["plan"] == [])
    }

    @Test func `it needs a key, and leaves no record`() async throws {
        var call = gateway.chat(.compatible, "hi").with(key: nil)
        call.path = "/api/explain"
        #expect(try await gateway.reply(to: call).status == 401)
        call = gateway.chat(.compatible, "hi")
        call.path = "/api/explain"
        let reply = try await gateway.reply(to: call)
        let record = try await gateway.reply(to: .get("/api/usage/custody/\(reply.requestID)", key: gateway.keys.main))
        #expect(record.status == 404)
    }

    @Test func `a large body is explained, too`() async throws {
        let text = String(repeating: "word ", count: 200_000)
        let explanation = try await explain(gateway.chat(.bedrock, text))
        #expect(explanation["would_be_sent"] == true)
        #expect(explanation["plan"]?[0]?["estimate"]?["prompt_tokens"]?.int ?? 0 > 200_000)
    }
}
