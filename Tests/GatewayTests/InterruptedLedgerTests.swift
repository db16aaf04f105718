import Domain
import Gateway
import Logging
import ProviderSimulator
import Storage
import Testing
import Wire

/// Each with a gateway of its own, whose ledger is disturbed.
@Suite struct InterruptedLedgerTests {
    @Test func `a record that a killed process left open is closed as interrupted at the next start`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(.bedrock, "[[sim:words 9]][[sim:gate 3 rest]]"))
            let head = try await client.head()
            _ = try await client.event()
            #expect(try await gateway.record(head.requestID)["state"] == "open")

            let copy = try gateway.directory.copyAsAfterKill()
            let later = TestClock.start.adding(seconds: 60)
            let ledger = try Ledger(directory: copy.path, store: try Store(path: copy.database), at: later)
            let id = try #require(RequestID(hex: head.requestID))
            let record = try JSON(parsing: try #require(try ledger.record(id, of: .default)?.json))
            ledger.stop()
            #expect(record["state"] == "closed")
            #expect(record["outcome"] == "interrupted")
            #expect(record["closed_at"] == .string(later.description))
            #expect(record["attempts"]?[0]?["route"] == .string(Family.bedrock.route))

            // The process that wasn't killed goes on.
            gateway.simulator.open(gate: "rest")
            #expect(try await client.rest().isDone)
            #expect(try await gateway.record(head.requestID)["outcome"] == "completed")
        }
    }

    @Test func `no request is let through while the journal is full`() async throws {
        try await withGateway {
            $0.ledger.journalLimit = 1
            $0.ledger.drainInterval = .seconds(3600)
        } _: { gateway in
            let first = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
            #expect(first.status == 200)
            for call in [gateway.chat(.compatible, "hi"), gateway.stream(.bedrock, "hi")] {
                let refused = try await gateway.reply(to: call)
                #expect(refused.status == 503)
                #expect(try refused.errorCode == "custody_unavailable")
                #expect(refused["retry-after"] == "5")
            }
            #expect(gateway.simulator.stats().requests == 1)

            try gateway.ledger.drainNow()
            #expect(try await gateway.reply(to: gateway.chat(.compatible, "[[sim:echo]]again")).content == "again")
        }
    }

    @Test(arguments: [Family.bedrock, .compatible])
    func `what can't be recorded isn't sent`(family: Family) async throws {
        try await withGateway { gateway in
            // One connection, so that both requests are for the same journal.
            let client = try await TestClient.connect(to: gateway)
            gateway.journalFault.isPresent = true
            try await client.send(gateway.chat(family, "hi"))
            let refused = try await client.reply()
            #expect(refused.status == 503)
            #expect(try refused.errorCode == "custody_unavailable")
            #expect(refused["x-ni-attempts"] == "0")
            #expect(gateway.simulator.stats().requests == 0)

            gateway.journalFault.isPresent = false
            try await client.send(gateway.chat(family, "hi"))
            #expect(try await client.reply().status == 200)
            // The disk takes the first one's record after all, and it says what happened.
            let record = try await gateway.record(of: refused)
            #expect(record["state"] == "closed")
            #expect(record["outcome"] == "refused")
            #expect(record["error"] == "custody_unavailable")
            #expect(record["attempts"] == [])
        }
    }

    @Test func `a whole reply whose record can't be closed isn't given`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(.compatible, "[[sim:gate 0 go]]hi"))
            try await eventually("the request is on its way") { gateway.simulator.stats().active == 1 }
            gateway.journalFault.isPresent = true
            gateway.simulator.open(gate: "go")
            let reply = try await client.reply()
            #expect(reply.status == 503)
            #expect(try reply.errorCode == "custody_unavailable")
            #expect(try reply.errorMessage.contains("The provider has seen the request."))
            #expect(reply["x-ni-resolved-route"] == Family.compatible.route)
        }
    }

    @Test func `a stream whose record can't be closed doesn't end properly`() async throws {
        try await withGateway { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(.compatible, "[[sim:words 9]][[sim:gate 3 go]]"))
            _ = try await client.head()
            _ = try await client.event()
            gateway.journalFault.isPresent = true
            gateway.simulator.open(gate: "go")
            let rest = try await client.untilEnd()
            #expect(!rest.contains("[DONE]"))
            #expect(!rest.hasSuffix("0\r\n\r\n"))
            #expect(gateway.log.lines.contains { $0.level == .error && $0.message.contains("journal") })
            gateway.journalFault.isPresent = false
            #expect(try await gateway.server.counters().activeRequests == 0)
        }
    }
}
