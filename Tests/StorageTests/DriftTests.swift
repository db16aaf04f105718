import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// The records that say that an upstream was another than its route says.
@Suite(.onEveryDatabase) struct DriftedRecordTests {
    let directory = TemporaryDirectory()

    private func numbers(_ store: Store, before number: Int? = nil, atMost limit: Int = 100) throws -> [UInt64] {
        try store.driftedRecords(before: number.map(LedgerEntry.id), atMost: limit).map(\.id.low)
    }

    @Test func `records with a drift are found, the newest first, and no others`() throws {
        let store = try Store(directory)
        try store.record([
            .closed(2, hasDrift: true), .closed(3), .opened(5, hasDrift: true), .closed(1, hasDrift: true),
        ])
        #expect(try numbers(store) == [5, 2, 1])
        #expect(try numbers(store, atMost: 2) == [5, 2])
        #expect(try numbers(store, before: 2) == [1] && numbers(store, before: 4) == [2, 1])
        #expect(try numbers(store, before: 1).isEmpty && numbers(store, atMost: 0).isEmpty)
        let record = try #require(try store.driftedRecords(before: nil, atMost: 1).first)
        #expect(record.json == LedgerEntry.opened(5, hasDrift: true).json)
    }

    @Test func `what the closed record says counts, and what is opened once more adds to it`() throws {
        let store = try Store(directory)
        try store.record([.opened(1), .opened(2)])
        try store.record([.opened(1, padding: 9, hasDrift: true)])
        #expect(try numbers(store) == [1])
        try store.record([.closed(1, hasDrift: true), .closed(2, hasDrift: true), .opened(3)])
        #expect(try numbers(store) == [2, 1])
    }

    @Test func `a list has what was committed just before`() throws {
        let store = try Store(directory)
        let ledger = try Ledger(directory: directory.path, store: store, at: .test)
        let journal = try ledger.makeJournal()
        journal.append(.closed(1, hasDrift: true))
        try journal.commit()
        #expect(try ledger.driftedRecords(before: nil, atMost: 9).map(\.id) == [LedgerEntry.id(1)])
    }

    @Test func `a kill loses no drift, neither of a closed record nor of one that is closed as interrupted`() throws {
        let left = try {
            let store = try Store(directory)
            let ledger = try Ledger(directory: directory.path, store: store, at: .test)
            let journal = try ledger.makeJournal()
            for entry in [LedgerEntry.closed(1, hasDrift: true), .opened(2, hasDrift: true), .opened(3)] {
                journal.append(entry)
            }
            try journal.commit()
            return try directory.copyAsAfterKill()
        }()
        let store = try Store(left)
        try Ledger(directory: left.path, store: store, at: .test).stop()
        #expect(try numbers(store) == [2, 1] && store.outcome(2) == "interrupted")
    }

    @Test(.onSQLiteAlone) func `records of a database from before have no drift, and stay`() throws {
        let queue = try {
            _ = try Directory(of: directory.database)
            return try DatabaseQueue(path: directory.database)
        }()
        try Store.migrator.migrate(queue, upTo: "004 residency")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO custody_records (id, organization, opened_at, state, record)
                    VALUES (?, 'org_a', 0, 'closed', '{}')
                    """,
                arguments: [Data(repeating: 1, count: 16)])
        }
        try queue.close()
        let store = try Store(directory)
        #expect(try numbers(store).isEmpty && store.recordCount("closed") == 1)
    }
}
