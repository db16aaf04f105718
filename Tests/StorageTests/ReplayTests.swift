import Domain
import Foundation
import Testing

@testable import Storage

/// What a start finds after a process that was killed, or a machine that lost its power.
@Suite(.onEveryDatabase) struct ReplayTests {
    let directory = TemporaryDirectory()
    let events = Events()

    /// Leaves a data directory as a killed process would.
    private func left(
        _ entries: [LedgerEntry], drainedAfter drained: Int? = nil, segmentSize: Int = 16 << 20
    ) throws -> TemporaryDirectory {
        let store = try Store(directory)
        var options = LedgerOptions()
        options.segmentSize = segmentSize
        let ledger = try Ledger(directory: directory.path, store: store, at: .test, options: options)
        let journal = try ledger.makeJournal()
        for (index, entry) in entries.enumerated() {
            journal.append(entry)
            try journal.commit()
            if index + 1 == drained { try ledger.drainNow() }
        }
        return try directory.copyAsAfterKill()
    }

    /// Starts on it, and stops again.
    private func start(_ directory: TemporaryDirectory) throws -> Store {
        let store = try Store(directory)
        try Ledger(
            directory: directory.path, store: store, at: .test.adding(seconds: 60), options: events.options()
        ).stop()
        return store
    }

    private func journalFile(_ directory: TemporaryDirectory) throws -> URL {
        URL(filePath: directory.path + "/journal/" + (try #require(try directory.names(in: "journal").first)))
    }

    @Test func `a kill loses no entry that was committed`() throws {
        let entries = (0..<50).flatMap { [LedgerEntry.opened($0), .closed($0)] }
        let left = try left(entries, segmentSize: 3_000)
        #expect(try left.names(in: "journal").count > 5)
        let store = try start(left)
        #expect(try store.recordCount("closed") == 50 && store.recordCount("open") == 0)
        #expect(try left.names(in: "journal").isEmpty)
        #expect(events.texts == ["Custody journal of the earlier process replayed: 100 entries"])
    }

    @Test(.onSQLiteAlone) func `what a file held before it was used again is neither replayed nor taken for damage`()
        throws
    {
        let store = try Store(directory)
        var options = LedgerOptions()
        options.segmentSize = LedgerEntry.closed(0).frameSize * 3
        let ledger = try Ledger(directory: directory.path, store: store, at: .test, options: options)
        let journal = try ledger.makeJournal()
        for number in 0..<31 {
            journal.append(.closed(number))
            try journal.commit()
            if number % 10 == 9 { try ledger.drainNow() }
        }
        let left = try directory.copyAsAfterKill()
        try FileManager.default.removeItem(atPath: left.database)
        try? FileManager.default.removeItem(atPath: left.database + "-wal")
        // All the earlier ones are gone with the store: only the file at hand has a frame.
        #expect(try start(left).recordCount("closed") == 1)
        #expect(events.texts.count == 1 && events.texts.first?.contains("replayed: 1 entries") == true)
    }

    @Test func `a file of another program or version is kept and named`() throws {
        let journal = try Directory(directory.path + "/journal")
        try Data(LedgerEntry.closed(1).frame()).write(to: URL(filePath: journal.path(of: "0-1.log")))
        #expect(try start(directory).recordCount("closed") == 0)
        #expect(events.texts.count == 1 && events.texts.first?.contains("can't be read from byte 0 on") == true)
        #expect(try directory.names(in: "journal", endingIn: ".damaged").count == 1)
    }

    @Test func `entries that the store has already are replayed without harm, as often as it takes`() throws {
        let entries: [LedgerEntry] = [.opened(1), .closed(1, "failed"), .opened(2), .closed(2), .opened(3)]
        for drained in 1...entries.count {
            let left = try Self().left(entries, drainedAfter: drained)
            let again = try left.copyAsAfterKill()
            let store = try start(left)
            #expect(try store.outcome(1) == "failed" && store.outcome(2) == "completed")
            #expect(try store.outcome(3) == "interrupted")
            let before = try store.text(3)
            // The same journal once more, over a store that has closed what it left open.
            try FileManager.default.copyItem(
                atPath: again.path + "/journal/0-00000001.log", toPath: left.path + "/journal/0-00000001.log")
            let second = try start(left)
            #expect(try second.text(3) == before && second.recordCount("closed") == 3)
        }
    }

    @Test func `a request in progress is closed as interrupted at the next start, and only then`() throws {
        let left = try left([.opened(1), .opened(2), .closed(2)], drainedAfter: 1)
        let store = try start(left)
        #expect(try store.outcome(1) == "interrupted" && store.outcome(2) == "completed")
        #expect(try store.text(1)?.contains(Timestamp.test.adding(seconds: 60).description) == true)
        #expect(events.texts.last?.contains("interrupted") == true)
        let ledger = try Ledger(directory: left.path, store: store, at: .test, options: events.options())
        let journal = try ledger.makeJournal()
        journal.append(.opened(3))
        try journal.commit()
        try ledger.drainNow()
        #expect(try store.outcome(3) == "open")
    }

    /// Starts on a journal of many files: for each variant, one that begins with a whole frame and ends with it.
    ///
    /// - Returns: how many of the whole frames, and how many of the variants, have come through.
    private func start(
        onEach variants: [[UInt8]], of torn: LedgerEntry, in directory: TemporaryDirectory
    ) throws -> (whole: Int, variants: Int) {
        let journal = try Directory(directory.path + "/journal")
        for (index, variant) in variants.enumerated() {
            let bytes = JournalFile.header + LedgerEntry.closed(index).frame(seed: JournalFile.seed) + variant
            try Data(bytes).write(to: URL(filePath: journal.path(of: "0-\(index).log")))
        }
        let store = try start(directory)
        return (try store.recordCount("closed"), try store.custodyRecord(torn.id, of: torn.organization) == nil ? 0 : 1)
    }

    @Test func `a last frame torn at any byte costs that frame alone`() throws {
        let torn = LedgerEntry.closed(1_000_000)
        let frame = torn.frame(seed: JournalFile.seed)
        let variants = (1..<frame.count).map { Array(frame.prefix($0)) }
        let (whole, variantsRead) = try start(onEach: variants, of: torn, in: directory)
        #expect(whole == variants.count && variantsRead == 0)
        #expect(try directory.names(in: "journal", endingIn: ".damaged").count == variants.count)
        #expect(try directory.names(in: "journal", endingIn: ".log").isEmpty)
    }

    @Test func `a flipped bit ends its file there, is reported, and keeps the file for a look`() throws {
        let torn = LedgerEntry.closed(1_000_000)
        let frame = torn.frame(seed: JournalFile.seed)
        let variants = frame.indices.map { index in
            var flipped = frame
            flipped[index] ^= 1 << UInt8(index % 8)
            return flipped + frame
        }
        let (whole, variantsRead) = try start(onEach: variants, of: torn, in: directory)
        #expect(whole == variants.count && variantsRead == 0)
        let place = "can't be read from byte \(JournalFile.header.count + LedgerEntry.closed(0).frameSize) on"
        #expect(events.texts.count { $0.contains(place) } == variants.count)
        let kept = try directory.names(in: "journal", endingIn: ".damaged")
        #expect(kept.count == variants.count)
        let look = try Data(contentsOf: URL(filePath: directory.path + "/journal/" + kept[0]))
        #expect(look.suffix(frame.count) == Data(frame))
    }

    @Test func `a damaged file doesn't keep the others from being replayed`() throws {
        let left = try left((0..<30).map { .closed($0) }, segmentSize: LedgerEntry.closed(0).frameSize * 4)
        let names = try left.names(in: "journal")
        try Data(repeating: 0, count: 500).write(to: URL(filePath: left.path + "/journal/" + names[2]))
        #expect(try start(left).recordCount("closed") == 26)
    }

    @Test func `a file that is cut while it is in use is given up, and the next entries arrive`() throws {
        let store = try Store(directory)
        let ledger = try Ledger(directory: directory.path, store: store, at: .test, options: events.options())
        let journal = try ledger.makeJournal()
        for number in 0..<4 { journal.append(.closed(number)) }
        try journal.commit()
        try #require(truncate(journalFile(directory).path, 100) == 0)
        try ledger.drainNow()
        #expect(events.texts.count == 1 && ledger.undrainedBytes == 0)
        // This one still goes to the file at hand, whose damage the writer sees now.
        for number in 4..<6 {
            journal.append(.closed(number))
            try journal.commit()
        }
        try ledger.drainNow()
        #expect(try store.outcome(5) == "completed" && ledger.undrainedBytes == 0)
        #expect(try directory.names(in: "journal", endingIn: ".damaged").count == 1)
    }

    @Test(.onSQLiteAlone) func `a start whose store is locked fails, and the journal is still there`() throws {
        let left = try left([.closed(1)])
        let store = try Store(left, patience: .milliseconds(20))
        let holder = try DatabaseHolder(left.database)
        #expect(throws: StoreError.self) { try Ledger(directory: left.path, store: store, at: .test) }
        try holder.letGo()
        #expect(try start(left).outcome(1) == "completed")
    }
}
