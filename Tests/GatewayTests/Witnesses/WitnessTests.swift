import AsyncHTTPClient
import CustodyLog
import Domain
import Foundation
import Logging
import NIOCore
import Storage
import Testing
import Wire

@testable import northern

/// Cosignatures of witnesses, over real HTTP, as callers and strangers find them in the log.
@Suite struct WitnessTests {
    @Test func `a checkpoint has the witness's cosignature soon after it was published, and so have receipts`()
        async throws
    {
        let witness = try TestWitness()
        try await withGateway(of: witness, .answer(witness.answer)) { gateway, server in
            try await asking(gateway, server) { _ in
                let first = try gateway.changes
                for size in first + 1...first + 5 {
                    let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
                    try publish(gateway)
                    try await eventually("the checkpoint is cosigned") {
                        try await checkpoint(gateway).hasLine(of: witness.verifierKey)
                    }
                    let note = try await checkpoint(gateway)
                    #expect(try Checkpoint(note).size == size)
                    #expect(try note.verified(by: [witness.verifierKey]).map(\.cosignedAt) == [TestWitness.time])
                    let receipt = try await gateway.reply(
                        to: .get("/api/usage/custody/\(reply.requestID)/receipt", key: gateway.keys.main))
                    #expect(try ProofFile(parsing: receipt.body).checkpoint == note)
                }
            }
            let requests = try server.requests.map { try WitnessedRequest($0) }
            let first = try gateway.changes
            #expect(requests.map(\.earlier) == [0] + (first + 1...first + 4))
            #expect(requests.allSatisfy { $0.path == "/w/add-checkpoint" })
        }
    }

    @Test func `a cosigned checkpoint is there after a restart, and isn't published anew`() async throws {
        let witness = try TestWitness()
        try await withGateway(of: witness, .answer(witness.answer)) { gateway, server in
            try await record(gateway)
            try await asking(gateway, server) { _ in
                try await eventually("the checkpoint is cosigned") {
                    try await checkpoint(gateway).hasLine(of: witness.verifierKey)
                }
            }
            let copy = try gateway.directory.copyAsAfterKill()
            let ledger = try Ledger(directory: copy.path, store: Store(path: copy.database), at: gateway.clock.now())
            let log = try TransparencyLog(ledger, directory: copy.path, origin: nil, at: gateway.clock.now())
            let file = try Data(contentsOf: URL(filePath: copy.path + "/custody-log/checkpoint"))
            #expect(log.published?.note.hasLine(of: witness.verifierKey) == true)
            #expect(log.published?.note.bytes == Array(file))
            #expect(try !log.publish(at: gateway.clock.now()))
            ledger.stop()
        }
    }

    @Test func `what isn't this witness's cosignature of this checkpoint isn't taken`() async throws {
        let (witness, stranger) = (try TestWitness(), try TestWitness())
        let other = try witness.lines(over: Array("gateway.test/log\n1\nother\n".utf8))
        let wrong: [RawUpstream.Action] = [
            .answer { _ in TestWitness.http("200 OK", [], other) }, .answer(stranger.answer),
            .answer { _ in TestWitness.http("200 OK", [], Array("<html>".utf8)) },
            .answer { _ in TestWitness.http("200 OK", [], [UInt8](repeating: 0x20, count: 20_000)) },
        ]
        for action in wrong {
            try await withGateway(of: witness, action) { gateway, server in
                try await record(gateway)
                try await asking(gateway, server) { tally in
                    try await eventually("the witness has answered") { (tally.counts.first?.failed ?? 0) > 0 }
                }
                #expect(try await checkpoint(gateway).signatures.count == 1)
                let lines = gateway.log.lines.filter { $0.message.hasPrefix("A witness doesn't cosign") }
                #expect(lines.count == 1 && lines.first?.level == .warning)
            }
        }
    }

    @Test func `a witness that holds back its answer delays nothing, and is then too late for an older checkpoint`()
        async throws
    {
        let witness = try TestWitness()
        try await withGateway(of: witness, .begin([])) { gateway, server in
            try await asking(gateway, server) { tally in
                try await record(gateway)
                try await eventually("the witness is asked") { server.requests.count == 1 }
                let reply = try await record(gateway)
                let receipt = try await gateway.reply(
                    to: .get("/api/usage/custody/\(reply.requestID)/receipt", key: gateway.keys.main))
                #expect(receipt.status == 200)
                let late = witness.answer(to: try #require(server.requests.first))
                try await server.push(String(decoding: late, as: UTF8.self))
                try await eventually("the witness has answered") { tally.counts.first?.cosigned == 1 }
                try await eventually("it is asked for the next one") { server.requests.count == 2 }
                let note = try await checkpoint(gateway)
                let first = try gateway.changes
                #expect(try Checkpoint(note).size == first + 2 && note.signatures.count == 1)
                #expect(try WitnessedRequest(try #require(server.requests.last)).earlier == first + 1)
            }
        }
    }

    @Test func `after a restart the witness says what it has cosigned`() async throws {
        let witness = try TestWitness()
        try await withGateway(of: witness, .answer(witness.answer)) { gateway, server in
            let first = try gateway.changes
            for size in first + 1...first + 2 {
                try await record(gateway)
                try await asking(gateway, server) { _ in
                    try await eventually("the checkpoint is cosigned") {
                        let note = try await checkpoint(gateway)
                        return try Checkpoint(note).size == size && note.hasLine(of: witness.verifierKey)
                    }
                }
            }
            #expect(try server.requests.map { try WitnessedRequest($0).earlier } == [0, 0, first + 1])
        }
    }

    @Test func `a witness that has cosigned another history is an error, and signs nothing`() async throws {
        let witness = try TestWitness(last: TreeHead(size: 1, root: .leaf([1])))
        try await withGateway(of: witness, .answer(witness.answer)) { gateway, server in
            try await record(gateway)
            try await record(gateway)
            try await asking(gateway, server) { tally in
                try await eventually("the witness has answered") { (tally.counts.first?.failed ?? 0) > 0 }
            }
            #expect(try await checkpoint(gateway).signatures.count == 1)
            let line = try #require(gateway.log.lines.first { $0.level == .error })
            #expect(line.message == "A witness has seen another history of the custody log")
            #expect(line.metadata["error"]?.contains("ask the witness's operator") == true)
        }
    }

    @Test func `a redirection isn't followed`() async throws {
        let witness = try TestWitness()
        let elsewhere = try await RawUpstream.start([[.answer(witness.answer)]])
        let moved = TestWitness.http("307 Temporary Redirect", ["location: http://127.0.0.1:\(elsewhere.port)/w"])
        try await withGateway(of: witness, .reply(moved)) { gateway, server in
            try await record(gateway)
            try await asking(gateway, server) { tally in
                try await eventually("the witness has answered") { (tally.counts.first?.failed ?? 0) > 0 }
            }
            #expect(elsewhere.acceptedConnections == 0)
        }
        try await elsewhere.stop()
    }

    @Test func `everybody can read who is asked`() async throws {
        let witness = try TestWitness()
        try await withGateway(of: witness, .close) { gateway, _ in
            let keys = try await gateway.reply(to: .get("/.well-known/ni-keys.json", key: nil)).json
            let wanted: JSON = [
                ["name": .string(TestWitness.name), "verifier_key": .string(witness.verifierKey.text)]
            ]
            #expect(keys["witnesses"] == wanted)
        }
    }

    // MARK: Support

    /// A gateway, and a server in a witness's place that does the same with each request.
    private func withGateway(
        of witness: TestWitness, _ action: RawUpstream.Action, _ body: (TestGateway, RawUpstream) async throws -> Void
    ) async throws {
        let connections = Array(repeating: Array(repeating: action, count: 100), count: 10)
        let server = try await RawUpstream.start(connections)
        try await GatewayTests.withGateway {
            $0.witnesses = [witness.verifierKey]
        } _: { gateway in
            try await body(gateway, server)
        }
        try await server.stop()
    }

    /// Asks the witness as a running gateway does, without a pause between two checkpoints.
    private func asking(
        _ gateway: TestGateway, _ server: RawUpstream, _ body: (WitnessTally) async throws -> Void
    ) async throws {
        let key = try #require(
            try await gateway.reply(to: .get("/.well-known/ni-keys.json", key: nil)).json["witnesses"]?[0])
        let setting = "\(key["verifier_key"]?.string ?? "")@http://127.0.0.1:\(server.port)/w/"
        let witnesses = try await GatewayConfiguration(
            SettingReader(file: nil, flags: ["custody.witnesses": setting], environment: [:])
        ).witnesses
        let witness = try #require(witnesses.first)
        let tally = WitnessTally(witnesses)
        // Whoever waits for a test on a busy machine waits long.
        var patient = WitnessCall.clientConfiguration
        patient.timeout.read = .seconds(300)
        let task = Task { [patient] in
            try await HTTPClient.withHTTPClient(configuration: patient) { client in
                try await WitnessRounds(
                    witness: witness, log: gateway.transparencyLog, call: WitnessCall(client, mostTime: .seconds(300)),
                    tally: tally,
                    logger: gateway.log.logger, pace: .zero
                ).run()
            }
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(tally)) } catch { outcome = .failure(error) }
        task.cancel()
        _ = await task.result
        try outcome.get()
    }

    /// One more record, and a checkpoint that has it.
    @discardableResult
    private func record(_ gateway: TestGateway) async throws -> TestReply {
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        try publish(gateway)
        return reply
    }

    private func publish(_ gateway: TestGateway) throws {
        try gateway.ledger.drainNow()
        try gateway.transparencyLog.publish(at: gateway.clock.now())
    }

    private func checkpoint(_ gateway: TestGateway) async throws -> SignedNote {
        try SignedNote(parsing: try await gateway.reply(to: .get("/log/checkpoint", key: nil)).body)
    }
}
