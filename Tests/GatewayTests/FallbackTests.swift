import Domain
import ProviderSimulator
import Testing
import Wire

/// Where a request goes when its route fails.
@Suite(.gateway) struct FallbackTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    /// Fails once, for whoever is asked first.
    private func failingOnce(_ status: Int = 503) -> String {
        "[[sim:fail-times 1 \(status) \(gateway.tag())]][[sim:echo]]second try"
    }

    @Test(arguments: [
        (TestRoute.withFallback, Family.compatible), (TestRoute.bedrockWithFallback, .vertex),
        (TestRoute.azureWithFallback, .vertex),
    ])
    func `a fallback answers for a route that fails`(route: Route.ID, fallback: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(route, failingOnce()))
        #expect(reply.status == 200)
        #expect(try reply.content == "second try")
        #expect(reply["x-ni-resolved-route"] == fallback.route)
        #expect(reply["x-ni-resolved-tier"] == fallback.tier.rawValue)
        #expect(reply["x-ni-attempts"] == "2")

        let record = try await gateway.record(of: reply)
        #expect(record["asked_route"] == .string(route))
        #expect(record["route"] == .string(fallback.route))
        #expect(record["outcome"] == "completed")
        #expect(record["attempts"]?.array?.map { $0["route"] } == [.string(route), .string(fallback.route)])
        #expect(record["attempts"]?.array?.map { $0["status"] } == [503, 200])
        #expect(record["attempts"]?[0]?["failure"] == "unavailable")
        #expect(record["attempts"]?[1]?["failure"] == nil)
    }

    @Test func `a stream falls back before its first byte`() async throws {
        let reply = try await gateway.reply(to: gateway.stream(TestRoute.bedrockWithFallback, failingOnce(429)))
        #expect(try reply.streamedText == "second try")
        #expect(reply["x-ni-resolved-route"] == Family.vertex.route)
        #expect(reply["x-ni-attempts"] == "2")
        #expect(reply.isDone)
    }

    @Test func `a fallback answers for a route that can't be reached`() async throws {
        let reply = try await gateway.reply(
            to: gateway.chat(TestRoute.unreachableWithFallback, "[[sim:echo]]reached"))
        #expect(try reply.content == "reached")
        let attempts = try await gateway.record(of: reply)["attempts"]
        #expect(attempts?[0]?["failure"] == "connection")
        #expect(attempts?[0]?["address"] == nil)
        #expect(attempts?[1]?["address"]?.string == "127.0.0.1:\(gateway.simulator.port)")
    }

    @Test func `a fallback answers for a stream that is none, whatever else its upstream sends`() async throws {
        let upstream = try await RawUpstream.start([
            [.reply(RawUpstream.Action.http("data: no JSON\n\n", type: "text/event-stream"))]
        ])
        let route = TestRoute(TestRoute.raw, .compatible, port: upstream.port, fallbacks: [Family.compatible.route])
        try await withGateway {
            $0.routes = [route]
        } _: { gateway in
            let reply = try await gateway.reply(to: gateway.stream(TestRoute.raw, "[[sim:echo]]from another"))
            #expect(try reply.status == 200 && reply.streamedText == "from another")
            #expect(reply["x-ni-attempts"] == "2" && reply["x-ni-resolved-route"] == Family.compatible.route)
            let attempts = try await gateway.record(of: reply)["attempts"]
            #expect(attempts?[0]?["failure"] == "malformed" && attempts?[1]?["failure"] == nil)
            #expect(attempts?[1]?["address"]?.string == "127.0.0.1:\(gateway.simulator.port)")
        }
        try await upstream.stop()
    }

    @Test func `a route whose credential isn't there yet is passed over`() async throws {
        let reply = try await gateway.reply(
            to: gateway.chat(TestRoute.withoutCredentialWithFallback, "[[sim:echo]]passed"))
        #expect(try reply.content == "passed")
        #expect(reply["x-ni-resolved-route"] == Family.azure.route)
        #expect(reply["x-ni-attempts"] == "1")
    }

    @Test func `the record names a fallback before anything is sent there`() async throws {
        let gate = gateway.tag()
        let client = try await TestClient.connect(to: gateway)
        try await client.send(
            gateway.stream(TestRoute.unreachableWithFallback, "[[sim:words 3]][[sim:gate 1 \(gate)]]"))
        let head = try await client.head()
        let record = try await gateway.record(head.requestID)
        #expect(record["state"] == "open")
        #expect(record["attempts"]?.array?.count == 2)
        #expect(record["attempts"]?[1]?["route"] == .string(Family.compatible.route))
        gateway.simulator.open(gate: gate)
        #expect(try await client.rest().isDone)
    }

    @Test func `there is no fallback where it is forbidden`() async throws {
        let byMember = gateway.chat(TestRoute.withFallback, failingOnce(), ["allow_fallbacks": false])
        let byHeader = gateway.chat(TestRoute.withFallback, failingOnce()).with("x-ni-allow-fallbacks", "false")
        let byKey = gateway.chat(TestRoute.withFallback, failingOnce(), key: gateway.keys.withoutFallbacks)
        for call in [byMember, byHeader, byKey] {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 503)
            #expect(reply["x-ni-attempts"] == "1")
            #expect(reply["x-ni-resolved-route"] == TestRoute.withFallback)
            #expect(try await gateway.record(of: reply)["attempts"]?.array?.count == 1)
        }
    }

    @Test func `the body's wish goes before the header's, and both before the key's`() async throws {
        let key = gateway.keys.withoutFallbacks
        let byMember = gateway.chat(TestRoute.withFallback, failingOnce(), ["allow_fallbacks": true], key: key)
        #expect(try await gateway.reply(to: byMember.with("x-ni-allow-fallbacks", "false")).status == 200)
        let byHeader = gateway.chat(TestRoute.withFallback, failingOnce(), key: key)
        #expect(try await gateway.reply(to: byHeader.with("x-ni-allow-fallbacks", "TRUE")).status == 200)
        let unclear = try await gateway.reply(to: byHeader.with("x-ni-allow-fallbacks", "perhaps"))
        #expect(unclear.status == 400)
        #expect(try unclear.json["error"]?["param"] == "x-ni-allow-fallbacks")
    }

    @Test func `what is the caller's own fault is not tried again`() async throws {
        for marker in ["fail-times 1 400", "context-length"] {
            let reply = try await gateway.reply(
                to: gateway.chat(TestRoute.withFallback, "[[sim:\(marker) \(gateway.tag())]]"))
            #expect(reply.status == 400)
            #expect(reply["x-ni-attempts"] == "1")
        }
    }

    @Test func `nothing is tried again once a byte has gone to the caller`() async throws {
        for marker in ["cut 2", "end 2", "error-event 2"] {
            let tag = gateway.tag()
            let reply = try await gateway.reply(
                to: gateway.stream(TestRoute.withFallback, "[[sim:words 9]][[sim:\(marker)]]\(tag)"))
            #expect(reply.status == 200)
            #expect(try reply.streamError != nil)
            #expect(gateway.upstreamRequests(with: tag).count == 1)
        }
    }

    @Test func `a whole reply that breaks off is tried elsewhere, since nothing of it was sent`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.withFallback, "[[sim:garbage]]"))
        #expect(reply.status == 502)
        #expect(reply["x-ni-attempts"] == "2")
        #expect(try await gateway.record(of: reply)["attempts"]?.array?.map { $0["status"] } == [200, 200])
    }

    @Test func `when all routes fail, the last one's error is told, and clients shouldn't try again`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.withFallback, "[[sim:status 503]]"))
        #expect(reply.status == 503)
        #expect(reply["x-ni-attempts"] == "2")
        #expect(reply["x-should-retry"] == "false")
        #expect(try await gateway.record(of: reply)["outcome"] == "failed")
        let single = try await gateway.reply(to: gateway.chat(.compatible, "[[sim:status 503]]"))
        #expect(single["x-should-retry"] == nil)
    }

    @Test func `a fallback never goes where the asked route would not have gone`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.withExposedFallback, tag))
        #expect(reply.status == 502)
        #expect(reply["x-ni-attempts"] == "1")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }

    @Test func `a demand for a tier binds fallbacks, too`() async throws {
        let route = TestRoute.bedrockWithLocalFallback
        let free = try await gateway.reply(to: gateway.chat(route, failingOnce()))
        #expect(free["x-ni-resolved-route"] == Family.compatible.route)
        let members: JSONObject = ["privacy_tier": "managed_canadian_cloud"]
        let bound = try await gateway.reply(to: gateway.chat(route, failingOnce(), members))
        #expect(bound.status == 503)
        #expect(bound["x-ni-attempts"] == "1")
    }

    @Test func `a key's tiers bind fallbacks, too`() async throws {
        let key = gateway.keys.cloudOnly
        let reply = try await gateway.reply(
            to: gateway.chat(TestRoute.bedrockWithLocalFallback, failingOnce(), key: key))
        #expect(reply.status == 503)
        #expect(reply["x-ni-attempts"] == "1")
    }

    @Test func `a fallback that can't be asked the same leaves the first failure standing`() async throws {
        // Bedrock takes this wish; Vertex, its fallback, has no counterpart of it.
        let members: JSONObject = ["performanceConfig": ["latency": "optimized"]]
        let direct = try await gateway.reply(to: gateway.chat(Family.vertex.route, "hi", members))
        try #require(direct.status == 400)
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.bedrockWithFallback, failingOnce(), members))
        #expect(reply.status == 503)
        #expect(try reply.errorCode == "upstream_unavailable")
        #expect(reply["x-ni-resolved-route"] == TestRoute.bedrockWithFallback)
        let record = try await gateway.record(of: reply)
        #expect(record["attempts"]?.array?.count == 1)
        #expect(record["outcome"] == "failed")
    }

    @Test func `our own members reach no upstream`() async throws {
        for family in Family.allCases {
            let tag = gateway.tag()
            let members: JSONObject = [
                "allow_fallbacks": true, "pii_substitution": false, "privacy_tier": .string(family.tier.rawValue),
            ]
            let call = gateway.chat(family, tag, members)
                .with("x-ni-nonce", "a-nonce").with("x-ni-allow-fallbacks", "true").with("x-privacy-tier", "x")
            #expect(try await gateway.reply(to: call).status == 200)
            let seen = try #require(gateway.upstreamRequests(with: tag).first)
            let text = String(decoding: seen.body, as: UTF8.self)
            for word in ["allow_fallbacks", "pii_substitution", "privacy_tier"] { #expect(!text.contains(word)) }
            #expect(!seen.headers.contains { $0.name.hasPrefix("x-ni-") || $0.name == "x-privacy-tier" })
        }
    }
}
