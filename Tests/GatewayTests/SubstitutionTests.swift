import Domain
import ProviderSimulator
import Testing
import Wire

/// What leaves of what is personal, and what comes back to the caller.
@Suite(.gateway) struct SubstitutionTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private static let text =
        "My name is Jane Doe, I live in Moncton, write to jane.doe@lakeview.example or call (613) 555-0142."
    private static let originals = ["Jane", "Doe", "Moncton", "jane.doe", "lakeview", "(613) 555-0142"]
    private static let on: JSONObject = ["pii_substitution": true]

    /// The one request that reached an upstream.
    private func upstreamText(with tag: String) throws -> String {
        let requests = gateway.upstreamRequests(with: tag)
        #expect(requests.count == 1)
        return String(decoding: try #require(requests.last).body, as: UTF8.self)
    }

    private func holdsNone(_ text: String) -> Bool { Self.originals.allSatisfy { !text.contains($0) } }

    @Test(arguments: Family.allCases)
    func `no provider gets what is personal, and the caller has it back`(family: Family) async throws {
        for call in [gateway.chat, gateway.stream] as [(Family, String, JSONObject) -> TestCall] {
            let tag = gateway.tag()
            let text = "\(Self.text) \(tag)"
            let reply = try await gateway.reply(to: call(family, "[[sim:echo]]\(text)", Self.on))
            #expect(reply.status == 200)
            #expect(try (reply.isDone ? reply.streamedText : reply.content) == text)
            #expect(holdsNone(try upstreamText(with: tag)))
            #expect(reply["x-ni-pii"] == "name=1,email=1,phone=1,location=1")
            let record = try await gateway.record(of: reply)
            #expect(record["pii"]?["entities"] == ["email": 1, "location": 1, "name": 1, "phone": 1])
            #expect(record["pii"]?["substitution"] == "on" && record["pii"]?["not_covered"] == [])
        }
    }

    @Test func `whoever doesn't ask for it is sent as it is, and nothing is said of it`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "\(Self.text) \(tag)"))
        #expect(reply["x-ni-pii"] == nil)
        #expect(try upstreamText(with: tag).contains("Jane Doe"))
        #expect(try await gateway.record(of: reply)["pii"] == nil)
    }

    @Test func `where nothing is personal, the body passes byte for byte, and the reply says none`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "How do I descale a kettle? \(tag)", Self.on))
        #expect(reply["x-ni-pii"] == "none")
        #expect(try upstreamText(with: tag).contains("How do I descale a kettle? \(tag)"))
    }

    @Test func `the header field asks for it, and the body wins over it`() async throws {
        let tag = gateway.tag()
        let plain = gateway.chat(.compatible, "\(Self.text) \(tag)")
        let asked = try await gateway.reply(to: plain.with("x-ni-pii-substitution", "true"))
        #expect(asked["x-ni-pii"] != nil)
        #expect(holdsNone(try upstreamText(with: tag)))
        let off = gateway.chat(.compatible, "[[sim:echo]]as it is", ["pii_substitution": false])
        let passed = try await gateway.reply(to: off.with("x-ni-pii-substitution", "true"))
        #expect(try passed.content == "as it is" && passed["x-ni-pii"] == nil)
        let unclear = try await gateway.reply(to: plain.with("x-ni-pii-substitution", "maybe"))
        #expect(try unclear.errorCode == "invalid_type")
    }

    @Test func `an image is said not to be covered, and is refused where protection is required`() async throws {
        let tag = gateway.tag()
        let image: JSON = ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]]
        let content: JSON = [["type": "text", "text": .string("Jane Doe \(tag)")], image]
        let messages: JSON = [["role": "user", "content": content]]
        let route = Family.compatible.route
        let refused = try await gateway.reply(
            to: gateway.chat(route, messages: messages, ["pii_substitution": "required"]))
        #expect(refused.status == 503)
        #expect(try refused.errorCode == "pii_protection_unavailable")
        #expect(try await gateway.record(of: refused)["outcome"] == "refused")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        let passed = try await gateway.reply(to: gateway.chat(route, messages: messages, Self.on))
        #expect(passed["x-ni-pii"] == "name=1,image=not_covered")
        #expect(try await gateway.record(of: passed)["pii"]?["not_covered"] == ["image"])
    }

    @Test func `a value keeps its stand-in within its scope, and has another one in another`() async throws {
        func sent(_ scope: String?) async throws -> String {
            let tag = gateway.tag()
            var call = gateway.chat(.compatible, "Jane Doe \(tag)", Self.on)
            if let scope { call = call.with("x-ni-pii-scope", scope) }
            _ = try await gateway.reply(to: call)
            return try upstreamText(with: tag).split(separator: tag).first.map(String.init) ?? ""
        }
        let usual = try await sent(nil)
        #expect(try await sent(nil) == usual)
        #expect(try await sent("organization") == usual)
        let conversation = try await sent("case-17")
        #expect(try await sent("case-17") == conversation)
        #expect(Set([usual, conversation, try await sent("case-18")]).count == 3)
        let requests = [try await sent("request"), try await sent("request")]
        #expect(requests[0] != requests[1])
        let unfit = gateway.chat(.compatible, "hi", Self.on).with("x-ni-pii-scope", "two words")
        #expect(try await gateway.reply(to: unfit).json["error"]?["param"] == "x-ni-pii-scope")
    }

    @Test func `a fallback gets the same stand-ins`() async throws {
        let tag = gateway.tag()
        let text = "[[sim:fail-times 1 503 \(tag)]][[sim:echo]]\(Self.text) \(tag)"
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.bedrockWithFallback, text, Self.on))
        #expect(try reply.content == "\(Self.text) \(tag)")
        let bodies = gateway.upstreamRequests(with: tag).map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.count >= 2 && bodies.allSatisfy(holdsNone))
    }

    @Test func `a large body is protected too`() async throws {
        let tag = gateway.tag()
        let filling = String(repeating: "The kettle is descaled. ", count: 30_000)
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "\(filling)\(Self.text) \(tag)", Self.on))
        #expect(reply.status == 200 && reply["x-ni-pii"]?.hasPrefix("name=1,email=1") == true)
        #expect(holdsNone(try upstreamText(with: tag)))
    }

    @Test func `an explanation says where what would be replaced stands, and sends nothing`() async throws {
        let tag = gateway.tag()
        var call = gateway.chat(.compatible, "Élodie: I am Jane Doe \(tag)", Self.on)
        call.path = "/api/explain"
        let found = try await gateway.reply(to: call).json["pii"]
        let place = found?["entities"]?.array?.last
        #expect(place?["type"] == "name" && place?["at"] == "/messages/0/content")
        #expect(place?["start"] == 13 && place?["end"] == 21)
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        call = gateway.chat(.compatible, "hi")
        call.path = "/api/explain"
        #expect(try await gateway.reply(to: call).json["pii"] == .null)
    }
}
