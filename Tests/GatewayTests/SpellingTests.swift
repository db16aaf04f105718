import Domain
import Foundation
import ProviderSimulator
import Testing
import Wire

/// Names, ids and keys are told apart by their bytes, also where Unicode takes them for the same.
@Suite(.gateway) struct SpellingTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    /// Is canonically equivalent to a K.
    private static let kelvin = "\u{212A}"
    private static let composed = "\u{E9}"
    private static let decomposed = "e\u{301}"

    // MARK: Who may ask what

    @Test func `another spelling of a route's id is no route's`() async throws {
        try await withRouteOfK { gateway in
            #expect(try await gateway.reply(to: gateway.chat("local/K-ca", "hi")).status == 502)
            let reply = try await gateway.reply(to: gateway.chat("local/\(Self.kelvin)-ca", "hi"))
            #expect(try reply.status == 404 && reply.errorCode == "model_not_found")
        }
    }

    @Test func `a key that may use another spelling of a route's id may not use the route`() async throws {
        try await withRouteOfK { gateway in
            for (id, status) in [("local/K-ca", 502), ("local/\(Self.kelvin)-ca", 403)] {
                let key = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases), routes: [id])).secret
                #expect(try await gateway.reply(to: gateway.chat("local/K-ca", "hi", key: key)).status == status)
            }
        }
    }

    @Test func `a mapping is of one spelling`() async throws {
        let key = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases), allowsCommands: true)).secret
        let mapped = gateway.chat("model-K", "ni-map-model \(Family.vertex.route)", key: key)
        #expect(try await gateway.reply(to: mapped).status == 200)
        #expect(try await gateway.reply(to: gateway.chat("model-K", "hi", key: key)).status == 200)
        #expect(try await gateway.reply(to: gateway.chat("model-\(Self.kelvin)", "hi", key: key)).status == 404)
    }

    @Test func `another spelling of a key lets nobody in, not even behind the key itself`() async throws {
        var secret = gateway.keys.main
        while !secret.contains("K") { secret = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases))).secret }
        let client = try await TestClient.connect(to: gateway)
        for (key, status) in [(secret, 200), (secret.replacing("K", with: Self.kelvin), 401)] {
            try await client.send(gateway.chat(Family.compatible.route, "hi", key: key))
            #expect(try await client.reply().status == status)
        }
    }

    // MARK: What is asked

    @Test(arguments: Family.translated)
    func `keys that look alike all arrive`(family: Family) async throws {
        let tag = gateway.tag()
        let properties: JSONObject = [
            Self.composed: ["type": "string"], Self.decomposed: ["type": "integer"], "K": ["type": "string"],
            Self.kelvin: ["type": "integer"],
        ]
        #expect(properties.members.count == 4)
        let function: JSON = ["name": "f", "parameters": ["type": "object", "properties": .object(properties)]]
        let asked = gateway.chat(family, tag, ["tools": [["type": "function", "function": function]]])
        #expect(try await gateway.reply(to: asked).status == 200)
        let arrived = Data(try #require(gateway.upstreamRequests(with: tag).first).body)
        for key in properties.members.map(\.key) {
            #expect(arrived.firstRange(of: Data("\"\(key)\":{".utf8)) != nil)
        }
    }

    @Test(arguments: [Family.anthropic, .vertex])
    func `a result answers the call that has its id, byte for byte`(family: Family) async throws {
        let call: JSON = ["id": "call_K", "type": "function", "function": ["name": "f", "arguments": "{}"]]
        for (id, status) in [("call_K", 200), ("call_\(Self.kelvin)", 400)] {
            let messages: JSON = [
                ["role": "user", "content": "hi"], ["role": "assistant", "tool_calls": [call]],
                ["role": "tool", "tool_call_id": .string(id), "content": "r"],
            ]
            let tool: JSON = ["type": "function", "function": ["name": "f"]]
            let asked = gateway.chat(family.route, messages: messages, ["tools": [tool]])
            #expect(try await gateway.reply(to: asked).status == status)
        }
    }

    @Test(arguments: Family.translated)
    func `a tool that is listed under another spelling can't be chosen`(family: Family) async throws {
        let tool: JSON = ["type": "function", "function": ["name": "K"]]
        for (name, status) in [("K", 200), (Self.kelvin, 400)] {
            let choice: JSON = ["type": "function", "function": ["name": .string(name)]]
            let reply = try await gateway.reply(
                to: gateway.chat(family, "hi", ["tools": [tool], "tool_choice": choice]))
            #expect(reply.status == status)
            if status == 400 { #expect(try reply.json["error"]?["param"] == "tool_choice") }
        }
    }

    // MARK: What is answered

    @Test func `pieces of two calls whose ids look alike aren't put together`() async throws {
        let ids = ["call_K", "call_\(Self.kelvin)"]
        let pieces = ids.map { id in
            let call = #"{"id":"\#(id)","function":{"name":"f","arguments":"{}"}}"#
            return #"data: {"choices":[{"delta":{"tool_calls":[\#(call)]}}]}"#
        }
        let end = [#"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#, "data: [DONE]"]
        let stream = (pieces + end).map { $0 + "\n\n" }.joined()
        let answer = RawUpstream.Action.reply(RawUpstream.Action.http(stream, type: "text/event-stream"))
        try await withRawUpstream([[answer]]) { gateway, _ in
            var asked = gateway.chat(TestRoute.raw, "hi", ["stream": true, "max_tokens": 9])
            asked.path = "/v1/messages"
            let data = try await gateway.reply(to: asked).text.components(separatedBy: "\ndata: ").dropFirst()
            let events = try data.map { try JSON(parsing: String($0.prefix { $0 != "\n" })) }
            #expect(events.compactMap { $0["content_block"]?["id"] } == ids.map { .string($0) })
        }
    }

    private func withRouteOfK(_ body: (TestGateway) async throws -> Void) async throws {
        // Nobody listens on this port.
        try await withGateway {
            $0.routes = [TestRoute("local/K-ca", .compatible, port: 1)]
        } _: { gateway in
            try await body(gateway)
        }
    }
}
