import Domain
import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct LedgerTests {
    let directory = TemporaryDirectory()
    let events = Events()
    let store: Store

    init() throws { store = try Store(directory, patience: .milliseconds(20)) }

    private func ledger(_ change: (inout LedgerOptions) -> Void = { _ in }) throws -> Ledger {
        try Ledger(directory: directory.path, store: store, at: .test, options: events.options(change))
    }

    @Test func `a record is found right after its commit`() throws {
        let ledger = try ledger()
        let journal = try ledger.makeJournal()
        let (ours, theirs) = (OrganizationID(rawValue: "org_a"), OrganizationID(rawValue: "org_b"))
        let entry = LedgerEntry.opened(1)
        journal.append(entry)
        #expect(try ledger.record(entry.id, of: ours) == nil, "not committed yet")
        try journal.commit()
        #expect(try ledger.record(entry.id, of: ours)?.json == entry.json)
        #expect(try ledger.record(entry.id, of: theirs) == nil)
        #expect(ledger.undrainedBytes == 0)
    }

    @Test func `files are left at their size, used again once the store has them, and removed at the end`() throws {
        let ledger = try ledger { $0.segmentSize = LedgerEntry.closed(0).frameSize * 7 }
        let journal = try ledger.makeJournal()
        func write(_ numbers: Range<Int>) throws {
            for number in numbers {
                journal.append(.closed(number))
                try journal.commit()
            }
        }
        try write(0..<40)
        #expect(try directory.names(in: "journal").count == 6, "40 frames, seven of them in a file")
        #expect(try directory.mode(of: "journal") == 0o700 && directory.mode(of: "journal/0-00000001.log") == 0o600)
        try ledger.drainNow()
        let kept = try directory.names(in: "journal")
        #expect(kept.count == 1 + JournalLane.spareLimit && kept.last == "0-00000006.log")
        try write(40..<65)
        #expect(try directory.names(in: "journal") == kept)
        ledger.stop()
        #expect(try directory.names(in: "journal").isEmpty && store.recordCount("closed") == 65)
        #expect(events.texts.isEmpty)
    }

    @Test(.onSQLiteAlone) func `a file stays until the disk has its entries in the store`() throws {
        let ledger = try ledger { $0.segmentSize = 1 }
        let journal = try ledger.makeJournal()
        journal.append(.closed(1))
        try journal.commit()
        // The disk has failed once, and somebody reads, so that the store's log can't be worked off instead.
        store.syncFailed.store(true, ordering: .relaxed)
        let reader = try DatabaseHolder(directory.database, reading: true)
        #expect(throws: StoreError.self) { try ledger.drainNow() }
        #expect(try store.outcome(1) == "completed")
        let left = try directory.copyAsAfterKill()
        #expect(try left.names(in: "journal").count == 2)
        // What a power cut would leave, if it took the whole database with it.
        try FileManager.default.removeItem(atPath: left.database)
        try? FileManager.default.removeItem(atPath: left.database + "-wal")
        let second = try Store(left)
        try Ledger(directory: left.path, store: second, at: .test).stop()
        #expect(try second.outcome(1) == "completed")
        try reader.letGo()
        try ledger.drainNow()
        // Now it is ready for its next use, and has nothing to replay.
        let (later, copy) = (Events(), try directory.copyAsAfterKill())
        try Ledger(directory: copy.path, store: Store(copy), at: .test, options: later.options()).stop()
        #expect(later.all.isEmpty)
        ledger.stop()
    }

    @Test func `an entry larger than what is read at once arrives`() throws {
        let ledger = try ledger()
        let journal = try ledger.makeJournal()
        for number in 0..<3 { journal.append(.closed(number, padding: number == 1 ? 1 << 20 : 10)) }
        try journal.commit()
        try ledger.drainNow()
        #expect(try store.recordCount("closed") == 3 && store.text(1)?.utf8.count ?? 0 > 1 << 20)
    }

    @Test func `the journal refuses at its limit and has room again once it is drained`() throws {
        let ledger = try ledger { $0.journalLimit = LedgerEntry.closed(0).frameSize * 10 }
        let first = try ledger.makeJournal()
        let second = try ledger.makeJournal()
        #expect(first.hasRoom && second.hasRoom)
        for number in 0..<10 { first.append(.closed(number)) }
        #expect(!first.hasRoom, "also what isn't committed yet")
        try first.commit()
        for number in 10..<15 { second.append(.closed(number)) }
        try second.commit()
        #expect(!first.hasRoom && !second.hasRoom)
        try ledger.drainNow()
        #expect(first.hasRoom && second.hasRoom)
    }

    @Test(.onSQLiteAlone) func `a locked database loses nothing, and the journal is drained once it is free`() throws {
        let ledger = try ledger { $0.drainInterval = .milliseconds(5) }
        let journal = try ledger.makeJournal()
        let holder = try DatabaseHolder(directory.database)
        ledger.start()
        for number in 0..<100 { journal.append(.closed(number)) }
        try journal.commit()
        #expect(throws: StoreError.self) { try ledger.drainNow() }
        #expect(becomesTrue { events.texts.contains { $0.contains("wait in the journal") } })
        #expect(ledger.undrainedBytes > 0)
        try holder.letGo()
        #expect(
            becomesTrue { ledger.undrainedBytes == 0 && events.texts.contains("The store takes custody records again") }
        )
        #expect(try store.recordCount("closed") == 100)
        ledger.stop()
    }

    @Test(.onSQLiteAlone) func `what the store doesn't take before the stop is there after the next start`() throws {
        let first = try ledger()
        let journal = try first.makeJournal()
        journal.append(.closed(1))
        try journal.commit()
        let holder = try DatabaseHolder(directory.database)
        first.stop()
        #expect(events.texts.contains { $0.contains("wait in the journal") })
        try holder.letGo()
        let second = try ledger()
        #expect(try store.outcome(1) == "completed")
        #expect(throws: JournalError.self) {
            journal.append(.closed(2))
            try journal.commit()
        }
        second.stop()
    }

    @Test func `two ledgers on one directory are refused, one after the other is not`() throws {
        let first = try ledger()
        let error = try #require(throws: DataDirectoryInUse.self) { try ledger() }
        #expect(error.path == directory.path && error.hint.contains("fuser"))
        first.stop()
        try ledger().stop()
    }

    @Test func `what four loops write at once arrives, without anybody asking for it`() throws {
        let ledger = try ledger {
            $0.segmentSize = 200_000
            $0.drainInterval = .milliseconds(3)
            $0.syncInterval = .milliseconds(3)
        }
        ledger.start()
        let writing = DispatchGroup()
        for loop in 0..<4 {
            let journal = SendOnce(try ledger.makeJournal())
            writing.enter()
            Thread {
                let journal = journal.value
                for number in 0..<2_500 {
                    journal.append(.opened(loop * 10_000 + number))
                    if number % 7 == 0 { try? journal.commit() }
                    journal.append(.closed(loop * 10_000 + number))
                    if number % 5 == 0 { try? journal.commit() }
                }
                try? journal.commit()
                writing.leave()
            }.start()
        }
        writing.wait()
        #expect(becomesTrue { ledger.undrainedBytes == 0 })
        ledger.stop()
        #expect(try store.recordCount("closed") == 10_000 && store.recordCount("open") == 0)
        #expect(events.texts.isEmpty)
    }
}

/// Hands a value that belongs to one thread over to that thread.
private struct SendOnce: @unchecked Sendable {
    // Not used by anybody else from the moment it is made: see its only use above.
    let value: JournalWriter
    init(_ value: JournalWriter) { self.value = value }
}
