import Domain
import Gateway
import NIOCore
import ProviderSimulator
import Storage
import Testing
import Wire

/// What becomes of requests when the gateway is told to stop.
@Suite struct DrainTests {
    @Test func `fifty streams that run are finished while nothing new is begun`() async throws {
        try await withGateway { gateway in
            let gate = gateway.tag()
            var clients: [TestClient] = []
            for number in 0..<50 {
                let client = try await TestClient.connect(to: gateway)
                try await client.send(
                    gateway.stream(.compatible, "[[sim:gate 1 \(gate)]][[sim:echo]]one two three no. \(number)"))
                _ = try await client.head()
                clients.append(client)
            }
            let idle = try await TestClient.connect(to: gateway)
            let server = gateway.server
            let stop = Task { try await server.stop(grace: .seconds(300)) }
            #expect(try await idle.untilEnd() == "")
            #expect(server.isDraining)
            await #expect(throws: (any Error).self) { try await TestClient.connect(to: gateway) }
            gateway.simulator.open(gate: gate)
            for (number, client) in clients.enumerated() {
                let rest = try await client.rest()
                #expect(rest.isDone)
                #expect(try rest.streamedText == "one two three no. \(number)")
                #expect(try await client.untilEnd() == "")
            }
            try await stop.value
            #expect(try Self.states(of: gateway) == ["completed": 50])
        }
    }

    @Test func `a request that comes on an open connection is told where it stands`() async throws {
        try await withGateway { gateway in
            let gate = gateway.tag()
            let client = try await TestClient.connect(to: gateway)
            let call = gateway.chat(.compatible, "[[sim:echo]]hi")
            // Half a head, so that the connection isn't idle.
            try await client.send(Array(call.head.prefix(20)))
            let busy = try await TestClient.connect(to: gateway)
            try await busy.send(gateway.stream(.compatible, "[[sim:gate 1 \(gate)]][[sim:echo]]a b"))
            _ = try await busy.head()
            let server = gateway.server
            let stop = Task { try await server.stop(grace: .seconds(300)) }
            try await eventually("it drains") { server.isDraining }
            gateway.simulator.open(gate: gate)
            #expect(try await busy.rest().isDone)
            client.leave()
            try await stop.value
        }
    }

    @Test func `what takes too long is cut off, told so and put on record`() async throws {
        try await withGateway { gateway in
            let gate = gateway.tag()
            let stream = try await TestClient.connect(to: gateway)
            try await stream.send(gateway.stream(.compatible, "[[sim:gate 1 \(gate)]][[sim:echo]]one two three"))
            _ = try await stream.head()
            let whole = try await TestClient.connect(to: gateway)
            try await whole.send(gateway.chat(.compatible, "[[sim:gate 0 \(gate)]][[sim:echo]]hi"))
            try await eventually("both are under way") { gateway.simulator.stats().active == 2 }
            try await gateway.server.stop(grace: .zero)
            let rest = try await stream.rest()
            let error = try rest.streamError
            #expect(error?["code"] == "gateway_unavailable")
            #expect(!rest.isDone)
            let reply = try await whole.reply()
            #expect(reply.status == 503 && !reply.isKeptAlive)
            #expect(try reply.errorCode == "gateway_unavailable")
            #expect(try Self.states(of: gateway) == ["failed": 2])
            gateway.simulator.open(gate: gate)
        }
    }

    @Test func `whoever is in a hurry waits for nothing`() async throws {
        try await withGateway { gateway in
            let gate = gateway.tag()
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(.compatible, "[[sim:gate 1 \(gate)]][[sim:echo]]one two"))
            _ = try await client.head()
            let server = gateway.server
            let stop = Task { try await server.stop(after: .seconds(300), grace: .seconds(300)) }
            try await eventually("it drains") { server.isDraining }
            // It is still served, for those who don't know yet.
            let reply = try await gateway.reply(to: .get("/v1/models", key: gateway.keys.main))
            #expect(reply.status == 200 && !reply.isKeptAlive)
            server.hurry()
            try await stop.value
            let rest = try await client.rest()
            #expect(!rest.isDone)
            gateway.simulator.open(gate: gate)
        }
    }

    /// How many records there are of each outcome; an open one is none of them.
    private static func states(of gateway: TestGateway) throws -> [String: Int] {
        // What was written last may be on its way to the store.
        try gateway.ledger.drainNow()
        let records = try gateway.ledger.records(CustodyQuery(limit: 1_000), of: .default).records
        let outcomes = try records.map { record in
            record.isOpen ? "open" : try JSON(parsing: record.json)["outcome"]?.string ?? "none"
        }
        return Dictionary(grouping: outcomes) { $0 }.mapValues(\.count)
    }
}
