import Domain
import Gateway
import NIOCore
import Testing
import Wire

/// How much of the gateway one caller may hold, and for how long.
@Suite struct CallerLimitTests {
    private static let quick: @Sendable (inout TestGateway.Options) -> Void = { options in
        options.limits.headTime = .zero
        options.limits.bodyTime = .zero
        options.limits.bodyBytesPerSecond = 1_000_000
    }

    @Test func `a head that doesn't come to its end is answered, and counted`() async throws {
        try await withGateway(Self.quick) { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send("GET /v1/models HTTP/1.1\r\nHost: x\r\nX-A: ")
            let reply = try await client.reply()
            #expect(reply.status == 408 && !reply.isKeptAlive)
            #expect(try reply.errorCode == "request_timeout")
            #expect(try await client.untilEnd() == "")
            #expect(try await gateway.server.counters().faults[.slowHead] == 1)
        }
    }

    @Test func `a body that comes too slowly is answered in its wire's form, and reaches nobody`() async throws {
        try await withGateway(Self.quick) { gateway in
            let tag = gateway.tag()
            let call = gateway.chat(.compatible, tag)
            let client = try await TestClient.connect(to: gateway)
            try await client.send(Array(call.bytes.dropLast(5)))
            let reply = try await client.reply()
            #expect(reply.status == 408)
            #expect(try reply.errorCode == "request_timeout")
            #expect(try await client.untilEnd() == "")
            #expect(gateway.upstreamRequests(with: tag).isEmpty)
            #expect(try await gateway.server.counters().faults[.slowBody] == 1)
            // It came with a key, so it's on record.
            #expect(try await gateway.record(of: reply)["outcome"] == "refused")
        }
    }

    @Test func `whoever waits between two requests is in nobody's way`() async throws {
        try await withGateway(Self.quick) { gateway in
            let client = try await TestClient.connect(to: gateway)
            let slow = try await TestClient.connect(to: gateway)
            try await client.send(.get("/v1/models", key: gateway.keys.main))
            #expect(try await client.reply().status == 200)
            // By its answer, two looks at all connections have passed.
            try await slow.send("GET ")
            #expect(try await slow.reply().status == 408)
            try await client.send(.get("/v1/models", key: gateway.keys.main))
            #expect(try await client.reply().status == 200)
        }
    }

    @Test func `the last request that a connection may have says so`() async throws {
        try await withGateway {
            $0.limits.requestsPerConnection = 2
        } _: { gateway in
            let client = try await TestClient.connect(to: gateway)
            let call = TestCall.get("/v1/models", key: gateway.keys.main)
            try await client.send(call.bytes + call.bytes + call.bytes)
            #expect(try await client.reply().isKeptAlive)
            let last = try await client.reply()
            #expect(!last.isKeptAlive)
            #expect(try await client.untilEnd() == "")
        }
    }

    @Test(arguments: [true, false])
    func `one connection too many is told so, until there is room again`(ofOneAddress: Bool) async throws {
        try await withGateway {
            if ofOneAddress { $0.limits.connectionsPerAddress = 2 } else { $0.limits.connections = 2 }
        } _: { gateway in
            let call = TestCall.get("/v1/models", key: gateway.keys.main)
            let clients = [try await TestClient.connect(to: gateway), try await TestClient.connect(to: gateway)]
            for client in clients {
                try await client.send(call)
                #expect(try await client.reply().status == 200)
            }
            let other = try await TestClient.connect(to: gateway)
            let reply = try await other.reply()
            #expect(reply.status == 503)
            #expect(try reply.errorCode == "gateway_unavailable")
            #expect(reply["retry-after"] == "5" && !reply.isKeptAlive)
            #expect(
                try await gateway.server.counters().faults[ofOneAddress ? .connectionsOfAddress : .connections] == 1)
            clients[0].leave()
            try await eventually("there is room again") { try await gateway.server.counters().connections == 1 }
            #expect(try await gateway.reply(to: call).status == 200)
        }
    }

    @Test func `a head is as long as it may be, and no longer`() async throws {
        try await withGateway {
            $0.limits.headBytes = 2_000
            $0.limits.fields = 20
        } _: { gateway in
            let call = TestCall.get("/v1/models", key: gateway.keys.main)
            let fits = try await gateway.reply(to: call.with("x-a", String(repeating: "a", count: 1_500)))
            #expect(fits.status == 200)
            let long = try await gateway.reply(to: call.with("x-a", String(repeating: "a", count: 2_000)))
            #expect(long.status == 431)
            var many = call
            for number in 0..<30 { many = many.with("x-\(number)", "a") }
            let refused = try await gateway.reply(to: many)
            #expect(refused.status == 431)
        }
    }
}
