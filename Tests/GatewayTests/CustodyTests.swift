import Domain
import ProviderSimulator
import Testing
import Wire

/// What is recorded, who can read it, and what happens when it can't be recorded.
@Suite(.gateway) struct CustodyTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test(arguments: Family.allCases)
    func `a record says who, where, when and how much`(family: Family) async throws {
        let call = gateway.chat(family, "[[sim:words 7]]")
        let reply = try await gateway.reply(to: call)
        let record = try await gateway.record(of: reply)
        #expect(record["id"] == .string(reply.requestID))
        #expect(record["state"] == "closed")
        #expect(record["outcome"] == "completed")
        #expect(record["organization"] == "org_default")
        #expect(record["key"]?.string?.hasPrefix("key_") == true)
        #expect(record["surface"] == "chat.completions")
        #expect(record["streamed"] == false)
        #expect(record["asked_route"] == .string(family.route))
        #expect(record["route"] == .string(family.route))
        #expect(record["tier"] == .string(family.tier.rawValue))
        #expect(record["residency"]?["region"]?.string == reply["x-ni-resolved-region"])
        #expect(record["residency"]?["exposure"]?.string == reply["x-ni-exposure"])
        #expect(record["status"] == 200)
        #expect(record["error"] == nil)
        #expect(record["request_bytes"]?.int == call.body.count)
        #expect(record["response_bytes"]?.int == reply.body.count)
        #expect(record["gateway_version"] == "test")
        #expect(record["opened_at"]?.string?.hasPrefix("2026-11-23T06:") == true)

        let attempt = try #require(record["attempts"]?[0])
        #expect(attempt["provider"] == .string(family.rawValue))
        #expect(attempt["upstream_model"] == .string(family.upstreamModel))
        #expect(attempt["host"]?.string == "127.0.0.1:\(gateway.simulator.port)")
        #expect(attempt["status"] == 200)
        #expect(attempt["sent_bytes"]?.int ?? 0 > 0)
        #expect(attempt["received_bytes"]?.int ?? 0 > 0)
        if family != .vertex && family != .cohere { #expect(attempt["upstream_request_id"]?.string?.isEmpty == false) }
        if family.namesItsModel { #expect(attempt["answered_model"] == .string(family.upstreamModel)) }
    }

    @Test func `a stream's record counts what was sent`() async throws {
        let reply = try await gateway.reply(to: gateway.stream(.bedrock, "[[sim:words 7]]"))
        let record = try await gateway.record(of: reply)
        #expect(record["response_bytes"]?.int == reply.body.count)
        #expect(record["streamed"] == true)
    }

    @Test(arguments: Family.allCases)
    func `a model that answers in another's place is recorded`(family: Family) async throws {
        guard family.namesItsModel else { return }
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:drift another-model]]hi"))
        #expect(try await gateway.record(of: reply)["attempts"]?[0]?["answered_model"] == "another-model")
    }

    @Test func `another organization can't read a record, and can't tell that it is there`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        let path = "/api/usage/custody/\(reply.requestID)"
        let other = try await gateway.reply(to: .get(path, key: gateway.keys.otherOrganization))
        #expect(other.status == 404)
        let unknown = try await gateway.reply(
            to: .get("/api/usage/custody/\(String(repeating: "0", count: 32))", key: gateway.keys.otherOrganization))
        #expect(unknown.status == 404)
        #expect(other.body == unknown.body)
        #expect(try other.errorCode == "record_not_found")
        // Another key of the same organization can.
        #expect(try await gateway.record(of: reply, key: gateway.keys.premisesOnly)["outcome"] == "completed")
    }

    @Test func `what is no id is no record`() async throws {
        for id in ["1", "xyz", String(repeating: "g", count: 32), String(repeating: "0", count: 33), "%00", "a%2Fb"] {
            let reply = try await gateway.reply(to: .get("/api/usage/custody/\(id)", key: gateway.keys.main))
            #expect(reply.status == 404, "\(id)")
            #expect(try reply.errorCode == "record_not_found")
        }
    }

    @Test func `an id may be written in capitals`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        #expect(try await gateway.record(reply.requestID.uppercased())["outcome"] == "completed")
    }

    @Test func `refused requests are recorded, and nothing else of them`() async throws {
        let reply = try await gateway.reply(to: gateway.chat("no/such-route", "hi"))
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "refused")
        #expect(record["error"] == "model_not_found")
        #expect(record["status"] == 404)
        #expect(record["attempts"] == [])
        #expect(record["usage"] == nil)
        #expect(record["money"] == nil)
    }
}
