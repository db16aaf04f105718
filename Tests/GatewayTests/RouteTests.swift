import Testing
import Wire

/// Which route a request may take, and what is said when it may not.
@Suite(.gateway) struct RouteTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test func `an unknown model is answered with routes that look like it`() async throws {
        for name in ["gemini-2.5-pro", "vertex_ai/gemini-2.5-pro", "Vertex_AI/gemini-2.5-pro-ca"] {
            let reply = try await gateway.reply(to: gateway.chat(name, "hi"))
            #expect(reply.status == 404)
            #expect(try reply.errorCode == "model_not_found")
            #expect(try reply.json["error"]?["param"] == "model")
            #expect(try reply.errorMessage.contains("'vertex_ai/gemini-2.5-pro-ca'"))
            #expect(try await gateway.record(of: reply)["outcome"] == "refused")
        }
    }

    @Test func `suggestions name only routes that the key may call`() async throws {
        let reply = try await gateway.reply(
            to: gateway.chat("vertex_ai/gemini-2.5-pro", "hi", key: gateway.keys.premisesOnly))
        #expect(reply.status == 404)
        #expect(try !reply.errorMessage.contains("vertex_ai/gemini-2.5-pro-ca"))
    }

    @Test func `a route of another tier is refused, with one that the key may use`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(Family.bedrock.route, tag, key: gateway.keys.premisesOnly))
        #expect(reply.status == 403)
        #expect(try reply.errorCode == "route_not_allowed")
        #expect(try reply.errorMessage.contains("managed_canadian_cloud"))
        #expect(try reply.errorMessage.contains("It may use 'local/"))
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "refused")
        #expect(record["asked_route"] == .string(Family.bedrock.route))
        #expect(record["error"] == "route_not_allowed")
        #expect(record["attempts"] == [])
    }

    @Test func `a key for one route can't use another of its tiers`() async throws {
        let key = gateway.keys.oneRoute
        let refused = try await gateway.reply(to: gateway.chat(Family.azure.route, "hi", key: key))
        #expect(refused.status == 403)
        #expect(try refused.errorMessage.contains("'\(Family.vertex.route)'"))
        let taken = try await gateway.reply(to: gateway.chat(Family.vertex.route, "[[sim:echo]]yes", key: key))
        #expect(try taken.content == "yes")
    }

    @Test func `a demand for a tier is met or refused, by member or by header`() async throws {
        let tag = gateway.tag()
        for (call, status) in [
            (gateway.chat(.compatible, "hi", ["privacy_tier": "customer_premises"]), 200),
            (gateway.chat(.compatible, "hi").with("x-privacy-tier", "customer_premises"), 200),
            (gateway.chat(.vertex, tag, ["privacy_tier": "customer_premises"]), 403),
            (gateway.chat(.vertex, tag).with("x-privacy-tier", "customer_premises"), 403),
            (gateway.chat(.vertex, tag, ["privacy_tier": "top_secret"]), 400),
            (gateway.chat(.vertex, tag).with("x-privacy-tier", "top_secret"), 400),
        ] {
            #expect(try await gateway.reply(to: call).status == status)
        }
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }

    @Test func `the body's demand goes before the header's`() async throws {
        let call = gateway.chat(.vertex, "hi", ["privacy_tier": "managed_canadian_cloud"])
        #expect(try await gateway.reply(to: call.with("x-privacy-tier", "customer_premises")).status == 200)
    }

    @Test func `a retired route is gone, and says what to use`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.retired, "hi"))
        #expect(reply.status == 410)
        #expect(try reply.errorCode == "route_retired")
        #expect(try reply.errorMessage.contains("2026-11-23"))
        #expect(try reply.errorMessage.contains("'\(Family.compatible.route)'"))
    }

    @Test func `a retiring route works, and warns`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.retiring, "[[sim:echo]]yet"))
        #expect(try reply.content == "yet")
        #expect(reply["sunset"] == "Thu, 31 Dec 2026 00:00:00 GMT")
        #expect(reply["x-ni-route-retires"] == "2026-12-31")
        #expect(reply["x-ni-route-replacement"] == Family.compatible.route)
        let other = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        #expect(other["sunset"] == nil)
    }

    @Test func `a nonce is bound into the record, and must be plain`() async throws {
        let good = try await gateway.reply(to: gateway.chat(.compatible, "hi").with("x-ni-nonce", "n0nce-1/+="))
        #expect(try await gateway.record(of: good)["nonce"] == "n0nce-1/+=")
        for nonce in ["", "two words", String(repeating: "n", count: 129)] {
            let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi").with("x-ni-nonce", nonce))
            #expect(reply.status == 400)
            #expect(try reply.json["error"]?["param"] == "x-ni-nonce")
        }
    }

    @Test(arguments: [
        (#"{"model":"#, "le texte s'arrête trop tôt, à l'octet 9"), (#"{"a":01}"#, "à l'octet 6"),
        (#"{"a":1}x"#, "quelque chose après la fin de la valeur, à l'octet 7"),
    ])
    func `what is wrong with the JSON is told in French too`(body: String, reason: String) async throws {
        let call = gateway.chat(.vertex, "").with(body: body).with("accept-language", "fr")
        let message = try await gateway.reply(to: call).errorMessage
        #expect(message.hasPrefix("Le corps n'est pas du JSON valide : ") && message.contains(reason))
        #expect(!message.contains("at byte"))
    }

    @Test(arguments: [
        (#""messages":7"#, "'messages' n'a pas le bon type; attendu : un tableau."),
        (#""stream":1"#, "'stream' n'a pas le bon type; attendu : true ou false."),
        (#""temperature":"hot""#, "'temperature' n'a pas le bon type; attendu : un nombre."),
        (#""pii_substitution":7"#, "'pii_substitution' n'a pas le bon type; attendu : true, false ou required."),
    ])
    func `what a member must be is told in French too`(member: String, message: String) async throws {
        let messages = member.contains("messages") ? "" : #","messages":[{"role":"user","content":"hi"}]"#
        let body = #"{"model":"\#(Family.vertex.route)",\#(member)\#(messages)}"#
        let call = gateway.chat(.vertex, "").with(body: body).with("accept-language", "fr")
        #expect(try await gateway.reply(to: call).errorMessage == message)
    }

    @Test func `errors are French for who prefers it`() async throws {
        let call = gateway.chat("nowhere", "hi")
        for (language, isFrench) in [
            ("fr", true), ("fr-CA,fr;q=0.9,en;q=0.8", true), ("en,fr;q=0.5", false), ("de", false),
            ("de,fr;q=0.1", true),
        ] {
            let message = try await gateway.reply(to: call.with("accept-language", language)).errorMessage
            #expect(message.hasPrefix(isFrench ? "Aucune route" : "No route") == true, "\(language)")
        }
        let early = gateway.chat(.compatible, "hi").with(key: nil).with("accept-language", "fr")
        #expect(try await gateway.reply(to: early).errorMessage.hasPrefix("Aucune clé d'API"))
    }
}
