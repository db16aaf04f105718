import Crypto
import CustodyLog
import Domain
import Foundation
import ProviderSimulator
import Storage
import Testing
import Wire

/// Receipts, lists, exports and the public log, as callers and strangers get them.
@Suite(.gateway) struct CustodyLogTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test func `a receipt shows that the record is in the log, to whoever has the log's key`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(.bedrock, "hi").with("x-ni-nonce", "n-1"))
        let receipt = try await receipt(of: reply)
        #expect(receipt["content-type"] == "text/plain; charset=utf-8")
        #expect(receipt["content-disposition"] == "attachment; filename=\"\(reply.requestID).tlog-proof\"")
        let record = try await verified(receipt)
        #expect(record["id"]?.string == reply.requestID && record["nonce"] == "n-1")
    }

    @Test func `a refusal has a receipt too, which says that nothing left and binds the nonce`() async throws {
        let calls = [
            gateway.chat("no/such-route", "hi"), gateway.chat(.bedrock, "hi").with(body: "{"),
            TestCall(method: "DELETE", path: "/v1/chat/completions").with(key: gateway.keys.main),
        ]
        for call in calls {
            let reply = try await gateway.reply(to: call.with("x-ni-nonce", "n-2"))
            #expect(reply.status >= 400)
            let record = try await verified(try await receipt(of: reply))
            #expect(record["outcome"] == "refused" && record["attempts"]?.array?.isEmpty == true)
            #expect(record["nonce"] == "n-2")
        }
    }

    @Test func `a request that isn't over has no receipt yet`() async throws {
        let client = try await TestClient.connect(to: gateway)
        defer { client.leave() }
        try await client.send(gateway.stream(.compatible, "[[sim:gate receipt]]"))
        let head = try await client.head()
        let early = try await gateway.reply(
            to: .get("/api/usage/custody/\(head.requestID)/receipt", key: gateway.keys.main))
        #expect(try early.status == 409 && early.errorCode == "record_open" && early["retry-after"] == "1")
        gateway.simulator.open(gate: "receipt")
        _ = try await client.rest()
        #expect(try await verified(try await receipt(head.requestID))["outcome"] == "completed")
    }

    @Test func `nobody gets the receipt, the list or the export of others`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        _ = try await receipt(of: reply)
        let stranger = gateway.keys.otherOrganization
        let path = "/api/usage/custody"
        let receipt = try await gateway.reply(to: .get("\(path)/\(reply.requestID)/receipt", key: stranger))
        #expect(try receipt.status == 404 && receipt.errorCode == "record_not_found")
        for path in [path, "\(path)/export"] {
            let text = try await gateway.reply(to: .get(path, key: stranger)).text
            #expect(!text.contains(reply.requestID))
            #expect(try await gateway.reply(to: .get(path, key: nil)).status == 401)
        }
    }

    @Test func `an export proves each record under one checkpoint, page by page`() async throws {
        var ids: Set<String> = []
        for _ in 0..<5 { ids.insert(try await gateway.reply(to: gateway.chat(.compatible, "hi")).requestID) }
        try await publish()
        var found: Set<String> = []
        var cursor = ""
        repeat {
            let page = try await gateway.reply(
                to: .get("/api/usage/custody/export?limit=2\(cursor)", key: gateway.keys.main))
            #expect(page.status == 200 && page["content-type"] == "application/x-ndjson")
            let lines = try page.text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
            let checkpoint = try await checkpoint(try #require(lines.first?["checkpoint"]?.string))
            for line in lines.dropFirst().dropLast() {
                let id = try verified(line, under: checkpoint)["id"]?.string ?? ""
                #expect(found.insert(id).inserted)
            }
            cursor = try #require(lines.last?["next"]).string.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        #expect(found.isSuperset(of: ids))
    }

    @Test func `records are listed by what is asked for`() async throws {
        let one = try await gateway.reply(to: gateway.chat(.vertex, "hi"))
        let refused = try await gateway.reply(to: gateway.chat("no/such-route", "hi"))
        func ids(_ query: String) async throws -> [String] {
            let page = try await gateway.reply(to: .get("/api/usage/custody?\(query)", key: gateway.keys.main))
            #expect(page.status == 200)
            return try (page.json["records"]?.array ?? []).compactMap { $0["id"]?.string }
        }
        let route = Family.vertex.route.replacing("/", with: "%2F")
        #expect(try await ids("route=\(route)").contains(one.requestID))
        #expect(try await !ids("route=\(route)").contains(refused.requestID))
        #expect(try await ids("outcome=refused").contains(refused.requestID))
        #expect(try await ids("from=2030-01-01").isEmpty)
        #expect(try await ids("limit=1").count == 1)
    }

    @Test(arguments: [
        "outcome=x", "limit=0", "limit=1001", "limit=x", "cursor=1", "from=yesterday", "to=", "limit=1&limit=2", "x=1",
        "%00",
    ])
    func `a query that isn't understood is refused, and says what can be asked`(query: String) async throws {
        let reply = try await gateway.reply(to: .get("/api/usage/custody?\(query)", key: gateway.keys.main))
        #expect(reply.status == 400)
        #expect(try ["invalid_value", "repeated_parameter"].contains(reply.errorCode ?? ""))
    }

    @Test func `anybody may read the log, and tiles may be kept for ever`() async throws {
        _ = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        try await publish()
        let checkpoint = try await gateway.reply(to: .get("/log/checkpoint", key: nil))
        #expect(checkpoint.status == 200 && checkpoint["content-type"] == "text/plain; charset=utf-8")
        #expect(checkpoint["cache-control"] == "max-age=1" && checkpoint["access-control-allow-origin"] == "*")
        let size = try await self.checkpoint(checkpoint.text).checkpoint.size
        let id = try #require(LogTile.ID(.entries, number: 0, size: size))
        let tile = try await gateway.reply(to: .get("/log/\(id.path)", key: nil))
        #expect(tile["cache-control"] == "public, max-age=31536000, immutable")
        #expect(tile["content-type"] == "application/octet-stream" && tile.body.count == id.width * 34)
        for path in ["tile/0/999", "tile/0/000.p/0", "tile/x", "tile/0/%2e%2e/000", "tile/64/000"] {
            #expect(try await gateway.reply(to: .get("/log/\(path)", key: nil)).status == 404, "\(path)")
        }
        let post = try await gateway.reply(to: TestCall(method: "POST", path: "/log/checkpoint"))
        #expect(post.status == 405 && post["allow"] == "GET")
    }

    @Test func `the keys of the log are there for everybody, and no secret`() async throws {
        let keys = try await gateway.reply(to: .get("/.well-known/ni-keys.json", key: nil))
        #expect(try keys.json["origin"] == "gateway.test/log" && keys.json["keys"]?.array?.count == 1)
        #expect(try keys.json["witnesses"]?.array?.isEmpty == true)
        let secret = try #require(
            try? Data(contentsOf: URL(filePath: gateway.directory.path + "/custody-log-key-1.secret")))
        #expect(!keys.text.contains(secret.base64EncodedString()))
    }

    // MARK: Digests

    @Test(arguments: [false, true], [Family.compatible, .bedrock, .anthropic])
    func `a record's digests are those of the bodies that went over the wire`(
        streamed: Bool, family: Family
    ) async throws {
        let call = streamed ? gateway.stream(family, "[[sim:words 40]]") : gateway.chat(family, "[[sim:words 40]]")
        let reply = try await gateway.reply(to: call)
        let digests = try #require(try await gateway.record(of: reply)["digests"])
        #expect(digests["request"]?.string == digest(of: call.body))
        #expect(digests["response"]?.string == digest(of: reply.body))
    }

    @Test func `a large body is digested as it comes`() async throws {
        let call = gateway.chat(.compatible, String(repeating: "large ", count: 400_000))
        let reply = try await gateway.reply(to: call)
        #expect(try await gateway.record(of: reply)["digests"]?["request"]?.string == digest(of: call.body))
    }

    @Test func `an error of the gateway's own has no digest of a reply`() async throws {
        let call = gateway.chat(.compatible, "[[sim:status 500]]")
        let reply = try await gateway.reply(to: call)
        let digests = try #require(try await gateway.record(of: reply)["digests"])
        #expect(digests["request"]?.string == digest(of: call.body) && digests["response"] == nil)
    }

    // MARK: Support

    private func digest(of bytes: [UInt8]) -> String {
        HMAC<SHA256>.authenticationCode(
            for: Data(bytes), using: SymmetricKey(data: TestGateway.contentSecret)
        ).map { String(format: "%02x", $0) }.joined()
    }

    private func publish() async throws {
        try gateway.ledger.drainNow()
        try gateway.transparencyLog.publish(at: gateway.clock.now())
    }

    private func receipt(of reply: TestReply) async throws -> TestReply { try await receipt(reply.requestID) }

    private func receipt(_ id: String) async throws -> TestReply {
        try await publish()
        let receipt = try await gateway.reply(to: .get("/api/usage/custody/\(id)/receipt", key: gateway.keys.main))
        #expect(receipt.status == 200)
        return receipt
    }

    /// The record of a receipt, once it is shown that the log has it.
    private func verified(_ receipt: TestReply) async throws -> JSON {
        let file = try ProofFile(parsing: receipt.body)
        let extra = try JSON(parsing: try #require(file.extra))
        return try SaltedRecord(extra).verified(
            at: file.index, file.proof, in: try await checkpoint(String(decoding: file.checkpoint.bytes, as: UTF8.self))
        )
    }

    /// The record of an export's line, once it is shown that the log has it.
    private func verified(_ line: JSON, under checkpoint: VerifiedCheckpoint) throws -> JSON {
        let hashes = (line["proof"]?.array ?? []).compactMap { $0.string.flatMap { MerkleHash(base64: $0) } }
        #expect(hashes.count == line["proof"]?.array?.count)
        return try SaltedRecord(line).verified(
            at: try #require(line["index"]?.int), InclusionProof(hashes: hashes), in: checkpoint)
    }

    private func checkpoint(_ note: String) async throws -> VerifiedCheckpoint {
        let keys = try await gateway.reply(to: .get("/.well-known/ni-keys.json", key: nil)).json["keys"]?.array ?? []
        return try VerifiedCheckpoint(
            SignedNote(parsing: Array(note.utf8)),
            keys: try keys.map { try VerifierKey($0["verifier_key"]?.string ?? "") })
    }
}

/// A record and its salt, from wherever they come.
private struct SaltedRecord {
    let record: JSON
    let salt: Salt

    init(_ json: JSON) throws {
        record = try #require(json["record"])
        salt = try #require(json["salt"]?.string.flatMap { Salt(hex: $0) })
    }

    func verified(at index: Int, _ proof: InclusionProof, in checkpoint: VerifiedCheckpoint) throws -> JSON {
        _ = try VerifiedRecord(
            Array(record.text().utf8), salt: salt, index: index, proof: proof, in: checkpoint)
        return record
    }
}
