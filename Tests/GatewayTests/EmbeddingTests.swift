import Domain
import ProviderSimulator
import Testing
import Wire

/// Embeddings, in the form that the caller asked for.
@Suite(.gateway) struct EmbeddingTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private static let base64: JSONObject = ["encoding_format": "base64"]

    // MARK: What comes back

    @Test(arguments: Family.passedOn)
    func `numbers come as Base64 where that was asked for and the upstream knows no other form`(
        family: Family
    ) async throws {
        let text = "[[sim:plain-vectors]]un, deux"
        let numbers = try await gateway.reply(to: gateway.embed(family.route, text))
        let packed = try await gateway.reply(to: gateway.embed(family.route, text, Self.base64))
        let vector = try #require(try numbers.json["data"]?[0]?["embedding"]?.array)
        let values = vector.compactMap(\.double).map { Float($0) }
        #expect(values.count == 16)
        #expect(try packed.json["data"]?[0]?["embedding"]?.string == Self.packed(values))
        #expect(try packed.json["data"]?[0]?["index"] == numbers.json["data"]?[0]?["index"])
        #expect(try packed.json["usage"] == numbers.json["usage"])
    }

    @Test func `all but the vectors stays byte for byte`() async throws {
        let answer =
            "\n{ \"data\" : [ {\"embedding\":[1, -0.5]\t,\"é\":\"\\u00e9\"}, {\"embedding\" : [2e0]} ],\"n\":1.50}\r\n"
        try await withRawUpstream([[.json(answer)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.embed(TestRoute.raw, "x", Self.base64))
            let packed = answer.replacing("[1, -0.5]", with: "\"AACAPwAAAL8=\"").replacing(
                "[2e0]", with: "\"AAAAQA==\"")
            #expect(reply.text == packed)
        }
    }

    @Test func `Base64 that comes as such stays byte for byte`() async throws {
        let answer =
            "{\"data\" : [{\"embedding\":\"AACAPw==\"}, {\"embedding\":\"AACAPw\\u003d=\"}], \"model\":\"m\"}\n"
        try await withRawUpstream([[.json(answer)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.embed(TestRoute.raw, "x", Self.base64))
            #expect(reply.text == answer)
        }
    }

    @Test func `numbers stay numbers for whoever doesn't ask for Base64`() async throws {
        let answer = "{\"data\" : [{\"embedding\":[1.50, 2]}]}"
        let asked: [JSONObject] = [[:], ["encoding_format": nil], ["encoding_format": "float"]]
        try await withRawUpstream([asked.map { _ in .json(answer) }]) { gateway, _ in
            let client = try await TestClient.connect(to: gateway)
            for members in asked {
                try await client.send(gateway.embed(TestRoute.raw, "x", members))
                #expect(try await client.reply().text == answer)
            }
        }
    }

    @Test func `a reply that is too large for an event loop to work on comes as Base64 too`() async throws {
        let vector = String(repeating: "0.5,", count: 50_000) + "1"
        let answer = #"{"data":[{"embedding":[\#(vector)]}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#
        #expect(answer.utf8.count > 64 << 10)
        try await withRawUpstream([[.json(answer)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.embed(TestRoute.raw, "x", Self.base64))
            let numbers = [Float](repeating: 0.5, count: 50_000) + [1]
            #expect(try reply.json["data"]?[0]?["embedding"]?.string == Self.packed(numbers))
            let record = try await gateway.record(of: reply)
            #expect(record["outcome"] == "completed" && record["usage"]?["input_tokens"] == 7)
            // What the provider sent, and what the caller got.
            #expect(record["attempts"]?[0]?["received_bytes"]?.int == answer.utf8.count)
            #expect(record["response_bytes"]?.int == reply.body.count)
        }
    }

    @Test func `a reply that says that it failed is an error, whatever vectors it has`() async throws {
        let answer = #"{"data":[{"embedding":[1]}],"error":{"message":"Out of memory."}}"#
        try await withRawUpstream([[.json(answer)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.embed(TestRoute.raw, "x", Self.base64))
            #expect(reply.status == 502)
            #expect(try await gateway.record(of: reply)["outcome"] == "failed")
        }
    }

    @Test(arguments: [[:], base64])
    func `where the upstream counts nothing, no vector counts as output`(members: JSONObject) async throws {
        try await withRawUpstream([[.json(#"{"data":[{"embedding":[1,2,3]}]}"#)]]) { gateway, _ in
            let usage = try await gateway.record(
                of: gateway.reply(to: gateway.embed(TestRoute.raw, "x", members)))["usage"]
            #expect(usage?["estimated"] == true && usage?["output_tokens"] == 0)
            #expect((usage?["input_tokens"]?.int ?? 0) > 0)
        }
    }

    // MARK: What is asked

    @Test func `the form that is asked for reaches the upstream as it was written`() async throws {
        for form in ["base64", "float"] {
            let tag = gateway.tag()
            #expect(
                try await gateway.reply(
                    to: gateway.embed(Family.openai.route, tag, ["encoding_format": .string(form)])
                ).status == 200)
            let seen = try JSON(parsing: try #require(gateway.upstreamRequests(with: tag).first).body)
            #expect(seen["encoding_format"]?.string == form)
        }
    }

    @Test func `a form that is no text is refused by its name, and nothing leaves`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.embed(Family.openai.route, tag, ["encoding_format": 64]))
        #expect(reply.status == 400)
        #expect(try reply.json["error"]?["param"] == "encoding_format")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }

    /// As the SDKs read it.
    private static func packed(_ numbers: [Float]) -> String {
        Base64.encoded(
            numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } })
    }
}

extension TestGateway {
    func embed(_ route: Route.ID, _ text: String, _ members: JSONObject = [:]) -> TestCall {
        var body: JSONObject = ["model": .string(route), "input": .string(text)]
        for member in members.members { body[member.key] = member.value }
        var call = TestCall(path: "/v1/embeddings").with(key: keys.main)
        call.body = JSON.object(body).bytes()
        return call
    }
}
