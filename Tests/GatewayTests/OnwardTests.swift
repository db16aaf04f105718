import Domain
import Pipeline
import Testing
import Wire

/// What would have a provider send a request on to others leaves only by routes that allow it.
@Suite(.gateway { $0.bindings = OnwardRoutes.bindings }) struct OnwardTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    struct Sender: Sendable, CustomTestStringConvertible {
        let surface: FieldSurface
        let refusing: Route.ID
        let allowing: Route.ID
        let member: String
        let members: String

        init(_ surface: FieldSurface, _ refusing: Route.ID, _ allowing: Route.ID, _ member: String, _ members: String) {
            self.surface = surface
            self.refusing = refusing
            self.allowing = allowing
            self.member = member
            self.members = members
        }

        var testDescription: String { "\(surface): \(members)" }
    }

    private static let server = #"{"type": "url", "url": "https://example.com", "name": "m"}"#

    private static let senders: [Sender] = [
        Sender(.chat, Family.azure.route, Family.openai.route, "web_search_options", #""web_search_options": {}"#),
        Sender(
            .chat, Family.compatible.route, Family.openai.route, "tools[0]", #""tools": [{"type": "web_search"}]"#),
        Sender(
            .chat, Family.azure.route, OnwardRoutes.azure, "data_sources",
            #""data_sources": [{"type": "azure_search", "parameters": {"endpoint": "https://example.com"}}]"#),
        Sender(
            .chat, Family.bedrockAnthropic.route, Family.anthropic.route, "mcp_servers", #""mcp_servers": [\#(server)]"#
        ),
        Sender(
            .chat, Family.bedrock.route, OnwardRoutes.bedrock, "additionalModelRequestFields.mcp_servers",
            #""additionalModelRequestFields": {"mcp_servers": [\#(server)]}"#),
        Sender(
            .messages, Family.bedrockAnthropic.route, Family.anthropic.route, "mcp_servers",
            #""mcp_servers": [\#(server)]"#),
        Sender(
            .messages, Family.bedrockAnthropic.route, Family.anthropic.route, "tools[1]",
            #""tools": [MESSAGES_TOOL, {"type": "web_search_20250305", "name": "web_search"}]"#),
        Sender(
            .messages, Family.bedrockAnthropic.route, Family.vertexAnthropic.route, "tools[0]",
            #""tools": [{"type": "web_fetch_20250910", "name": "web_fetch"}]"#),
        Sender(
            .messages, Family.bedrockAnthropic.route, Family.anthropic.route, "tools[0]",
            #""tools": [{"type": "mcp_toolset", "mcp_server_name": "m"}]"#),
        Sender(
            .tokenCount, Family.bedrockAnthropic.route, Family.anthropic.route, "mcp_servers",
            #""mcp_servers": [\#(server)]"#),
        Sender(
            .responses, Family.azure.route, Family.openai.route, "tools[0]",
            #""tools": [{"type": "mcp", "server_label": "m", "server_url": "https://example.com"}]"#),
        Sender(
            .responses, Family.azure.route, Family.openai.route, "tools[1]",
            #""tools": [RESPONSES_TOOL, {"type": "web_search_preview"}]"#),
        Sender(
            .responses, Family.azure.route, Family.openai.route, "tools[0].container.network_policy",
            #""tools": [{"type": "code_interpreter", "container": {"type": "auto", "network_policy": {"type": "allowlist", "allowed_domains": ["example.com"]}}}]"#
        ),
    ]

    @Test(arguments: senders)
    func `a route that sends nothing onward refuses it before anything leaves, and one that does sends it`(
        sender: Sender
    ) async throws {
        let (refused, tag) = try await ask(sender.refusing, sender)
        let error = try Failure(refused, on: sender.surface)
        #expect(refused.status == 403 && error.code == "onward_not_allowed")
        #expect(error.message.hasPrefix("'\(sender.member)' ") && error.message.contains("'\(sender.refusing)' allows"))
        if !sender.surface.wire.isAnthropic { #expect(error.parameter == sender.member) }
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        let record = try await gateway.record(of: refused)
        #expect(record["outcome"] == "refused" && record["error"] == "onward_not_allowed" && record["attempts"] == [])

        let (sent, other) = try await ask(sender.allowing, sender)
        #expect(sent.status != 403, "\(sent.text)")
        #expect(gateway.upstreamRequests(with: other).count == 1, "\(sent.text)")
    }

    @Test func `what is large or written with escapes is refused all the same`() async throws {
        let tag = gateway.tag()
        let text = tag + String(repeating: " word", count: 200_000)
        let body =
            #"{"model":"\#(Family.azure.route)","messages":[{"role":"user","content":"\#(text)"}],"#
            + #""t\u006fols":[{"\u0074ype":"web\u005fsearch"}]}"#
        let reply = try await gateway.reply(to: gateway.chat(.azure, "").with(body: body))
        #expect(try reply.status == 403 && reply.errorCode == "onward_not_allowed")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }

    @Test func `the same words in a prompt or in a tool of the caller's are sent`() async throws {
        let schema: JSON = ["type": "object", "properties": ["mcp_servers": ["type": "string"]]]
        let tool: JSON = ["type": "function", "function": ["name": "web_search", "parameters": schema]]
        let call = gateway.chat(.compatible, "[[sim:echo]]use web_search_options", ["tools": [tool]])
        #expect(try await gateway.reply(to: call).content == "use web_search_options")
    }

    @Test func `a key that demands processing sends nothing onward on any route`() async throws {
        let demand = ResidencyDemand(processing: JurisdictionSet([.unitedStates]))
        let key = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases), residency: demand)).secret
        let reply = try await gateway.reply(
            to: gateway.chat(Family.openai.route, "hi", ["web_search_options": [:]], key: key))
        #expect(try reply.status == 403 && reply.errorCode == "onward_not_allowed")
        #expect(try reply.errorMessage.hasSuffix("theirs isn't known. Leave it out."))
        #expect(try await gateway.reply(to: gateway.chat(Family.openai.route, "hi", key: key)).status == 200)
    }

    @Test func `it falls back to no route that sends nothing onward`() async throws {
        let plain = try await gateway.reply(to: gateway.chat(OnwardRoutes.failing, "hi"))
        #expect(plain["x-ni-resolved-route"] == OnwardRoutes.staying)
        let searching = try await gateway.reply(
            to: gateway.chat(OnwardRoutes.failing, "hi", ["web_search_options": [:]]))
        #expect(searching["x-ni-resolved-route"] == Family.openai.route)
    }

    @Test func `an explanation refuses it, and names a route that the key may use`() async throws {
        var call = gateway.chat(.azure, "hi", ["web_search_options": [:]])
        call.path = "/api/explain"
        let explanation = try await gateway.reply(to: call).json
        #expect(explanation["refusal"]?["code"] == "onward_not_allowed" && explanation["would_be_sent"] == false)
        let alternative = try #require(explanation["alternative"]?.string)
        #expect(explanation["refusal"]?["message"]?.string?.contains("or use '\(alternative)'.") == true)
        var again = gateway.chat(alternative, "hi", ["web_search_options": [:]])
        again.path = "/api/explain"
        #expect(try await gateway.reply(to: again).json["refusal"]?["code"] != "onward_not_allowed")
    }

    @Test func `the catalogue says of each route whether it sends onward`() async throws {
        let models = try await gateway.reply(to: .get("/api/billing/models", key: nil)).json["models"]?.array ?? []
        let rules = Dictionary(uniqueKeysWithValues: models.map { ($0["model_id"]?.string ?? "", $0["onward"]) })
        #expect(rules[Family.azure.route] == "refused" && rules[OnwardRoutes.azure] == "allowed")
        #expect(rules[Family.anthropic.route] == "allowed" && rules[OnwardRoutes.staying] == "refused")
    }

    private func ask(_ route: Route.ID, _ sender: Sender) async throws -> (reply: TestReply, tag: String) {
        let number = try #require(Int(gateway.tag().filter(\.isNumber)))
        var call = TestCall(path: sender.surface.path).with(key: gateway.keys.main)
        call.body = JSON.object(try sender.surface.body(route, [sender.members], tag: number)).bytes()
        return (try await gateway.reply(to: call), "question \(number)\"")
    }

    private struct Failure {
        let code: String?
        let parameter: String?
        let message: String

        init(_ reply: TestReply, on surface: FieldSurface) throws {
            let error = try reply.json["error"]
            code = surface.wire.isAnthropic ? error?["details"]?["error_code"]?.string : error?["code"]?.string
            parameter = error?["param"]?.string
            message = error?["message"]?.string ?? ""
        }
    }
}

private enum OnwardRoutes {
    static let azure = "azure/searching-ca"
    static let bedrock = "bedrock/searching-global"
    static let staying = "openai/staying-us"
    static let failing = "openai/failing-us"

    @Sendable
    static func bindings(at port: Int) throws -> [RouteBinding] {
        var routes = [
            TestRoute(azure, .azure, port: port), TestRoute(bedrock, .bedrock, port: port),
            TestRoute(staying, .openai, port: port),
            TestRoute(failing, .openai, port: 1, fallbacks: [staying, Family.openai.route]),
        ]
        for index in 0..<2 { routes[index].onward = .allowed }
        routes[2].onward = .refused
        return try routes.map { try $0.binding().binding }
    }
}
