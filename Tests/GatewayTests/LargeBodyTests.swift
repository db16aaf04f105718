import Domain
import ProviderSimulator
import Testing
import Wire

/// Bodies that are too large to be copied into one text.
@Suite struct LargeBodyTests {
    private static let letters = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    private static let answer = RawUpstream.Action.json(#"{"choices":[]}"#)

    private static func image(letters count: Int) -> String {
        let data = letters + String(repeating: "AAAA", count: count / 4)
        return #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(data)"}}"#
    }

    /// Some hundred thousand bytes of letters and escapes of all sorts.
    private static let prose = String(
        repeating: #"Il était une fois… 昔々、\"🍁\" \ud83c\udf41\n\t\\ and then, at last, "#, count: 4_000)

    private static func messages(_ content: String) -> String { #""messages":[{"role":"user","content":\#(content)}]"# }

    @Test(arguments: [#"[\#(image(letters: 1 << 20))]"#, "\"\(prose)\""])
    func `what is large arrives as it was sent, but for the model's name and members of ours`(
        content: String
    ) async throws {
        let ours = (#""allow_fallbacks":false , "#, #" , "privacy_tier":"customer_premises""#)
        let before = #" { "seed" : 1.50 , "#
        let middle = "\(Self.messages(content)) , \"model\" : \""
        let sent = before + ours.0 + middle + TestRoute.raw + "\"" + ours.1 + " }\n"
        let expected = Array((before + middle + Family.compatible.upstreamModel + "\" }\n").utf8)
        try await withRawUpstream([[Self.answer, Self.answer, Self.answer]]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            let call = gateway.chat(TestRoute.raw, "").with(body: sent)
            for send in [Self.whole, Self.inUnevenParts, Self.inChunks] {
                try await send(call, client)
                #expect(try await client.reply().status == 200)
            }
            #expect(upstream.requests.count == 3)
            for request in upstream.requests {
                #expect(request.suffix(expected.count + 4).elementsEqual(Array("\r\n\r\n".utf8) + expected))
            }
        }
    }

    @Test func `what is large passes to Bedrock signed, in the pieces in which it came`() async throws {
        try await withGateway { gateway in
            let data = Self.letters + String(repeating: "AAAA", count: 1 << 18)
            let source = #"{"type":"base64","media_type":"image/png","data":"\#(data)"}"#
            let messages = Self.messages(#"[{"type":"text","text":"look"},{"type":"image","source":\#(source)}]"#)
            let before = #" "max_tokens":90, \#(messages) , "#
            let route = Family.bedrockAnthropic.route
            let sent = #"{\#(before)"stream":false,"model":"\#(route)", "metadata":{} }"#
            let expected = #"{"anthropic_version":"bedrock-2023-05-31",\#(before)"metadata":{} }"#
            let client = try await TestClient.connect(to: gateway)
            let call = TestCall(path: "/v1/messages").with(key: gateway.keys.main).with(body: sent)
            for send in [Self.whole, Self.inUnevenParts, Self.inChunks] {
                try await send(call, client)
                let text = try await client.reply().json["content"]?[0]?["text"]?.string
                #expect(text?.hasPrefix("Image 1: png 1x1, \(data.utf8.count / 4 * 3) bytes") == true)
            }
            let bodies = gateway.simulator.requests().map(\.body)
            #expect(bodies.count == 3 && bodies.allSatisfy { $0.elementsEqual(expected.utf8) })
        }
    }

    @Test(arguments: Family.translated)
    func `what is large is translated`(family: Family) async throws {
        try await withGateway { gateway in
            let content = #"[{"type":"text","text":"look"},\#(Self.image(letters: 600_000))]"#
            let body = #"{"model":"\#(family.route)",\#(Self.messages(content)),"allow_fallbacks":false}"#
            let client = try await TestClient.connect(to: gateway)
            try await Self.inUnevenParts(gateway.chat(family, "").with(body: body), client)
            #expect(try await client.reply().content?.hasPrefix("Image 1: png 1x1, 450033 bytes") == true)
        }
    }

    @Test(arguments: [TestRoute.azureWithFallback, TestRoute.bedrockWithFallback])
    func `what is large is translated for the next route, whether the one that failed was passed it or not`(
        route: Route.ID
    ) async throws {
        try await withGateway { gateway in
            let filling = String(repeating: "a word and another; ", count: 30_000)
            let text = "[[sim:fail-times 1 503 \(gateway.tag())]][[sim:echo]]second try"
            let body =
                #"{"model":"\#(route)","messages":[{"role":"system","content":"\#(filling)"},"#
                + #"{"role":"user","content":"\#(text)"}]}"#
            let call = gateway.chat(route, "").with(body: body)
            let reply = try await gateway.reply(to: call)
            #expect(try reply.content == "second try")
            #expect(reply["x-ni-resolved-route"] == Family.vertex.route)
            #expect(reply["x-ni-attempts"] == "2")
        }
    }

    @Test func `a large body of nothing but small parts arrives as it was sent`() async throws {
        let part = #"{"role":"user","content":"short"}"#
        let parts = Array(repeating: part, count: 6_000).joined(separator: ",")
        try await withRawUpstream([[Self.answer]]) { gateway, upstream in
            let after = #"","messages":[\#(parts)]}"#
            let call = gateway.chat(TestRoute.raw, "").with(body: #"{"model":""# + TestRoute.raw + after)
            #expect(try await gateway.reply(to: call).status == 200)
            let sent = try #require(upstream.requests.first)
            #expect(sent.suffix(after.utf8.count).elementsEqual(after.utf8))
        }
    }

    @Test(
        arguments: [
            ([0xC3], "bytes that are not UTF-8"), ([0x0A], "a control character inside a string"),
            (Array(#"\x"#.utf8), "an escape that does not exist"), (Array(#"\ud83c"#.utf8), "half of a surrogate pair"),
        ] as [([UInt8], String)])
    func `a fault at the end of a megabyte is told with its place`(fault: [UInt8], reason: String) async throws {
        try await withGateway { gateway in
            let start = #"{"model":"\#(TestRoute.raw)","messages":["\#(String(repeating: "A", count: 1 << 20))"#
            var call = gateway.chat(TestRoute.raw, "")
            call.body = Array(start.utf8) + fault + Array(#""]}"#.utf8)
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 400)
            #expect(try reply.errorCode == "invalid_json")
            let place = start.utf8.count + (fault.first == UInt8(ascii: "\\") && fault.count == 2 ? 1 : 0)
            #expect(try reply.errorMessage.contains("\(reason), at byte \(place)"))
        }
    }

    @Test func `a name of a model that is too long for any route is not found`() async throws {
        try await withGateway { gateway in
            let reply = try await gateway.reply(to: gateway.chat(String(repeating: "m", count: 400_000), "hi"))
            #expect(reply.status == 404)
            #expect(try reply.errorMessage.contains("'\(String(repeating: "m", count: 200))'"))
        }
    }

    // MARK: Ways to send

    private static func whole(_ call: TestCall, _ client: TestClient) async throws { try await client.send(call) }

    private static func inUnevenParts(_ call: TestCall, _ client: TestClient) async throws {
        try await client.send(call.head)
        var start = 0
        while start < call.body.count {
            let end = min(call.body.count, start + [1, 70_000, 300, 16_384, 5, 1_000_000][start % 6])
            try await client.send(Array(call.body[start..<end]))
            start = end
        }
    }

    private static func inChunks(_ call: TestCall, _ client: TestClient) async throws {
        var call = call.with("transfer-encoding", "chunked")
        call.sendsLength = false
        try await client.send(call.head)
        var start = 0
        while start < call.body.count {
            let end = min(call.body.count, start + [40_000, 70_000, 3_000, 16_384, 90, 1_000_000][start % 6])
            try await client.send("\(String(end - start, radix: 16))\r\n")
            try await client.send(Array(call.body[start..<end]) + Array("\r\n".utf8))
            start = end
        }
        try await client.send("0\r\n\r\n")
    }
}
