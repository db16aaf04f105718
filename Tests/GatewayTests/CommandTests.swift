import Domain
import Foundation
import ProviderSimulator
import Storage
import Testing
import Wire

/// The commands for clients that pin the name of a model, and where mappings lead.
@Suite(.gateway) struct CommandTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    enum Form: String, CaseIterable, CustomTestStringConvertible {
        case chat = "/v1/chat/completions"
        case messages = "/v1/messages"
        case responses = "/v1/responses"

        var testDescription: String { rawValue }
    }

    private static let everything = KeyPolicy(tiers: Set(Tier.allCases), allowsCommands: true)

    private func key(_ policy: KeyPolicy = everything) async throws -> String {
        try await gateway.makeKey(policy).secret
    }

    /// A message of one text on one of the surfaces.
    private func call(
        _ text: String, model: String = "gpt-4o", key: String, on form: Form = .chat, _ members: JSONObject = [:]
    ) -> TestCall {
        var body: JSONObject = ["model": .string(model)]
        switch form {
        case .chat: body["messages"] = [["role": "user", "content": .string(text)]]
        case .messages:
            body["max_tokens"] = 100
            body["messages"] = [["role": "user", "content": [["type": "text", "text": .string(text)]]]]
        case .responses: body["input"] = .string(text)
        }
        for member in members.members { body[member.key] = member.value }
        var call = TestCall(path: form.rawValue).with(key: key)
        call.body = JSON.object(body).bytes()
        return call
    }

    private func said(_ text: String, model: String = "gpt-4o", key: String, to gateway: TestGateway? = nil)
        async throws
        -> String
    {
        try await (gateway ?? self.gateway).reply(to: call(text, model: model, key: key)).content ?? ""
    }

    /// Where the key's requests for a name end up, each on a connection of its own, so on different event loops.
    private func routes(_ model: String = "gpt-4o", key: String, in gateway: TestGateway? = nil) async throws -> Set<
        String
    > {
        var found: Set<String> = []
        for _ in 0..<6 {
            let reply = try await (gateway ?? self.gateway).reply(to: call("hi", model: model, key: key))
            found.insert(reply["x-ni-resolved-route"] ?? "")
        }
        return found
    }

    // MARK: Replies

    @Test(arguments: Form.allCases)
    func `a command is answered whole without a model, and nothing is billed`(form: Form) async throws {
        let reply = try await gateway.reply(to: call("ni-help", key: try await key(), on: form))
        #expect(reply.status == 200 && reply["x-ni-resolved-route"] == "none" && reply["x-ni-attempts"] == "0")
        #expect(try reply.assistantText(form).hasPrefix("Commands are the whole message:\nni-models:"))
        let json = try reply.json
        let usage = try #require(json["usage"])
        for name in ["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens"] {
            #expect(usage[name]?.int ?? 0 == 0)
        }
        #expect(json["model"] == "gpt-4o")
        switch form {
        case .chat: #expect(try reply.finishReason == "stop")
        case .messages: #expect(json["stop_reason"] == "end_turn" && json["role"] == "assistant")
        case .responses: #expect(json["status"] == "completed" && json["object"] == "response")
        }
    }

    @Test(arguments: Form.allCases)
    func `a streamed command has the same text in the events of its wire`(form: Form) async throws {
        let key = try await key()
        let whole = try await gateway.reply(to: call("ni-models", key: key, on: form)).assistantText(form)
        let reply = try await gateway.reply(to: call("ni-models", key: key, on: form, ["stream": true]))
        #expect(reply.status == 200 && reply["content-type"]?.hasPrefix("text/event-stream") == true)
        #expect(try reply.streamedAssistantText(form) == whole)
        #expect(reply.comments.contains("x-ni-outcome=completed; x-ni-input-tokens=0; x-ni-output-tokens=0"))
        switch form {
        case .chat: #expect(try reply.isDone && reply.finishReasons == ["stop"])
        case .messages: #expect(reply.text.hasSuffix("data: {\"type\":\"message_stop\"}\n\n"))
        case .responses: #expect(reply.text.contains("event: response.completed\n"))
        }
    }

    @Test func `usage comes with a stream of a command where it is asked for`() async throws {
        let members: JSONObject = ["stream": true, "stream_options": ["include_usage": true]]
        let reply = try await gateway.reply(to: call("ni-help", key: try await key(), members))
        #expect(try reply.chunks.last?["usage"]?["total_tokens"] == 0)
    }

    @Test(arguments: Form.allCases)
    func `the record says which command it was, and that nothing left`(form: Form) async throws {
        let key = try await key()
        let reply = try await gateway.reply(to: call("ni-map-model \(Family.vertex.route)", key: key, on: form))
        let record = try await gateway.record(of: reply, key: key)
        #expect(record["state"] == "closed" && record["outcome"] == "completed" && record["attempts"] == [])
        #expect(record["command"] == "ni-map-model" && record["status"] == 200 && record["route"] == nil)
        #expect(record["mapping"] == ["name": "gpt-4o", "route": .string(Family.vertex.route)])
        #expect(record["usage"]?["input_tokens"] == 0 && record["money"] == nil && record["asked_route"] == nil)
        #expect(record["policy"]?.string == reply["x-ni-policy"])
    }

    @Test func `the answer is in the caller's language`() async throws {
        let french = call("ni-status", key: try await key()).with("accept-language", "fr-CA")
        #expect(try await gateway.reply(to: french).content?.hasPrefix("Cette clé n'a associé aucun nom.") == true)
    }

    @Test func `models are numbered as the list of models has them`() async throws {
        let key = try await key(KeyPolicy(tiers: [.managedCanadianCloud], allowsCommands: true))
        let listed = try await gateway.reply(to: .get("/v1/models", key: key)).json["data"]?.array ?? []
        let lines = try await said("ni-models", key: key).split(separator: "\n").dropFirst()
        #expect(lines.map(String.init) == listed.enumerated().map { "\($0 + 1). \($1["id"]?.string ?? "")" })
        for number in [1, listed.count] {
            _ = try await said("ni-map-model \(number)", key: key)
            #expect(try await said("ni-status", key: key).contains("-> \(listed[number - 1]["id"]?.string ?? "?")"))
        }
    }

    @Test func `a command behind a long conversation with a picture is one all the same`() async throws {
        let picture = "data:image/png;base64," + String(repeating: "QUJD", count: 150_000)
        let messages: JSON = [
            ["role": "user", "content": [["type": "image_url", "image_url": ["url": .string(picture)]]]],
            ["role": "assistant", "content": "A picture."], ["role": "user", "content": " ni-status\n"],
        ]
        let reply = try await gateway.reply(to: call("", key: try await key(), ["messages": messages]))
        #expect(try reply.content?.hasPrefix("This key has mapped no name.") == true)
    }

    // MARK: What is no command

    @Test(arguments: Form.allCases)
    func `without the right a command is a prompt like any other`(form: Form) async throws {
        let tag = gateway.tag()
        let plain = call(
            "ni-help", model: Family.compatible.route, key: gateway.keys.main, on: form, ["user": .string(tag)])
        let reply = try await gateway.reply(to: plain)
        #expect(reply.status == 200 && reply["x-ni-attempts"] == "1")
        #expect(!(try reply.assistantText(form)).contains("ni-map-model"))
        let unknown = try await gateway.reply(to: call("ni-help", key: gateway.keys.main, on: form))
        #expect(unknown.status == 404)
    }

    @Test(arguments: ["ni-help me", "What does ni-help do?", "ni-nothing", "NI-HELP"])
    func `a mention of a command goes to the model`(text: String) async throws {
        let asked = call("[[sim:echo]]\(text)", model: Family.compatible.route, key: try await key())
        #expect(try await gateway.reply(to: asked).content == text)
        let bare = try await gateway.reply(to: call(text, model: Family.compatible.route, key: try await key()))
        #expect(bare["x-ni-attempts"] == "1")
    }

    @Test func `only the last message counts`() async throws {
        let messages: JSON = [
            ["role": "user", "content": "ni-map-model 2"], ["role": "assistant", "content": "Done"],
            ["role": "user", "content": "[[sim:echo]]in"],
        ]
        let asked = call("", model: Family.vertex.route, key: try await key(), ["messages": messages])
        #expect(try await gateway.reply(to: asked).content == "in")
    }

    // MARK: Mappings

    @Test func `a mapped name leads to its route at once, on every connection and surface`() async throws {
        let key = try await key()
        #expect(
            try await said("ni-map-model \(Family.vertex.route)", key: key).contains(
                "now goes to \(Family.vertex.route)"))
        #expect(try await routes(key: key) == [Family.vertex.route])
        for form in Form.allCases {
            let reply = try await gateway.reply(to: call("[[sim:echo]]in", key: key, on: form))
            #expect(try reply.assistantText(form) == "in")
            let record = try await gateway.record(of: reply, key: key)
            #expect(record["route"] == .string(Family.vertex.route) && record["asked_route"] == nil)
            #expect(record["mapping"] == ["name": "gpt-4o", "route": .string(Family.vertex.route)])
            #expect(record["command"] == nil)
        }
    }

    @Test func `a mapping is moved, then removed`() async throws {
        let key = try await key()
        for family in [Family.azure, .compatible] {
            _ = try await said("ni-map-model \(family.route)", key: key)
            #expect(try await routes(key: key) == [family.route])
        }
        #expect(try await said("ni-unmap", key: key).contains("no longer goes to \(Family.compatible.route)"))
        #expect(try await gateway.reply(to: call("hi", key: key)).status == 404)
    }

    @Test func `another key isn't affected`() async throws {
        let (mine, other) = (try await key(), try await key())
        _ = try await said("ni-map-model 1", key: mine)
        #expect(try await gateway.reply(to: call("hi", key: other)).status == 404)
        #expect(try await said("ni-status", key: other).contains("has mapped no name"))
    }

    @Test func `mappings that are made at once all hold`() async throws {
        let key = try await key()
        let names = (0..<12).map { "model-\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                group.addTask {
                    let answer = try await said("ni-map-model 1", model: name, key: key)
                    #expect(answer.hasPrefix("Done"))
                }
            }
            try await group.waitForAll()
        }
        for _ in 0..<4 {
            let status = try await said("ni-status", key: key)
            for name in names { #expect(status.contains("'\(name)' -> ")) }
        }
    }

    @Test func `a mapping outlives the process`() async throws {
        let key = try await key()
        _ = try await said("ni-map-model \(Family.azure.route)", key: key)
        let left = try gateway.directory.copyAsAfterKill()
        try await withGateway {
            $0.left = (left, gateway.keys)
        } _: { again in
            #expect(try await routes(key: key, in: again) == [Family.azure.route])
            _ = try await said("ni-map-model \(Family.vertex.route)", key: key, to: again)
            #expect(try await routes(key: key, in: again) == [Family.vertex.route])
        }
    }

    @Test func `a mapping leads nowhere that the key may not go`() async throws {
        let key = try await key(KeyPolicy(tiers: [.managedCanadianCloud], allowsCommands: true))
        let refused = try await said("ni-map-model \(Family.openai.route)", key: key)
        #expect(refused.contains("may not use '\(Family.openai.route)'") && refused.contains("Nothing has changed"))
        #expect(try await said("ni-status", key: key).contains("has mapped no name"))
    }

    @Test func `what the key may no longer use is refused at the next request, with a way out`() async throws {
        let id = "local/moving-ca"
        var made: (key: String, directory: TemporaryDirectory)?
        try await withGateway {
            $0.routes = [TestRoute(id, .compatible, port: 1)]
        } _: { gateway in
            let key = try await gateway.makeKey(KeyPolicy(tiers: [.customerPremises], allowsCommands: true)).secret
            #expect(try await said("ni-map-model \(id)", key: key, to: gateway).hasPrefix("Done"))
            made = (key, try gateway.directory.copyAsAfterKill())
        }
        let (key, left) = try #require(made)
        try await withGateway {
            $0.left = (left, gateway.keys)
            // Of another tier now.
            $0.routes = [TestRoute(id, .azure, port: 1)]
        } _: { gateway in
            let reply = try await gateway.reply(to: call("hi", key: key))
            #expect(reply.status == 403 && reply["x-ni-attempts"] == "0")
            #expect(try reply.errorCode == "route_not_allowed" && reply.errorMessage.contains("send 'ni-map-model'"))
            #expect(try await said("ni-status", key: key, to: gateway).contains("\(id) (refused"))
            _ = try await said("ni-map-model \(Family.compatible.route)", key: key, to: gateway)
            #expect(try await routes(key: key, in: gateway) == [Family.compatible.route])
        }
    }

    @Test func `a demand for a tier holds behind a mapping`() async throws {
        let key = try await key()
        _ = try await said("ni-map-model \(Family.azure.route)", key: key)
        let reply = try await gateway.reply(to: call("hi", key: key).with("x-privacy-tier", "customer_premises"))
        #expect(reply.status == 403)
        let allowed = call("hi", key: key).with("x-privacy-tier", "managed_canadian_cloud")
        #expect(try await gateway.reply(to: allowed).status == 200)
    }

    @Test func `the name of a route leads to another that goes no further, and to no other`() async throws {
        let key = try await key()
        let name = Family.vertex.route
        #expect(
            try await said("ni-map-model \(Family.openai.route)", model: name, key: key).contains("is itself a route"))
        #expect(try await routes(name, key: key) == [name])
        _ = try await said("ni-map-model \(Family.compatible.route)", model: name, key: key)
        let reply = try await gateway.reply(to: call("hi", model: name, key: key))
        #expect(reply["x-ni-resolved-route"] == Family.compatible.route)
        #expect(try await gateway.record(of: reply, key: key)["asked_route"] == .string(name))
    }

    @Test func `one name more than a key may map is refused`() async throws {
        let made = try await gateway.makeKey(Self.everything)
        for number in 0..<RouteMapping.limit {
            let moment = RouteMapping.Moment(time: TestClock.start, request: RequestID(high: 0, low: UInt64(number)))
            _ = try gateway.store.change(
                RouteMappingChange(key: made.id, name: "n\(number)", route: Family.azure.route, moment: moment))
        }
        let reply = try await gateway.reply(to: call("ni-map-model 1", key: made.secret))
        #expect(try reply.content?.contains("as many as it may") == true)
        #expect(try await gateway.record(of: reply, key: made.secret)["mapping"] == nil)
    }

    @Test func `a mapping that can't be recorded isn't made`() async throws {
        try await withGateway { gateway in
            let key = try await gateway.makeKey(Self.everything).secret
            gateway.journalFault.isPresent = true
            let reply = try await gateway.reply(to: call("ni-map-model 1", key: key))
            #expect(reply.status == 503)
            #expect(try reply.errorCode == "custody_unavailable")
            gateway.journalFault.isPresent = false
            #expect(try await said("ni-status", key: key, to: gateway).contains("has mapped no name"))
        }
    }

    @Test func `a mapping that can't be stored is an error, and isn't in force`() async throws {
        try await withGateway { gateway in
            let key = try await gateway.makeKey(Self.everything).secret
            gateway.mappingFault.isPresent = true
            let reply = try await gateway.reply(to: call("ni-map-model 1", key: key))
            #expect(reply.status == 500)
            #expect(try reply.errorMessage.contains("ni-status"))
            #expect(try await gateway.reply(to: call("hi", key: key)).status == 404)
        }
    }
}

extension TestReply {
    fileprivate func assistantText(_ form: CommandTests.Form) throws -> String {
        switch form {
        case .chat: try content ?? ""
        case .messages: try json["content"]?[0]?["text"]?.string ?? ""
        case .responses: try json["output"]?.array?.last?["content"]?[0]?["text"]?.string ?? ""
        }
    }

    fileprivate func streamedAssistantText(_ form: CommandTests.Form) throws -> String {
        let data = try text.split(separator: "\n").filter { $0.hasPrefix("data: {") }.map {
            try JSON(parsing: String($0.dropFirst("data: ".count)))
        }
        return switch form {
        case .chat: try streamedText
        case .messages: data.compactMap { $0["delta"]?["text"]?.string }.joined()
        case .responses: data.compactMap { $0["delta"]?.string }.joined()
        }
    }
}
