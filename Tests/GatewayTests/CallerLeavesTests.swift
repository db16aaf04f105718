import Domain
import Gateway
import ProviderSimulator
import Testing
import Wire

/// Each with a gateway of its own, because the simulator's counters are looked at.
@Suite struct CallerLeavesTests {
    @Test(arguments: Family.allCases)
    func `a caller that leaves in mid-stream takes the upstream's work with it`(family: Family) async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(family, "[[sim:words 9]][[sim:gate 3 never]]"))
            let head = try await client.head()
            _ = try await client.event()
            client.leave()

            try await eventually("the upstream is told") { gateway.simulator.stats().clientAborts == 1 }
            #expect(gateway.simulator.stats().active == 0)
            try await eventually("the record is closed") {
                try await gateway.record(head.requestID)["state"] == "closed"
            }
            let record = try await gateway.record(head.requestID)
            #expect(record["outcome"] == "cancelled")
            #expect(record["status"] == 200)
            #expect(record["attempts"]?[0]?["failure"] == "cancelled")
            #expect(record["usage"]?["estimated"] == true)
            #expect(record["money"]?["charge_picodollars"]?.int ?? 0 > 0)
            #expect(record["money"]?["basis"] == "estimate_until_cancelled")
        }
    }

    @Test func `a caller that leaves a stalled stream is noticed`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(.bedrock, "[[sim:words 9]][[sim:stall 3]]"))
            let head = try await client.head()
            _ = try await client.event()
            client.leave()
            try await eventually("the upstream is told") { gateway.simulator.stats().clientAborts == 1 }
            try await eventually("the record is closed") {
                try await gateway.record(head.requestID)["outcome"] == "cancelled"
            }
        }
    }

    @Test(arguments: [Family.bedrock, .compatible])
    func `a caller that leaves before the reply begins is recorded, too`(family: Family) async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(family, "[[sim:gate 0 never]]hi"))
            try await eventually("the request is on its way") { gateway.simulator.stats().active == 1 }
            client.leave()
            try await eventually("the upstream is told") { gateway.simulator.stats().clientAborts == 1 }

            try await eventually("it is counted") {
                try await gateway.server.counters().outcomes == [.cancelled: 1]
            }
            #expect(try await gateway.server.counters().activeRequests == 0)
            // Nobody has seen the id but the log.
            let id = try #require(gateway.log.lines.compactMap { $0.metadata["id"] }.first)
            try await eventually("the record is closed") { try await gateway.record(id)["state"] == "closed" }
            let record = try await gateway.record(id)
            #expect(record["outcome"] == "cancelled")
            #expect(record["status"] == nil)
            #expect(record["attempts"]?.array?.count == 1)
        }
    }

    @Test func `a caller that leaves takes its waiting requests with it`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            let first = gateway.chat(.compatible, "[[sim:gate 0 never]]")
            try await client.send(first.bytes + gateway.chat(.compatible, "second").bytes)
            try await eventually("the first is on its way") { gateway.simulator.stats().active == 1 }
            client.leave()
            try await eventually("the upstream is told") { gateway.simulator.stats().clientAborts == 1 }
            try await eventually("nobody is left") { try await gateway.server.counters().connections == 0 }
            #expect(gateway.upstreamRequests(with: "second").isEmpty)
        }
    }

    @Test func `half a body is no request`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            let call = gateway.chat(.compatible, "half of this")
            try await client.send(Array(call.bytes.dropLast(20)))
            try await eventually("the connection is there") { try await gateway.server.counters().connections == 1 }
            client.leave()
            try await eventually("nobody is left") { try await gateway.server.counters().connections == 0 }
            let counted = try await gateway.server.counters()
            #expect(counted.outcomes.isEmpty)
            #expect(counted.activeRequests == 0)
            #expect(gateway.simulator.stats().requests == 0)
            #expect(try await gateway.reply(to: gateway.chat(.compatible, "[[sim:echo]]next")).content == "next")
        }
    }

    @Test func `a caller that leaves while its large body is translated leaves a record`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            let text = String(repeating: "mot ", count: 50_000)
            try await client.send(gateway.chat(.bedrock, "[[sim:gate 0 never]]\(text)"))
            client.leave()
            try await eventually("it was noticed") {
                try await gateway.server.counters().outcomes == [.cancelled: 1]
            }
            try await eventually("nothing goes on upstream") { gateway.simulator.stats().active == 0 }
        }
    }
}
