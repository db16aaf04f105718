import CustodyLog
import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// Who has changed what, and whether anybody could change that afterwards.
@Suite(.onEveryDatabase) struct AdminAuditTests {
    private let directory = TemporaryDirectory()
    private let store: Store
    private let hasher: KeyHasher

    init() throws {
        store = try Store(
            directory, passwordCost: PasswordCost(rounds: 16, blockSize: 1, parallelism: 1),
            clock: { .test })
        hasher = try KeyHasher(directory: directory.path)
    }

    private static let password = Password("canary-horse-battery")

    private func key(_ name: String = "one", in place: OrganizationID = .default) throws -> (APIKey, APIKeySecret) {
        try store.createKey(
            name: name, organization: place, policy: KeyPolicy(tiers: [.providerAPI]), environment: .live,
            hashedBy: hasher, at: .test)
    }

    private func invited(_ name: String, as role: Role = .owner) throws -> (Invitation, SecretToken) {
        let email = try #require(EmailAddress("\(name)@example.test"))
        return try store.invite(email, to: .default, as: role, at: .test)
    }

    private func member(_ name: String, as role: Role = .owner) async throws -> User {
        let (_, token) = try invited(name, as: role)
        return try await store.accept(token, name: name, language: nil, Self.password, at: .test).user
    }

    /// The newest one.
    private func last() throws -> [String: Any] {
        let entry = try #require(try store.adminAudit(AdminAuditQuery(.everything, limit: 1)).first)
        return try #require(try JSONSerialization.jsonObject(with: Data(entry.json)) as? [String: Any])
    }

    private func expectLast(
        _ action: AdminAction, of object: String, from before: [String: String]?, to after: [String: String]?
    ) throws {
        let entry = try last()
        #expect(entry["action"] as? String == action.rawValue && entry["object"] as? String == object)
        for (name, expected) in [("before", before), ("after", after)] {
            let found = entry[name] as? [String: Any]
            #expect((found == nil) == (expected == nil), "\(action) \(name)")
            for (member, text) in expected ?? [:] {
                #expect("\(found?[member] ?? "")" == text, "\(action) \(name) \(member)")
            }
        }
    }

    // MARK: What it says

    @Test func `each change of a key is told with what the key was and is`() throws {
        let (key, secret) = try key()
        try expectLast(.keyCreated, of: key.id, from: nil, to: ["name": "one", "hint": key.hint])
        let digest = try #require((try last()["after"] as? [String: Any])?["secret"] as? String)
        #expect(digest.hasPrefix("hmac-sha256:") && digest.utf8.count == 12 + 64)
        _ = try store.updateKey(key.id) { key in
            APIKey(
                id: key.id, organization: key.organization, name: "two", hint: key.hint, policy: key.policy,
                createdAt: key.createdAt)
        }
        try expectLast(.keyChanged, of: key.id, from: ["name": "one"], to: ["name": "two"])
        let rotated = try store.rotateKey(key.id, environment: nil, oldSecretUntil: .test, hashedBy: hasher)
        let hint = try #require(rotated).key.hint
        try expectLast(.keyRotated, of: key.id, from: ["hint": secret.hint], to: ["hint": hint])
        _ = try store.revokeKey(key.id, at: .test)
        let end = ["revoked_at": Timestamp.test.description]
        try expectLast(.keyRevoked, of: key.id, from: ["revoked_at": "<null>"], to: end)
        #expect(try store.adminAudit(AdminAuditQuery(.everything)).count == 4)
    }

    @Test func `each change of people is told with what they were and are`() async throws {
        let claim = try #require(try store.makeClaim())
        try expectLast(.claimLinkMade, of: "org_default", from: nil, to: [:])
        let email = try #require(EmailAddress("ada@example.test"))
        let draft = UserDraft(email: email, name: "Ada", language: .english)
        let ada = try await store.claim(with: claim, draft, Self.password, at: .test)
        try expectLast(.ownerClaimed, of: ada.id, from: nil, to: ["role": "owner", "email": "ada@example.test"])
        let (invitation, token) = try invited("bob", as: .developer)
        try expectLast(.memberInvited, of: invitation.id, from: nil, to: ["role": "developer"])
        let bob = try await store.accept(token, name: "Bob", language: nil, Self.password, at: .test).user
        try expectLast(.memberJoined, of: bob.id, from: nil, to: ["name": "Bob", "invitation": invitation.id])
        _ = try store.changeRole(of: bob.id, in: .default, to: .auditor) { _ in }
        try expectLast(.memberRoleChanged, of: bob.id, from: ["role": "developer"], to: ["role": "auditor"])
        try store.removeMember(bob.id, from: .default) { _ in }
        try expectLast(.memberRemoved, of: bob.id, from: ["role": "auditor"], to: nil)
        let (other, _) = try invited("cem", as: .admin)
        try store.withdraw(other.id, of: .default) { _ in }
        try expectLast(.invitationWithdrawn, of: other.id, from: ["email": "cem@example.test"], to: nil)
        try store.update(ada.id, name: "Ada L.", language: .french)
        try expectLast(.userChanged, of: ada.id, from: ["name": "Ada"], to: ["name": "Ada L.", "language": "fr"])
        try await store.changePassword(of: ada.id, from: Self.password, to: Password("another-canary-word"))
        try expectLast(.passwordChanged, of: ada.id, from: nil, to: nil)
        let made = try store.createOrganization("Other", owner: ada.id, at: .test)
        try expectLast(.organizationCreated, of: made.id.rawValue, from: nil, to: ["name": "Other"])
    }

    @Test func `a retention and a key of the log are told of, and what changes nothing isn't`() throws {
        try store.setRetention(RecordRetention(organization: .default, days: 30))
        try expectLast(.retentionChanged, of: "org_default", from: nil, to: ["days": "30"])
        try store.setRetention(RecordRetention(organization: .default, days: 30))
        try store.setRetention(RecordRetention(organization: .default, days: nil, isOnLegalHold: true))
        try expectLast(.retentionChanged, of: "org_default", from: ["days": "30"], to: ["legal_hold": "1"])
        let (key, _) = try key()
        _ = try store.revokeKey(key.id, at: .test)
        _ = try store.revokeKey(key.id, at: .test.adding(seconds: 60))
        _ = try store.updateKey(key.id) { $0 }
        #expect(try store.adminAudit(AdminAuditQuery(.everything)).count == 4)
    }

    @Test func `a change that fails leaves no entry, neither here nor in the log`() async throws {
        let ada = try await member("ada")
        let before = try store.read { try $0.logSize() }
        #expect(throws: PeopleError.lastOwner) { try store.removeMember(ada.id, from: .default) { _ in } }
        #expect(throws: PeopleError.alreadyMember) { try invited("ada") }
        #expect(try store.read { try $0.logSize() } == before)
        #expect(try store.checkAdminAudit(deletes: false) == AdminAuditCheck(count: 2, faults: []))
    }

    @Test func `entries say who it was and from where, and who joined is who did it`() async throws {
        let (_, token) = try invited("ada")
        #expect((try last()["actor"] as? [String: String]) == ["kind": "command_line"])
        let address = try #require(IPAddress("203.0.113.7"))
        let user = try await ChangeAuthor.$current.withValue(ChangeAuthor(.visitor, address: address)) {
            try await store.accept(token, name: "Ada", language: nil, Self.password, at: .test).user
        }
        var entry = try last()
        #expect(entry["actor"] as? [String: String] == ["kind": "member", "id": user.id, "email": "ada@example.test"])
        #expect(entry["address"] as? String == "203.0.113.7" && entry["time"] as? String == Timestamp.test.description)
        try ChangeAuthor.$current.withValue(ChangeAuthor(.token)) { _ = try key() }
        entry = try last()
        #expect(entry["actor"] as? [String: String] == ["kind": "token"] && entry["address"] == nil)
    }

    @Test func `entries are found by what they say, within the reach of who asks`() async throws {
        let ada = try await member("ada")
        let other = try store.createOrganization("Other", owner: nil, at: .test)
        let author = ChangeAuthor(.member(ada.id, ada.email, .default))
        let (theirs, _) = try key("theirs", in: other.id)
        let (ours, _) = try ChangeAuthor.$current.withValue(author) { try key("ours") }
        func objects(_ reach: AuditReach, _ narrow: (inout AdminAuditQuery) -> Void = { _ in }) throws -> [String] {
            var query = AdminAuditQuery(reach)
            narrow(&query)
            return try store.adminAudit(query).compactMap { entry in
                (try JSONSerialization.jsonObject(with: Data(entry.json)) as? [String: Any])?["object"] as? String
            }
        }
        #expect(try objects(.organization(other.id)) == [theirs.id])
        #expect(try objects(.installation).count == 4 && objects(.everything).count == 5)
        #expect(try objects(.everything) { $0.organization = other.id } == [theirs.id])
        #expect(try objects(.organization(other.id)) { $0.organization = .default } == [])
        #expect(try objects(.everything) { $0.actor = "ada@example.test" } == [ours.id])
        #expect(try objects(.everything) { $0.actor = ada.id } == [ours.id])
        #expect(try objects(.everything) { $0.action = .organizationCreated } == [other.id.rawValue])
        #expect(try objects(.everything) { $0.object = theirs.id } == [theirs.id])
        #expect(try objects(.everything) { $0.since = Timestamp.test.adding(seconds: 1) } == [])
        #expect(try objects(.everything) { $0.until = Timestamp.test } == [])
        let newest = try #require(try store.adminAudit(AdminAuditQuery(.everything, limit: 1)).first)
        #expect(try objects(.everything) { $0.before = newest.id }.first == theirs.id)
        #expect(try store.adminAuditEntry(newest.id, within: .organization(other.id)) == nil)
        #expect(try store.adminAuditEntry(newest.id, within: .installation)?.isAsLogged == true)
    }

    @Test(.onSQLiteAlone) func `neither secrets nor passwords are in it, or anywhere else in the data directory`()
        async throws
    {
        let claim = try #require(try store.makeClaim())
        let email = try #require(EmailAddress("ada@example.test"))
        let draft = UserDraft(email: email, name: "Ada", language: nil)
        _ = try await store.claim(with: claim, draft, Self.password, at: .test)
        let (_, token) = try invited("bob")
        let (made, secret) = try key()
        let rotated = try store.rotateKey(made.id, environment: nil, oldSecretUntil: .test, hashedBy: hasher)
        let bytes = try directory.allBytes()
        for canary in [claim.text, token.text, secret.text, try #require(rotated).secret.text, Self.password.text] {
            #expect(bytes.range(of: Data(canary.utf8)) == nil)
        }
        let hashes = try store.read {
            try String.fetchAll($0, sql: "SELECT password FROM users")
                + String.fetchAll(
                    $0, sql: "SELECT lower(hex(hash)) FROM api_keys")
        }
        let texts = try store.adminAudit(AdminAuditQuery(.everything)).map { String(decoding: $0.json, as: UTF8.self) }
        #expect(!hashes.isEmpty && hashes.allSatisfy { hash in texts.allSatisfy { !$0.contains(hash) } })
    }

    // MARK: Whether it can be changed

    /// Does as somebody would who may write to the database.
    private func tamper(_ sql: String) throws {
        var sql = sql
        if case .postgres = TestDatabase.current {
            for (sqlite, postgres) in [
                (
                    "replace(entry, 'command_line', 'token')",
                    "convert_to(replace(convert_from(entry, 'UTF8'), 'command_line', 'token'), 'UTF8')"
                ),
                ("zeroblob(16)", "decode(repeat('00', 16), 'hex')"), ("x'00'", "'\\x00'"),
            ] { sql = sql.replacingOccurrences(of: sqlite, with: postgres) }
        }
        try store.write { try $0.execute(sql: sql) }
    }

    @Test(arguments: [
        "UPDATE admin_audit SET entry = replace(entry, 'command_line', 'token') WHERE number = 3",
        "UPDATE admin_audit SET salt = zeroblob(16) WHERE number = 3",
        "UPDATE admin_audit SET salt = x'00' WHERE number = 3",
        "UPDATE admin_audit SET leaf = leaf + 1 WHERE number = 3",
        "UPDATE admin_audit SET leaf = 900 WHERE number = 3",
        "UPDATE admin_audit SET entry = 'nothing' WHERE number = 3",
        "UPDATE admin_audit SET id = 'adm_other' WHERE number = 3",
    ])
    func `an entry that was changed is found, published or not`(sql: String) throws {
        let (_, log) = try open()
        for number in 1...5 { _ = try key("\(number)") }
        #expect(try store.checkAdminAudit(deletes: false).faults.isEmpty)
        try tamper(sql)
        #expect(try store.checkAdminAudit(deletes: true).faults.contains(.changed(number: 3)))
        try log.publish(at: .test)
        #expect(try store.checkAdminAudit(deletes: true).faults.contains(.changed(number: 3)))
        if !sql.contains("SET id") {
            let entries = try store.adminAudit(AdminAuditQuery(.everything))
            #expect(entries.map(\.isAsLogged) == [true, true, false, true, true])
        }
    }

    @Test func `entries that were taken out are found, the newest ones too`() throws {
        for number in 1...6 { _ = try key("\(number)") }
        try tamper("DELETE FROM admin_audit WHERE number IN (2, 3)")
        #expect(try store.checkAdminAudit(deletes: true).faults == [.missing(2...3)])
        try tamper("DELETE FROM admin_audit WHERE number = 6")
        #expect(try store.checkAdminAudit(deletes: true).faults == [.missing(2...3), .missing(6...6)])
        // Whoever takes back how many there were leaves their entries in the log.
        try tamper("UPDATE log_state SET admin_entries = 5")
        #expect(try store.checkAdminAudit(deletes: false).faults == [.missing(2...3), .unclaimed(3)])
    }

    @Test func `an entry can't be put where another one was`() throws {
        for number in 1...4 { _ = try key("\(number)") }
        try tamper("UPDATE admin_audit SET number = 9 WHERE number = 2")
        try tamper("UPDATE admin_audit SET number = 2 WHERE number = 3")
        let faults = try store.checkAdminAudit(deletes: true).faults
        #expect(faults.contains(.changed(number: 2)) && faults.contains(.changed(number: 9)))
        #expect(faults.contains(.missing(3...3)))
    }

    // MARK: The log

    private func open() throws -> (ledger: Ledger, log: TransparencyLog) {
        let ledger = try Ledger(directory: directory.path, store: store, at: .test)
        return (ledger, try TransparencyLog(ledger, directory: directory.path, origin: nil, at: .test))
    }

    private func checkpoint(_ log: TransparencyLog) throws -> VerifiedCheckpoint {
        let note = try SignedNote(parsing: Array(try #require(try log.checkpoint()).utf8))
        return try VerifiedCheckpoint(note, keys: try log.identity().keys.map { try VerifierKey($0.verifierKey) })
    }

    @Test func `records and changes share one log, whichever process appends to it`() throws {
        let (ledger, log) = try open()
        let journal = try ledger.makeJournal()
        func record(_ numbers: ClosedRange<Int>) throws {
            for number in numbers { journal.append(.closed(number)) }
            try journal.commit()
            try ledger.drainNow()
        }
        try record(1...300)
        // A command, while the gateway runs.
        let other = try Store(directory)
        _ = try other.createKey(
            name: "two", organization: .default, policy: KeyPolicy(tiers: []), environment: .live, hashedBy: hasher,
            at: .test)
        #expect(try log.publish(at: .test))
        #expect(try checkpoint(log).checkpoint.size == 301)
        _ = try key()
        try record(301...600)
        try log.publish(at: .test)
        let now = try checkpoint(log).checkpoint
        let root = try store.root(ofFirst: 602)
        #expect(now.size == 602 && now.root == root)
        let places = try store.adminAudit(AdminAuditQuery(.everything)).map(\.place.index)
        #expect(places == [301, 300])
        #expect(try store.checkAdminAudit(deletes: false) == AdminAuditCheck(count: 2, faults: []))
    }

    @Test func `a receipt proves a change to whoever has the log's key`() throws {
        let (_, log) = try open()
        _ = try key()
        let entry = try #require(try store.adminAudit(AdminAuditQuery(.everything)).first)
        guard case .unpublished? = try store.adminAuditReceipt(entry.id, within: .everything) else {
            Issue.record("a receipt before the checkpoint")
            return
        }
        try log.publish(at: .test)
        guard case .file(let bytes)? = try store.adminAuditReceipt(entry.id, within: .everything) else {
            Issue.record("no receipt")
            return
        }
        let receipt = try ProofFile(parsing: bytes)
        let salt = try #require(Salt(hex: entry.place.salt))
        let keys = try log.identity().keys.map { try VerifierKey($0.verifierKey) }
        #expect(try VerifiedRecord(entry.json, salt: salt, receipt: receipt, keys: keys).index == entry.place.index)
        let forged = Array(String(decoding: entry.json, as: UTF8.self).replacing("one", with: "two").utf8)
        #expect(throws: RecordUnproven.notIncluded) {
            try VerifiedRecord(forged, salt: salt, receipt: receipt, keys: keys)
        }
    }
}
