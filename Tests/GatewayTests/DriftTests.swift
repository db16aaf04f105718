import Domain
import Foundation
import Gateway
import Logging
import ProviderSimulator
import Storage
import Testing
import Wire

/// An upstream that isn't as its route says is on record, counted and listed, whichever way its reply takes.
@Suite(.gateway) struct DriftTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    /// A surface that asks an upstream: on the same wire the reply passes, else it is translated.
    enum Way: String, CaseIterable, Sendable {
        case chat, messages, responses

        fileprivate func call(_ gateway: TestGateway, _ route: Route.ID, _ text: String, isStreamed: Bool) -> TestCall {
            var body: JSONObject = ["model": .string(route), "stream": .bool(isStreamed)]
            let path: String
            switch self {
            case .chat: path = "/v1/chat/completions"
            case .messages: path = "/v1/messages"
            case .responses: path = "/v1/responses"
            }
            if self == .responses {
                body["input"] = .string(text)
            } else {
                body["messages"] = [["role": "user", "content": .string(text)]]
            }
            if self == .messages { body["max_tokens"] = 100 }
            var call = TestCall(path: path).with(key: gateway.keys.main).with("anthropic-version", "2023-06-01")
            call.body = JSON.object(body).bytes()
            return call
        }
    }

    private static let ways = Way.allCases.flatMap { way in [(way, false), (way, true)] }

    private func reply(
        _ way: (Way, isStreamed: Bool), _ route: Route.ID, _ text: String, from gateway: TestGateway? = nil
    ) async throws -> (reply: TestReply, record: JSON) {
        let gateway = gateway ?? self.gateway
        let reply = try await gateway.reply(to: way.0.call(gateway, route, text, isStreamed: way.isStreamed))
        #expect(reply.status == 200, "\(reply.text)")
        return (reply, try await gateway.record(of: reply))
    }

    private func attempt(_ way: (Way, Bool), _ family: Family, _ text: String) async throws -> JSON {
        try #require(try await reply(way, family.route, text).record["attempts"]?[0])
    }

    // MARK: Models

    private static let naming: [Family] = [
        .openai, .compatible, .anthropic, .vertex, .vertexAnthropic, .bedrockAnthropic,
    ]

    @Test(arguments: naming, ways)
    func `another model's answer is a drift, passed or translated, whole or streamed`(
        family: Family, way: (Way, Bool)
    ) async throws {
        let attempt = try await attempt(way, family, "[[sim:drift another-model]]hi")
        let drift = try #require(attempt["drifts"]?[0])
        #expect(drift["kind"] == "model" && drift["seen"] == "another-model" && attempt["drifts"]?.array?.count == 1)
        #expect(drift["expected"]?.string?.isEmpty == false)
        #expect(try await self.attempt(way, family, "hi")["drifts"] == nil)
    }

    @Test(arguments: [
        (Family.vertex, "gemini-2.5-pro-001"), (.vertexAnthropic, "claude-haiku-4-5-20251001"),
        (.bedrockAnthropic, "claude-sonnet-4-5-20250929"),
    ])
    func `a snapshot, or the model's name at its maker, is no drift`(family: Family, name: String) async throws {
        let attempt = try await attempt((.messages, true), family, "[[sim:drift \(name)]]hi")
        #expect(attempt["drifts"] == nil && attempt["answered_model"] == .string(name))
    }

    @Test func `a deployment may answer as anything, until the catalogue says as what`() async throws {
        #expect(try await attempt((.chat, false), .azure, "[[sim:drift gpt-4o]]hi")["drifts"] == nil)
        try await withGateway {
            $0.bindings = { port in
                var route = TestRoute("azure/named-ca", .azure, port: port)
                route.answersAs = ["gpt-4.1"]
                return [try route.binding().binding]
            }
        } _: { gateway in
            let expected: [(String, JSON?)] = [
                ("gpt-4.1-2025-04-14", nil), ("gpt-4o", [["expected": "gpt-4.1", "kind": "model", "seen": "gpt-4o"]]),
            ]
            for (name, drifts) in expected {
                let text = "[[sim:drift \(name)]]hi"
                let record = try await reply((.chat, true), "azure/named-ca", text, from: gateway).record
                #expect(record["attempts"]?[0]?["drifts"] == drifts)
            }
        }
    }

    @Test func `embeddings of another model are a drift`() async throws {
        let answer = #"{"data":[{"embedding":"AACAPw=="}],"model":"another"}"#
        try await withRawUpstream([[.json(answer)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.embed(TestRoute.raw, "x"))
            let drift = try await gateway.record(of: reply)["attempts"]?[0]?["drifts"]?[0]
            #expect(drift?["kind"] == "model" && drift?["seen"] == "another")
        }
    }

    @Test func `a stream that breaks off has its drift on record`() async throws {
        let text = "[[sim:drift another-model]][[sim:words 9]][[sim:cut 3]]"
        let reply = try await gateway.reply(to: gateway.stream(.openai, text))
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "failed" && record["attempts"]?[0]?["drifts"]?[0]?["seen"] == "another-model")
    }

    // MARK: Regions

    @Test(arguments: ways)
    func `the region that Azure names is better evidence than none`(way: (Way, Bool)) async throws {
        let (reply, record) = try await reply(way, Family.azure.route, "[[sim:region Canada East]]hi")
        let attempt = try #require(record["attempts"]?[0])
        #expect(reply["x-ni-evidence"] == "observed_provider" && attempt["evidence"] == "observed_provider")
        #expect(attempt["observed_region"] == "canadaeast" && attempt["drifts"] == nil)
    }

    @Test(arguments: ways)
    func `another region than the route's is a drift and no evidence`(way: (Way, Bool)) async throws {
        let (reply, record) = try await reply(way, Family.azure.route, "[[sim:region East US]]hi")
        let attempt = try #require(record["attempts"]?[0])
        #expect(reply["x-ni-evidence"] == "declared" && attempt["evidence"] == nil)
        #expect(attempt["drifts"] == [["expected": "canadaeast", "kind": "region", "seen": "eastus"]])
    }

    @Test func `only a provider that names regions so is believed`() async throws {
        let attempt = try await attempt((.chat, false), .openai, "[[sim:region East US]]hi")
        #expect(attempt["observed_region"] == nil && attempt["drifts"] == nil)
    }

    // MARK: Geographies

    @Test(arguments: ways)
    func `a geography within the route's processing is evidence of it`(way: (Way, Bool)) async throws {
        let attempt = try await attempt(way, .anthropic, "[[sim:geo us]]hi")
        #expect(attempt["observed_geography"] == "us" && attempt["processing_evidence"] == "observed_provider")
        #expect(attempt["drifts"] == nil && attempt["evidence"] == nil)
    }

    @Test(arguments: ways)
    func `a geography that is wider is a drift`(way: (Way, Bool)) async throws {
        let attempt = try await attempt(way, .anthropic, "[[sim:geo global]]hi")
        #expect(attempt["drifts"] == [["expected": "US", "kind": "geography", "seen": "global"]])
        #expect(attempt["processing_evidence"] == nil)
    }

    @Test(arguments: ways)
    func `a provider that doesn't tell the geography says nothing`(way: (Way, Bool)) async throws {
        let attempt = try await attempt(way, .anthropic, "[[sim:geo not_available]]hi")
        #expect(attempt["observed_geography"] == nil && attempt["drifts"] == nil)
    }

    // MARK: Counted, logged and listed

    @Test func `drifts are counted by kind, and each kind of a route is logged once a minute`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            func ask(_ family: Family, _ text: String, times: Int) async throws {
                for _ in 0..<times {
                    try await client.send(gateway.chat(family, text))
                    #expect(try await client.reply().status == 200)
                }
            }
            try await ask(.openai, "[[sim:drift another-model]]hi", times: 3)
            try await ask(.azure, "[[sim:region East US]]hi", times: 2)
            try await ask(.anthropic, "[[sim:drift another-model]][[sim:geo global]]hi", times: 1)
            try await ask(.openai, "hi", times: 1)
            #expect(try await gateway.server.counters().drifts == [.model: 4, .region: 2, .geography: 1])
            func warnings() -> [CapturedLog.Line] { gateway.log.lines.filter { $0.level == .warning } }
            let routes = [Family.anthropic, .anthropic, .azure, .openai].map(\.route)
            #expect(warnings().map { $0.metadata["route"] ?? "" }.sorted() == routes)
            gateway.clock.pass(seconds: 60)
            try await ask(.openai, "[[sim:drift another-model]]hi", times: 1)
            #expect(warnings().count == 5 && warnings().last?.metadata["left_out"] == "2")
            // What the upstream said is in the record, and nowhere else.
            #expect(!gateway.log.lines.contains { $0.text.contains("another-model") })
        }
    }

    @Test func `what is listed is what the records have, the newest first`() async throws {
        try await withGateway { gateway in
            let texts = ["[[sim:drift one]]a", "b", "[[sim:drift two]]c"]
            var ids: [String] = []
            for text in texts { ids.append(try await gateway.reply(to: gateway.chat(.openai, text)).requestID) }
            let listed = try gateway.ledger.driftedRecords(before: nil, atMost: 9)
            #expect(listed.map(\.id.hex) == [ids[2], ids[0]])
            guard case .object(var record) = try await gateway.record(ids[2]) else { throw TestClient.Ended() }
            record["log"] = nil
            #expect(try JSON(parsing: listed[0].json) == .object(record))
        }
    }

    @Test(arguments: ["canary of words", String(repeating: "canary", count: 50)])
    func `a name of several words, or of three hundred bytes, is nowhere`(name: String) async throws {
        try await withGateway { gateway in
            for isStreamed in [false, true] {
                for family in [Family.openai, .anthropic] {
                    let text = "[[sim:drift \(name)]][[sim:geo \(name)]][[sim:region \(name)]]hi"
                    let (reply, record) = try await reply((.chat, isStreamed), family.route, text, from: gateway)
                    #expect(record["attempts"]?[0]?["drifts"] == nil && !record.text().contains("canary"))
                    #expect(!reply.headers.contains { $0.value.contains("canary") })
                }
            }
            #expect(!gateway.log.lines.contains { $0.text.contains("canary") })
            try await gateway.stop()
            #expect(try gateway.directory.allBytes().range(of: Data("canary".utf8)) == nil)
        }
    }
}
