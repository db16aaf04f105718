import Domain
import Gateway
import NIOCore
import ProviderSimulator
import Storage
import Testing
import Wire

/// What goes on while requests are under way: keys change, streams fall silent, the gateway is stopped.
@Suite struct ServingTests {
    @Test func `a key that is revoked stops working on the next request, also on an open connection`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(.compatible, "hi"))
            #expect(try await client.reply().status == 200)
            let hint = String(gateway.keys.main.prefix(12))
            _ = try gateway.store.revokeKey(hint, at: TestClock.start)
            try await gateway.publishKeys()
            try await client.send(gateway.chat(.compatible, "hi"))
            #expect(try await client.reply().errorCode == "revoked_api_key")
        }
    }

    @Test func `a silent stream is kept alive by comments`() async throws {
        try await withGateway {
            $0.pingInterval = .nanoseconds(1)
        } _: { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(.bedrock, "[[sim:words 9]][[sim:gate 3 go]]"))
            _ = try await client.head()
            var text = ""
            while !text.contains(": ping\n\n") { text += try await client.nextBytes() }
            gateway.simulator.open(gate: "go")
            let rest = try await client.rest()
            #expect(rest.isDone)
            #expect(try rest.streamedText.hasSuffix("w8 w9"))
        }
    }

    @Test func `a stream that is done ends, although its upstream's connection doesn't`() async throws {
        let events = #"data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
        let endless =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            + String(events.utf8.count, radix: 16) + "\r\n\(events)\r\n"
        try await withRawUpstream([[.reply(Array(endless.utf8))]]) { gateway, _ in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi", ["stream": true]))
            #expect(reply.isDone)
            #expect(try await gateway.record(of: reply)["outcome"] == "completed")
        }
    }

    @Test func `a stop lets streams finish, and takes nobody new`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            let idle = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(.bedrock, "[[sim:words 9]][[sim:gate 3 go]]"))
            let head = try await client.head()
            _ = try await client.event()
            async let stopped: Void = gateway.server.stop(grace: .seconds(20))
            #expect(try await idle.untilEnd() == "")
            await #expect(throws: (any Error).self) { try await TestClient.connect(to: gateway) }

            gateway.simulator.open(gate: "go")
            #expect(try await client.rest().isDone)
            #expect(try await client.untilEnd() == "")
            try await stopped
            let id = try #require(RequestID(hex: head.requestID))
            let record = try JSON(parsing: try #require(try gateway.ledger.record(id, of: .default)?.json))
            #expect(record["outcome"] == "completed")
        }
    }
}
