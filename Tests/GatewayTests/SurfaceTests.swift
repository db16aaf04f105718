import Domain
import ProviderSimulator
import Testing
import Wire

/// Every surface reaches every upstream that can serve it.
@Suite(.gateway) struct SurfaceTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private func messages(_ family: Family, _ text: String, _ members: JSONObject = [:]) -> TestCall {
        var body: JSONObject = [
            "model": .string(family.route), "max_tokens": 200,
            "messages": [["role": "user", "content": .string(text)]],
        ]
        for member in members.members { body[member.key] = member.value }
        return call("/v1/messages", body).with("anthropic-version", "2023-06-01")
    }

    private func responses(_ family: Family, _ text: String, _ members: JSONObject = [:]) -> TestCall {
        var body: JSONObject = ["model": .string(family.route), "input": .string(text)]
        for member in members.members { body[member.key] = member.value }
        return call("/v1/responses", body)
    }

    private func call(_ path: String, _ body: JSONObject) -> TestCall {
        var call = TestCall(path: path).with(key: gateway.keys.main)
        call.body = JSON.object(body).bytes()
        return call
    }

    private static let tool: JSON = [
        "name": "get_weather", "description": "The weather.",
        "input_schema": ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"]],
    ]

    // MARK: Messages

    @Test(arguments: Family.allCases)
    func `a message comes whole, with its usage, from every upstream`(family: Family) async throws {
        let reply = try await gateway.reply(to: messages(family, "[[sim:echo]]hello there"))
        #expect(reply.status == 200)
        let message = try reply.json
        #expect(message["type"] == "message" && message["role"] == "assistant" && message["stop_reason"] == "end_turn")
        #expect(message["content"]?[0] == ["type": "text", "text": "hello there"])
        #expect((message["usage"]?["input_tokens"]?.int ?? 0) > 0)
        #expect(reply["x-ni-resolved-route"] == family.route)
        let record = try await gateway.record(of: reply)
        #expect(record["surface"] == "messages" && record["outcome"] == "completed")
        #expect((record["usage"]?["output_tokens"]?.int ?? 0) > 0)
    }

    @Test(arguments: Family.allCases)
    func `a message is streamed event by event from every upstream`(family: Family) async throws {
        let reply = try await gateway.reply(to: messages(family, "[[sim:words 3]]", ["stream": true]))
        let events = try reply.namedEvents
        let types = events.compactMap { $0["type"]?.string }
        #expect(types.first == "message_start" && types.last == "message_stop")
        #expect(types.filter { $0 == "message_delta" }.count == 1)
        let text = events.compactMap { $0["delta"]?["text"]?.string }.joined()
        #expect(text == "w1 w2 w3")
        #expect(reply.comments.contains { $0.contains("x-ni-outcome=completed") })
        #expect(try await gateway.record(of: reply)["streamed"] == true)
    }

    @Test(arguments: Family.allCases)
    func `a call of a tool goes out as a block, and its result comes back`(family: Family) async throws {
        let asked = messages(family, "What is the weather in 'Paris'?", ["tools": [Self.tool]])
        let message = try await gateway.reply(to: asked).json
        #expect(message["stop_reason"] == "tool_use")
        let block = try #require(message["content"]?.array?.first { $0["type"] == "tool_use" })
        #expect(block["name"] == "get_weather" && block["input"]?["city"] == "Paris")
        let result: JSON = [
            "type": "tool_result", "tool_use_id": try #require(block["id"]), "content": "Sunny, 20 degrees",
        ]
        let turn: JSON = [
            ["role": "user", "content": "What is the weather in 'Paris'?"],
            ["role": "assistant", "content": .array([block])], ["role": "user", "content": .array([result])],
        ]
        let answer = try await gateway.reply(to: messages(family, "", ["tools": [Self.tool], "messages": turn])).json
        #expect(answer["content"]?[0]?["text"]?.string?.contains("Sunny") == true)
    }

    @Test func `errors have the shape of the surface`() async throws {
        let unknown = try await gateway.reply(to: call("/v1/messages", ["model": "no-route", "messages": [1]]))
        #expect(unknown.status == 404)
        let error = try unknown.json
        #expect(error["type"] == "error" && error["error"]?["type"] == "not_found_error")
        #expect(error["error"]?["details"]?["error_code"] == "model_not_found")
        #expect(error["request_id"]?.string == unknown.requestID && unknown["request-id"] == unknown.requestID)

        let nobody = try await gateway.reply(to: messages(.vertex, "hi").with(key: "ni_live_nobody"))
        #expect(nobody.status == 401)
        #expect(try nobody.json["error"]?["type"] == "authentication_error")

        let unread = try await gateway.reply(to: messages(.bedrock, "hi", ["max_tokens": "many"]))
        #expect(unread.status == 400)
        #expect(try unread.json["error"]?["type"] == "invalid_request_error")
    }

    @Test(arguments: Family.allCases)
    func `a stream that breaks off ends with the surface's own error, and not with its end`(family: Family) async throws
    {
        let message = try await gateway.reply(to: messages(family, "[[sim:cut 2]][[sim:words 9]]", ["stream": true]))
        let events = try message.namedEvents
        #expect(events.last?["type"] == "error" && events.last?["error"]?["type"] == "api_error")
        #expect(!events.contains { $0["type"] == "message_stop" })
        #expect(try await gateway.record(of: message)["outcome"] == "failed")

        let response = try await gateway.reply(to: responses(family, "[[sim:cut 2]][[sim:words 9]]", ["stream": true]))
        let last = try #require(try response.namedEvents.last)
        #expect(last["type"] == "response.failed" || last["type"] == "error")
    }

    @Test func `what is in trial reaches an upstream of the same wire, and no other`() async throws {
        for family in Family.allCases {
            let tag = gateway.tag()
            let reply = try await gateway.reply(
                to: messages(family, tag).with("anthropic-beta", "context-1m-2025-08-07"))
            #expect(reply.status == 200)
            let seen = try #require(gateway.upstreamRequests(with: tag).first)
            let betas = seen.headers.filter { $0.name == "anthropic-beta" }.map(\.value)
            let isSameWire = family == .anthropic || family == .vertexAnthropic
            #expect(betas == (isSameWire ? ["context-1m-2025-08-07"] : []))
            let isInBody = try JSON(parsing: seen.body)["anthropic_beta"] == ["context-1m-2025-08-07"]
            #expect(isInBody == (family == .bedrockAnthropic))
        }
    }

    // MARK: Responses

    @Test(arguments: Family.allCases)
    func `a response comes whole and streamed from every upstream, and nothing is stored`(family: Family) async throws {
        let whole = try await gateway.reply(to: responses(family, "[[sim:echo]]hello there"))
        #expect(whole.status == 200)
        let response = try whole.json
        #expect(response["object"] == "response" && response["status"] == "completed")
        #expect(response["output"]?.array?.last?["content"]?[0]?["text"] == "hello there")
        #expect(try await gateway.record(of: whole)["surface"] == "responses")

        let streamed = try await gateway.reply(to: responses(family, "[[sim:words 3]]", ["stream": true]))
        let events = try streamed.namedEvents
        #expect(events.first?["type"] == "response.created" && events.last?["type"] == "response.completed")
        #expect(events.compactMap { $0["sequence_number"]?.int } == Array(0..<events.count))
        let text = events.filter { $0["type"] == "response.output_text.delta" }.compactMap { $0["delta"]?.string }
        #expect(text.joined() == "w1 w2 w3")
    }

    @Test(arguments: Family.allCases)
    func `an item that is only named is refused: the provider may have others' under that name`(
        family: Family
    ) async throws {
        for item: JSON in [["type": "item_reference", "id": "msg_1"], ["id": "msg_1"]] {
            let tag = gateway.tag()
            let input: JSON = .array([item, ["role": "user", "content": .string(tag)]])
            let reply = try await gateway.reply(to: responses(family, "", ["input": input]))
            #expect(reply.status == 501 && gateway.upstreamRequests(with: tag).isEmpty)
        }
    }

    @Test(arguments: Family.allCases)
    func `what only names a file is refused before anything leaves: another caller's may have that name`(
        family: Family
    ) async throws {
        let tag = gateway.tag()
        let source: JSON = ["type": "document", "source": ["type": "file", "file_id": "file_1"]]
        let file: JSON = ["type": "file", "file": ["file_id": "file_1"]]
        let item: JSON = ["type": "input_file", "file_id": "file_1"]
        func turn(_ part: JSON, _ type: JSON) -> JSON {
            [["role": "user", "content": [["type": type, "text": .string(tag)], part]]]
        }
        let calls = [
            (messages(family, "", ["messages": turn(source, "text")]), "messages[0].content[1].source.file_id"),
            (
                call("/v1/chat/completions", ["model": .string(family.route), "messages": turn(file, "text")]),
                "messages[0].content[1].file.file_id"
            ),
            (responses(family, "", ["input": turn(item, "input_text")]), "input[0].content[1].file_id"),
        ]
        for (call, name) in calls {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 501)
            #expect(try reply.errorMessage.contains("in place of '\(name)'"))
            #expect(try await gateway.record(of: reply)["outcome"] == "refused")
        }
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
    }

    @Test(arguments: ["previous_response_id", "conversation"])
    func `what would need storage is refused with what to do instead`(member: String) async throws {
        var members = JSONObject()
        members[member] = "x_1"
        let reply = try await gateway.reply(to: responses(.bedrock, "hi", members))
        #expect(reply.status == 501)
        #expect(try reply.json["error"]?["param"]?.string == member)
        #expect(try reply.errorMessage.contains("Leave out"))
    }

    // MARK: Embeddings

    @Test(arguments: Family.passedOn)
    func `embeddings come from upstreams of the same wire`(family: Family) async throws {
        let body: JSONObject = ["model": .string(family.route), "input": ["one", "two"], "encoding_format": "float"]
        let reply = try await gateway.reply(to: call("/v1/embeddings", body))
        #expect(reply.status == 200)
        #expect(try reply.json["data"]?.array?.count == 2)
        let record = try await gateway.record(of: reply)
        #expect(record["surface"] == "embeddings" && (record["usage"]?["input_tokens"]?.int ?? 0) > 0)
    }

    @Test(arguments: Family.translated)
    func `a route that makes no embeddings says so`(family: Family) async throws {
        let reply = try await gateway.reply(to: call("/v1/embeddings", ["model": .string(family.route), "input": "x"]))
        #expect(reply.status == 400)
        #expect(try reply.errorMessage.contains("embeddings"))
    }

    @Test(arguments: ["/v1/v1/messages", "/v1/v1/responses"])
    func `a base URL that ends in v1 works with SDKs that add it again`(path: String) async throws {
        var call = path.hasSuffix("messages") ? messages(.vertex, "hi") : responses(.vertex, "hi")
        call.path = path
        #expect(try await gateway.reply(to: call).status == 200)
    }
}
