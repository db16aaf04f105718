import ProviderSimulator
import Testing
import Wire

@Suite(.gateway) struct StreamTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test(arguments: Family.allCases)
    func `a stream says its text, its end, its usage and that it is done, in this order`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:words 5]]"))
        #expect(reply.status == 200)
        #expect(reply["content-type"] == "text/event-stream; charset=utf-8")
        #expect(reply["cache-control"] == "no-cache")
        #expect(try reply.streamedText == "w1 w2 w3 w4 w5")
        #expect(try reply.finishReasons == ["stop"])
        #expect(reply.isDone)

        let chunks = try reply.chunks
        let last = try #require(chunks.last)
        #expect(last["choices"] == [])
        #expect(last["usage"]?["completion_tokens"] == 5)
        // Azure begins with a chunk about its content filter.
        for chunk in chunks.dropLast() where chunk["prompt_filter_results"] == nil {
            #expect(chunk["usage"] == .null, "in \(chunk)")
            #expect(chunk["choices"]?.array?.count == 1)
        }
        let ending = chunks.firstIndex { $0["choices"]?[0]?["finish_reason"]?.string != nil }
        #expect(ending == chunks.count - 2)
    }

    @Test(arguments: Family.allCases)
    func `every chunk has the same identity`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:words 3]]"))
        let chunks = try reply.chunks.filter { $0["prompt_filter_results"] == nil }
        #expect(Set(chunks.map { "\($0["id"] as Any) \($0["created"] as Any) \($0["model"] as Any)" }).count == 1)
        #expect(chunks.allSatisfy { $0["object"] == "chat.completion.chunk" })
        if Family.translated.contains(family) {
            #expect(chunks[0]["id"] == .string("chatcmpl-\(reply.requestID)"))
            #expect(chunks[0]["model"] == .string(family.route))
        }
        #expect(try reply.deltas.compactMap { $0["role"]?.string } == ["assistant"])
    }

    @Test(arguments: Family.allCases)
    func `usage that nobody asked for isn't shown, and is in the record`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:words 3]]", ["stream": true]))
        #expect(try reply.streamedText == "w1 w2 w3")
        #expect(try reply.chunks.allSatisfy { $0["usage"] ?? .null == .null })
        #expect(reply.isDone)
        let record = try await gateway.record(of: reply)
        #expect(record["usage"]?["output_tokens"] == 3)
        #expect(record["usage"]?["estimated"] == false)
    }

    @Test(arguments: Family.allCases)
    func `the first chunk leaves before the upstream has finished`(family: Family) async throws {
        let gate = gateway.tag()
        let client = try await TestClient.connect(to: gateway)
        try await client.send(gateway.stream(family, "[[sim:words 9]][[sim:gate 3 \(gate)]]"))
        let head = try await client.head()
        #expect(head.status == 200)
        var text = ""
        while text != "w1 w2 w3" {
            let event = try #require(try await client.event())
            text += try JSON(parsing: event)["choices"]?[0]?["delta"]?["content"]?.string ?? ""
        }
        let open = try await gateway.record(head.requestID)
        #expect(open["state"] == "open")
        #expect(open["outcome"] == "open")

        gateway.simulator.open(gate: gate)
        let rest = try await client.rest()
        #expect(try rest.streamedText == " w4 w5 w6 w7 w8 w9")
        #expect(rest.isDone)
        let closed = try await gateway.record(head.requestID)
        #expect(closed["outcome"] == "completed")
        #expect(closed["status"] == 200)
        #expect(closed["streamed"] == true)
    }

    @Test(arguments: Family.allCases)
    func `the last comment tells cost and tokens`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:usage in=10 out=3]]hi"))
        // 10 × 6 and 3 × 30 millionths of a dollar.
        #expect(
            reply.comments == [
                "x-ni-outcome=completed; x-ni-cost-usd=0.00015; x-ni-input-tokens=10; x-ni-output-tokens=3"
            ])
    }

    @Test(arguments: Family.allCases)
    func `characters of several bytes survive pieces of one character`(family: Family) async throws {
        let text = "é🍁ü \\\"ok\" fin"
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:echo]][[sim:chunk 1]]\(text)"))
        #expect(try reply.streamedText == text)
    }

    @Test(arguments: Family.allCases)
    func `three thousand words come in order`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:words 3000]]"))
        let wanted = (1...3000).map { "w\($0)" }.joined(separator: " ")
        #expect(try reply.streamedText == wanted)
    }

    @Test func `twenty streams at once don't mix`() async throws {
        let gateway = gateway
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                let family = Family.allCases[number % Family.allCases.count]
                group.addTask {
                    let text = (1...200).map { "s\(number)w\($0)" }.joined(separator: " ")
                    let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:echo]]\(text)"))
                    #expect(try reply.streamedText == text)
                    #expect(reply.isDone)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: Family.allCases)
    func `a stream's finish reasons are told in OpenAI's words`(family: Family) async throws {
        let length = try await gateway.reply(to: gateway.stream(family, "[[sim:words 9]]", ["max_tokens": 2]))
        #expect(try length.finishReasons == ["length"])
        let filtered = try await gateway.reply(to: gateway.stream(family, "[[sim:filter]]"))
        // Cohere has no word for it: what it holds back is an error.
        #expect(try filtered.finishReasons == (family == .cohere ? [] : ["content_filter"]))
        let empty = try await gateway.reply(to: gateway.stream(family, "[[sim:empty]]"))
        #expect(try empty.finishReasons == ["stop"])
        #expect(empty.isDone)
    }

    @Test(arguments: Family.allCases)
    func `streamed reasoning stands apart from the answer`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:think well well]][[sim:echo]]so"))
        #expect(try reply.deltas.compactMap { $0["reasoning_content"]?.string }.joined() == "well well")
        #expect(try reply.streamedText == "so")
    }
}
