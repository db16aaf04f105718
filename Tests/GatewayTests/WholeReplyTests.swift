import ProviderSimulator
import Testing
import Wire

@Suite(.gateway) struct WholeReplyTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test(arguments: Family.allCases)
    func `a text comes back as it was said`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:echo]]Allô, monde 🍁 \"x\"\\"))
        #expect(reply.status == 200)
        #expect(reply["content-type"] == "application/json")
        #expect(try reply.content == "Allô, monde 🍁 \"x\"\\")
        #expect(try reply.finishReason == "stop")
        #expect(try reply.json["object"] == "chat.completion")
        #expect(try reply.message?["role"] == "assistant")
    }

    @Test(arguments: Family.allCases)
    func `the upstream is asked for the route's own model`(family: Family) async throws {
        let tag = gateway.tag()
        _ = try await gateway.reply(to: gateway.chat(family, tag))
        let seen = try #require(gateway.upstreamRequests(with: tag).first)
        if [.bedrock, .bedrockAnthropic, .vertex, .vertexAnthropic].contains(family) {
            let name = family.upstreamModel.replacing(":", with: "%3A")
            #expect(seen.path.contains("/\(name)"))
        } else {
            #expect(try JSON(parsing: seen.body)["model"] == .string(family.upstreamModel))
        }
    }

    @Test(arguments: Family.allCases)
    func `a conversation with all roles is understood`(family: Family) async throws {
        let messages: JSON = [
            ["role": "system", "content": "Be brief."], ["role": "user", "content": "first"],
            ["role": "assistant", "content": "answer"],
            [
                "role": "user",
                "content": [["type": "text", "text": "[[sim:echo]]one"], ["type": "text", "text": "two"]],
            ],
        ]
        let reply = try await gateway.reply(to: gateway.chat(family.route, messages: messages))
        #expect(try reply.content == "one\ntwo")
    }

    @Test(arguments: Family.allCases)
    func `parameters that every upstream has are taken by all`(family: Family) async throws {
        let members: JSONObject = ["temperature": JSON(0.2), "max_tokens": 100, "seed": 7, "user": "somebody", "n": 1]
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:echo]]tuned", members))
        #expect(try reply.content == "tuned")
    }

    @Test(arguments: Family.allCases)
    func `an image by data URL reaches the model whole`(family: Family) async throws {
        let content: JSON = [
            ["type": "text", "text": "look"], ["type": "image_url", "image_url": ["url": .string(Self.imageURL)]],
        ]
        let reply = try await gateway.reply(
            to: gateway.chat(family.route, messages: [["role": "user", "content": content]]))
        #expect(try reply.content?.hasPrefix("Image 1: png 1x1, 70 bytes, sha256 ") == true)
    }

    @Test(arguments: Family.allCases)
    func `a JSON schema decides the form of the answer`(family: Family) async throws {
        let schema: JSON = [
            "type": "object", "properties": ["city": ["type": "string"], "count": ["type": "integer"]],
            "required": ["city", "count"], "additionalProperties": false,
        ]
        let format: JSON = [
            "type": "json_schema", "json_schema": ["name": "place", "strict": true, "schema": schema],
        ]
        let reply = try await gateway.reply(
            to: gateway.chat(family, "There are 42 in 'Ivujivik'", ["response_format": format]))
        #expect(try reply.content.map { try JSON(parsing: $0) } == ["city": "Ivujivik", "count": 42])
    }

    @Test(arguments: Family.allCases)
    func `finish reasons are told in OpenAI's words`(family: Family) async throws {
        func ending(_ text: String, _ members: JSONObject = [:]) async throws -> String {
            let reply = try await gateway.reply(to: gateway.chat(family, text, members))
            let content = try reply.content ?? ""
            return try "\(content.split(separator: " ").joined(separator: " ")) \(reply.finishReason ?? "none")"
        }
        #expect(try await ending("[[sim:words 9]]", ["max_tokens": 2]) == "w1 w2 length")
        #expect(try await ending("[[sim:words 9]]", ["max_completion_tokens": 2]) == "w1 w2 length")
        #expect(try await ending("[[sim:words 9]]", ["stop": "w3"]) == "w1 w2 stop")
        #expect(try await ending("[[sim:words 9]]", ["stop": ["w3"]]) == "w1 w2 stop")
        // Cohere has no word for it: what it holds back is an error.
        if family != .cohere { #expect(try await ending("[[sim:filter]]") == " content_filter") }
        #expect(try await ending("[[sim:empty]]") == " stop")
    }

    @Test(arguments: Family.allCases)
    func `reasoning stands apart from the answer`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:think well well]][[sim:echo]]so"))
        #expect(try reply.content == "so")
        #expect(try reply.message?["reasoning_content"] == "well well")
    }

    @Test(arguments: Family.allCases)
    func `a body too large to be read on the event loop is answered`(family: Family) async throws {
        let text = String(repeating: "mot ", count: 20_000)
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:count]]\(text)"))
        #expect(try reply.content == "20000")
    }

    @Test(arguments: Family.translated)
    func `a member that an upstream has no counterpart of is refused by name`(family: Family) async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(family, tag, ["logit_bias": ["50256": -100]]))
        #expect(reply.status == 400)
        #expect(try reply.errorCode == "unsupported_parameter")
        #expect(try reply.json["error"]?["param"] == "logit_bias")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "refused")
        #expect(record["attempts"] == [])
    }

    /// One pixel.
    private static let imageURL =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
        + "rkJggg=="
}
