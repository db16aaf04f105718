import Domain
import Foundation
import Pipeline
import ProviderSimulator
import Testing
import Wire

/// Messages to Claude on Bedrock: InvokeModel speaks the caller's wire, within a signature and frames.
@Suite(.gateway { $0.bindings = ClaudeRoutes.bindings }) struct BedrockMessagesTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private static func messages(_ route: Route.ID, _ gateway: TestGateway, _ body: String) -> TestCall {
        TestCall(path: "/v1/messages").with(key: gateway.keys.main).with(body: body.replacing("ROUTE", with: route))
    }

    private func messages(_ body: String, to route: Route.ID = Family.bedrockAnthropic.route) -> TestCall {
        Self.messages(route, gateway, body)
    }

    private static func asking(_ text: String, streamed: Bool = false) -> String {
        #"{"model":"ROUTE","max_tokens":90,"stream":\#(streamed),"messages":[{"role":"user","content":"\#(text)"}]}"#
    }

    // MARK: Requests

    @Test(arguments: [false, true])
    func `what nobody here knows reaches Bedrock byte for byte, and Bedrock decides about it`(
        isStreamed: Bool
    ) async throws {
        let tag = gateway.tag()
        let start = #"{"anthropic_version":"bedrock-2023-05-31","#
        let unknown = #""zz" : {"a":[1.50,1e3,"\u00e9\/"]} ,"max_tokens":5 , "#
        let end = #""messages":[ {"role":"user","content":[ {"type":"zz","zz":"\#(tag) é"} ]} ]"#
        let sent =
            #"{"anthropic_version":"2023-06-01", "# + unknown + #""model" : "ROUTE","stream" : \#(isStreamed), "# + end
            + #" , "allow_fallbacks":false }"# + "\n"
        let reply = try await gateway.reply(to: messages(sent))
        // A signature that is not of these bytes would be answered with 403.
        #expect(reply.status == 400)
        #expect(try reply.json["error"]?["message"]?.string?.contains("Unknown member: zz") == true)
        #expect(try reply.json["error"]?["details"]?["error_code"] == "upstream_rejected")
        #expect(try await gateway.record(of: reply)["attempts"]?[0]?["status"] == 400)
        let seen = try #require(gateway.upstreamRequests(with: tag).first)
        #expect(seen.path.hasSuffix(isStreamed ? "/invoke-with-response-stream" : "/invoke"))
        #expect(String(decoding: seen.body, as: UTF8.self) == start + unknown + end + " }\n")
    }

    @Test func `what is in trial goes into the body, unless the caller has put it there`() async throws {
        for (own, expected) in [
            ("", #"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["a-1","b-2"],"#),
            (
                #""anthropic_beta":[ "c-3" ],"#,
                #"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":[ "c-3" ],"#
            ),
        ] {
            let tag = gateway.tag()
            let body = "{\(own)" + Self.asking(tag).dropFirst()
            let reply = try await gateway.reply(to: messages(body).with("anthropic-beta", "a-1, b-2"))
            #expect(reply.status == 200)
            let seen = try #require(gateway.upstreamRequests(with: tag).first)
            #expect(String(decoding: seen.body, as: UTF8.self).hasPrefix(expected))
            #expect(!seen.headers.contains { $0.name == "anthropic-beta" })
        }
    }

    // MARK: Replies

    /// What has no place on another wire.
    private static let blocks = [
        #"{"type":"thinking","thinking":"Hm.","signature":"c2ln\/"}"#, #"{"type":"redacted_thinking","data":"eA=="}"#,
        #"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query" : "é"}}"#,
        #"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"zz","n":1.50}]}"#,
        #"{"type":"text","text":"So.","citations":[{"type":"web_search_result_location","cited_text":"\u00e9"}]}"#,
    ]

    private static let usage =
        #"{"input_tokens":9,"cache_read_input_tokens":4,"output_tokens":7,"server_tool_use":{"web_search_requests":1}}"#

    @Test func `a whole message comes back byte for byte, and is accounted for`() async throws {
        let message =
            #"{ "id":"msg_bdrk_1", "model":"claude-of-bedrock","content":[\#(Self.blocks.joined(separator: " ,\n"))],"#
            + #""stop_reason":"pause_turn", "usage" : \#(Self.usage) }"# + "\n"
        try await Self.withBedrock([.json(message)]) { gateway, _ in
            let reply = try await gateway.reply(to: Self.messages(TestRoute.raw, gateway, Self.asking("hi")))
            #expect(reply.status == 200 && reply.text == message)
            try await Self.checkRecord(of: reply, gateway)
        }
    }

    private static let stream =
        [
            #"{"type":"message_start","message":{"id":"msg_bdrk_1","model":"claude-of-bedrock","zz":1.50,"#
                + #""usage":{"input_tokens":9,"output_tokens":1,"cache_read_input_tokens":4}}}"#,
            #"{"type":"ping"}"#, #"{ "zz" : [1e3] , "type" : "something_new" }"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm\u00e9.","p":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln\/"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
        ]
        + blocks.enumerated().flatMap { index, block in
            [
                #"{"type":"content_block_start","index":\#(index + 1),"content_block":\#(block)}"#,
                #"{"type":"content_block_delta","index":\#(index + 1),"delta":{"type":"citations_delta","citation":{}}}"#,
                #"{"type":"content_block_stop","index":\#(index + 1)}"#,
            ]
        } + [#"{"type":"message_delta","delta":{"stop_reason":"pause_turn","zz":null},"usage": \#(usage)}"#]

    private static let end =
        #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"firstByteLatency":1}}"#

    private static func lines(_ event: String) throws -> String {
        "event: \(try JSON(parsing: event)["type"]?.string ?? "")\ndata: \(event)\n\n"
    }

    @Test func `a stream comes back byte for byte without its frames, and is accounted for`() async throws {
        let frames = (Self.stream + [Self.end]).map { BedrockFrame.chunk($0) }
        try await Self.withBedrock([.frames(frames)]) { gateway, _ in
            let call = Self.messages(TestRoute.raw, gateway, Self.asking("hi", streamed: true))
            let reply = try await gateway.reply(to: call)
            #expect(reply["content-type"] == "text/event-stream; charset=utf-8")
            let events = reply.text.components(separatedBy: "\n\n").filter { !$0.hasPrefix(": ") }
            #expect(try events.joined(separator: "\n\n") == (Self.stream + [Self.end]).map(Self.lines).joined())
            try await Self.checkRecord(of: reply, gateway)
        }
    }

    private static func checkRecord(of reply: TestReply, _ gateway: TestGateway) async throws {
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "completed" && record["usage"]?["estimated"] == false)
        #expect(record["attempts"]?[0]?["answered_model"] == "claude-of-bedrock")
        let names = ["input_tokens", "cached_input_tokens", "output_tokens"]
        #expect(names.map { record["usage"]?[$0] } == [9, 4, 7])
    }

    // MARK: Faults

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let frames: [BedrockFrame]
        var rest: [UInt8] = []
        let code: String
        /// Where nothing has come before.
        let status: Int

        var testDescription: String { name }

        private static let ping = BedrockFrame.chunk(#"{"type":"ping"}"#)

        static let all = [
            Fault(
                name: "throttled", frames: [.exception("throttlingException", "Slow down.")],
                code: "rate_limit_exceeded", status: 429),
            Fault(
                name: "refused", frames: [.exception("validationException", "Not so.")], code: "upstream_rejected",
                status: 400),
            Fault(
                name: "broken model", frames: [.exception("modelStreamErrorException", "It broke.")],
                code: "upstream_error", status: 502),
            Fault(
                name: "overloaded",
                frames: [.chunk(#"{"type":"error","error":{"type":"overloaded_error","message":"Busy."}}"#)],
                code: "upstream_unavailable", status: 503),
            Fault(
                name: "wrong checksum", frames: [], rest: ping.damaged, code: "upstream_error", status: 502),
            Fault(name: "no Base64", frames: [.chunk(base64: "%")], code: "upstream_error", status: 502),
            Fault(name: "no JSON", frames: [.chunk("{]")], code: "upstream_error", status: 502),
            Fault(
                name: "cut in a frame", frames: [], rest: ping.bytes.dropLast(), code: "upstream_truncated",
                status: 502),
            Fault(name: "no end", frames: [], code: "upstream_truncated", status: 502),
        ]
    }

    @Test(arguments: Fault.all)
    func `what came before a fault in a stream stays, and an error ends it`(fault: Fault) async throws {
        let began = Self.stream.prefix(5)
        let frames = began.map { BedrockFrame.chunk($0) } + fault.frames
        try await Self.withBedrock([.frames(frames, then: fault.rest)]) { gateway, _ in
            let call = Self.messages(TestRoute.raw, gateway, Self.asking("hi", streamed: true))
            let reply = try await gateway.reply(to: call)
            let before = try began.map(Self.lines).joined()
            #expect(reply.status == 200 && reply.text.hasPrefix(before + "event: error\ndata: {"))
            let error = try #require(try reply.namedEvents.last?["error"])
            #expect(error["details"]?["error_code"] == .string(fault.code))
            #expect(!reply.text.contains("message_stop") && !reply.text.contains("outcome=completed"))
            let record = try await gateway.record(of: reply)
            #expect(record["outcome"] == "failed" && record["error"] == .string(fault.code))
            #expect(record["attempts"]?.array?.count == 1)
        }
    }

    @Test(arguments: Fault.all)
    func `a fault before anything came is an answer of its own`(fault: Fault) async throws {
        try await Self.withBedrock([.frames(fault.frames, then: fault.rest)]) { gateway, _ in
            let call = Self.messages(TestRoute.raw, gateway, Self.asking("hi", streamed: true))
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == fault.status)
            #expect(try reply.json["error"]?["details"]?["error_code"] == .string(fault.code))
        }
    }

    // MARK: Fallbacks

    @Test(
        arguments: [
            (ClaudeRoutes.thenGemini, Family.vertex), (ClaudeRoutes.afterConverse, .bedrockAnthropic),
        ], [(false, 1), (false, 30_000), (true, 1), (true, 30_000)])
    func `a route that passes and one that translates stand in for each other, whatever the size`(
        routes: (Route.ID, Family), form: (isStreamed: Bool, repetitions: Int)
    ) async throws {
        let (asked, fallback) = routes
        let tag = gateway.tag()
        let filling = String(repeating: "a word and another; ", count: form.repetitions)
        let text = "[[sim:fail-times 1 503 \(tag)]][[sim:echo]]second try"
        let body = #"{"system":"\#(filling)","# + Self.asking(text, streamed: form.isStreamed).dropFirst()
        let reply = try await gateway.reply(to: messages(body, to: asked))
        #expect(reply.status == 200 && reply["x-ni-attempts"] == "2")
        #expect(reply["x-ni-resolved-route"] == fallback.route)
        let said =
            form.isStreamed
            ? try reply.namedEvents.compactMap { $0["delta"]?["text"]?.string }.joined()
            : try reply.json["content"]?[0]?["text"]?.string
        #expect(said == "second try")
        let record = try await gateway.record(of: reply)
        #expect(record["attempts"]?.array?.map { $0["status"] } == [503, 200])
    }

    private static func withBedrock(
        _ answers: [RawUpstream.Action], _ body: (TestGateway, RawUpstream) async throws -> Void
    ) async throws {
        try await withRawUpstream([answers], of: .bedrockAnthropic, body)
    }
}

/// Routes of which one passes what the other translates.
private enum ClaudeRoutes {
    static let thenGemini = "bedrock/claude-then-gemini-global"
    static let afterConverse = "bedrock/converse-then-claude-global"

    @Sendable
    static func bindings(at port: Int) throws -> [RouteBinding] {
        let routes = [
            TestRoute(thenGemini, .bedrockAnthropic, port: port, fallbacks: [Family.vertex.route]),
            TestRoute(afterConverse, .bedrock, port: port, fallbacks: [Family.bedrockAnthropic.route]),
        ]
        return try routes.map { try $0.binding().binding }
    }
}
