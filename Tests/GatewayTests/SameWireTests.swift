import ProviderSimulator
import Testing
import Wire

/// Routes of the caller's own wire: what nobody has to look at passes as it is.
@Suite struct SameWireTests {
    @Test func `a body reaches the upstream byte for byte, but for the model's name`() async throws {
        let answer = #"{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}"#
        try await withRawUpstream([[.json(answer)]]) { gateway, upstream in
            let before = "{ \"x-unknown\" : {\"a\":[1.50,1e3,\"\\u00e9\\/\"]} ,\n\t\"model\"\t:  \""
            let after = "\" , \"messages\":[ {\"content\":\"é 🍁 \\ud83c\\udf41\"} ],\"n\" : 1.0 }\r\n "
            let call = gateway.chat(TestRoute.raw, "").with(body: before + TestRoute.raw + after)
            #expect(try await gateway.reply(to: call).status == 200)
            let request = String(decoding: try #require(upstream.requests.first), as: UTF8.self)
            let body = try #require(request.split(separator: "\r\n\r\n", maxSplits: 1).last)
            #expect(body == before + Family.compatible.upstreamModel + after)
        }
    }

    @Test func `our members leave no trace, wherever they stand`() async throws {
        let answer = #"{"choices":[]}"#
        let ours = #""allow_fallbacks":true"#
        let other = #""privacy_tier" : "customer_premises""#
        let model = #""model":"\#(TestRoute.raw)""#
        let messages = #""messages":[{}]"#
        let bodies = [
            "{\(ours),\(model),\(messages)}", "{\(model),\(ours),\(messages)}", "{\(model),\(messages),\(ours)}",
            "{\(model),\(messages), \(ours) , \(other) }", "{\(ours),\(other),\(model),\(messages)}",
            "{\(other),\(model),\(messages),\(ours)}",
        ]
        try await withRawUpstream([bodies.map { _ in .json(answer) }]) { gateway, upstream in
            let client = try await TestClient.connect(to: gateway)
            for body in bodies {
                try await client.send(gateway.chat(TestRoute.raw, "").with(body: body))
                #expect(try await client.reply().status == 200)
            }
            for request in upstream.requests {
                let text = String(decoding: request, as: UTF8.self)
                let body = try JSON(parsing: try #require(text.split(separator: "\r\n\r\n", maxSplits: 1).last).utf8)
                #expect(body == ["model": .string(Family.compatible.upstreamModel), "messages": [[:]]])
            }
            #expect(upstream.requests.count == bodies.count)
        }
    }

    @Test func `a whole reply reaches the caller byte for byte`() async throws {
        let answer = "\n{ \"choices\" : [ ],\t\"timings\":{\"a\":1.50},\"model\":\"m\", \"é\":\"\\u00e9\"}\r\n"
        try await withRawUpstream([[.json(answer)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi"))
            #expect(reply.text == answer)
            let record = try await gateway.record(of: reply)
            #expect(record["attempts"]?[0]?["answered_model"] == "m")
            #expect(record["usage"]?["estimated"] == true)
        }
    }

    @Test func `a stream's events reach the caller byte for byte`() async throws {
        let events =
            ": a comment\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"é\"},\"x\":1.50}],\"y\" : null}\n\n"
            + "event: other\ndata: {}\n\nid: 7\ndata:{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        let body = RawUpstream.Action.http(events + "data: [DONE]\n\n", type: "text/event-stream")
        try await withRawUpstream([[.reply(body)]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi", ["stream": true]))
            #expect(reply.text.hasPrefix(events))
            let rest = reply.text.dropFirst(events.count)
            #expect(rest.hasPrefix(": x-ni-outcome=completed"))
            #expect(rest.hasSuffix("\n\ndata: [DONE]\n\n"))
        }
    }

    @Test func `usage is asked for without losing what the caller said`() async throws {
        try await withGateway { gateway in
            for (options, wanted) in [
                (nil, ["include_usage": true]), (["include_usage": false], ["include_usage": true]),
                ([:], ["include_usage": true]), (["include_usage": true], ["include_usage": true]), (.null, nil),
            ] as [(JSON?, JSON?)] {
                let tag = gateway.tag()
                var members: JSONObject = ["stream": true]
                members["stream_options"] = options
                #expect(try await gateway.reply(to: gateway.chat(.openai, tag, members)).isDone)
                let seen = try JSON(parsing: try #require(gateway.upstreamRequests(with: tag).first).body)
                #expect(seen["stream_options"] == wanted ?? ["include_usage": true])
            }
        }
    }

    @Test func `an image of five megabytes arrives as it was sent`() async throws {
        try await withRawUpstream([[.json(#"{"choices":[]}"#)]]) { gateway, upstream in
            let letters = String(repeating: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", count: 160_000)
            let image = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(letters)"}}"#
            let after = #"","messages":[{"role":"user","content":[\#(image)]}]}"#
            let call = gateway.chat(TestRoute.raw, "").with(body: #"{"model":""# + TestRoute.raw + after)
            #expect(call.body.count > 5 << 20)
            #expect(try await gateway.reply(to: call).status == 200)
            let request = try #require(upstream.requests.first)
            #expect(request.suffix(after.utf8.count).elementsEqual(after.utf8))
        }
    }

    @Test(arguments: Family.translated)
    func `an image of half a megabyte is translated`(family: Family) async throws {
        try await withGateway { gateway in
            // Four letters are three bytes; the beginning is that of a PNG.
            let letters = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ" + String(repeating: "AAAA", count: 150_000)
            let content: JSON = [
                ["type": "text", "text": "look"],
                ["type": "image_url", "image_url": ["url": .string("data:image/png;base64,\(letters)")]],
            ]
            let reply = try await gateway.reply(
                to: gateway.chat(family.route, messages: [["role": "user", "content": content]]))
            #expect(try reply.content?.hasPrefix("Image 1: png 1x1, 450033 bytes") == true)
        }
    }
}
