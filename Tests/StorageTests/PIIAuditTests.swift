import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// What was replaced in requests, as the store keeps it.
@Suite(.onEveryDatabase) struct PIIAuditTests {
    let directory = TemporaryDirectory()

    private func substituted(
        _ number: Int, key: String = "key_0", types: [String] = ["name"], organization: String = "org_a",
        at time: Timestamp = .test, standIn: String = "Adela"
    ) -> LedgerEntry {
        let values = types.map { #"{"type":"\#($0)","count":1,"digest":"00","stand_in":"\#(standIn)"}"# }
        return LedgerEntry(
            id: LedgerEntry.id(number), organization: OrganizationID(rawValue: organization), phase: .substituted,
            openedAt: time, json: Array(#"{"key":"\#(key)","entries":[\#(values.joined(separator: ","))]}"#.utf8))
    }

    private func numbers(_ store: Store, _ query: PIIAuditQuery = PIIAuditQuery()) throws -> [UInt64] {
        try store.piiAudit(query).map(\.request.low)
    }

    @Test func `the newest request comes first, and what was kept is what was given`() throws {
        let store = try Store(directory)
        try store.record([substituted(1), substituted(3), substituted(2)])
        #expect(try numbers(store) == [3, 2, 1])
        #expect(try numbers(store, PIIAuditQuery(limit: 2)) == [3, 2])
        #expect(try numbers(store, PIIAuditQuery(before: LedgerEntry.id(2))) == [1])
        let first = try #require(try store.piiAudit(PIIAuditQuery(limit: 1)).first)
        #expect(first.json == substituted(3).json && first.organization == "org_a" && first.time == .test)
    }

    @Test func `requests are found by their time, key, id and types`() throws {
        let store = try Store(directory)
        try store.record([
            substituted(1, types: ["name", "email"]),
            substituted(2, key: "key_1", at: Timestamp.test.adding(seconds: 60)),
            substituted(3, types: ["email"], at: Timestamp.test.adding(seconds: 120)),
        ])
        #expect(try numbers(store, PIIAuditQuery(type: .email)) == [3, 1])
        #expect(try numbers(store, PIIAuditQuery(key: "key_1")) == [2])
        #expect(try numbers(store, PIIAuditQuery(request: LedgerEntry.id(1))) == [1])
        #expect(try numbers(store, PIIAuditQuery(since: Timestamp.test.adding(seconds: 60))) == [3, 2])
        #expect(try numbers(store, PIIAuditQuery(until: Timestamp.test.adding(seconds: 60))) == [1])
        #expect(try numbers(store, PIIAuditQuery(key: "key_1", type: .email)).isEmpty)
    }

    @Test func `a request that is read twice is kept once, as it was read first, and is no record`() throws {
        let store = try Store(directory)
        try store.record([substituted(1), .opened(1)])
        try store.record([substituted(1, standIn: "Bruna")])
        #expect(try store.piiAudit(PIIAuditQuery()).map(\.json) == [substituted(1).json])
        try store.record([substituted(2)])
        #expect(try store.recordCount("open") == 1 && store.recordCount("closed") == 0)
    }

    @Test func `a kill loses nothing that was committed, though its record be closed as interrupted`() throws {
        let left = try {
            let store = try Store(directory)
            let ledger = try Ledger(directory: directory.path, store: store, at: .test)
            let journal = try ledger.makeJournal()
            for entry in [substituted(1), LedgerEntry.opened(1)] { journal.append(entry) }
            try journal.commit()
            return try directory.copyAsAfterKill()
        }()
        let store = try Store(left)
        try Ledger(directory: left.path, store: store, at: .test).stop()
        #expect(try numbers(store) == [1] && store.outcome(1) == "interrupted")
    }

    @Test func `entries are deleted when their records are, and a legal hold keeps them`() throws {
        let store = try Store(directory)
        try store.record([
            substituted(1), .closed(1), substituted(2, organization: "org_b"), .closed(2, organization: "org_b"),
        ])
        try store.setRetention(
            RecordRetention(organization: OrganizationID(rawValue: "org_b"), days: 1, isOnLegalHold: true))
        let opened = Timestamp(microseconds: Int64(0x019A_0000_0000) * 1_000)
        let later = opened.adding(seconds: 86_400 * 2)
        #expect(try store.deleteExpiredRecords(usual: nil, at: later) == 0 && numbers(store) == [2, 1])
        #expect(try store.deleteExpiredRecords(usual: 3, at: later) == 0 && numbers(store) == [2, 1])
        #expect(try store.deleteExpiredRecords(usual: 1, at: later) == 1 && numbers(store) == [2])
    }

    @Test func `entries of a request that is still open stay, however old they are`() throws {
        let store = try Store(directory)
        try store.record([substituted(1), .opened(1), substituted(2), .closed(2)])
        let later = Timestamp(microseconds: Int64(0x019A_0000_0000) * 1_000).adding(seconds: 86_400 * 2)
        #expect(try store.deleteExpiredRecords(usual: 1, at: later) == 1 && numbers(store) == [1])
        #expect(try store.outcome(1) == "open")
    }

    @Test(.onSQLiteAlone) func `keys from before say nothing of personal information`() throws {
        let queue = try {
            _ = try Directory(of: directory.database)
            return try DatabaseQueue(path: directory.database)
        }()
        try Store.migrator.migrate(queue, upTo: "006 transparency log")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO api_keys (id, organization, name, hint, hash, tiers, routes, allows_fallbacks, created_at)
                    VALUES ('key_0', 'default', 'old', 'ni_', x'00', '[]', NULL, 1, 0)
                    """)
        }
        try queue.close()
        let store = try Store(directory)
        #expect(try store.keys(of: nil).map(\.policy.substitution) == [nil])
        #expect(try numbers(store).isEmpty)
    }

    @Test(arguments: [nil] + SubstitutionDemand.allCases.map(Optional.some))
    func `what a key says of personal information stays`(demand: SubstitutionDemand?) throws {
        let store = try Store(directory)
        let hasher = try KeyHasher(directory: directory.path)
        _ = try store.createKey(
            name: "a", organization: .default, policy: KeyPolicy(tiers: [], substitution: demand), environment: .live,
            expiresAt: nil, hashedBy: hasher, at: .test)
        #expect(try store.keys(of: nil).map(\.policy.substitution) == [demand])
    }
}
