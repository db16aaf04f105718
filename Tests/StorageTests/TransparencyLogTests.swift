import CustodyLog
import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// What the log has of records, whatever becomes of the process between.
@Suite(.onEveryDatabase) struct TransparencyLogTests {
    private let directory = TemporaryDirectory()

    @Test func `each closed record has one entry, which its salt and the record make`() throws {
        let (ledger, log) = try open()
        try record(ledger, (1...300).flatMap { [.opened($0), .closed($0)] })
        #expect(try log.publish(at: .test))
        let records = try (1...300).compactMap { try ledger.record(LedgerEntry.id($0), of: .a) }
        let places = records.compactMap(\.place)
        #expect(Set(places.map(\.index)) == Set(0..<300))
        let entries = try commitments(log, size: 300)
        for (record, place) in zip(records, places) {
            let salt = try #require(Salt(hex: place.salt))
            #expect(entries[place.index] == Commitment(salt: salt, record: record.json))
        }
        #expect(try checkpoint(log).root == root(of: entries))
    }

    @Test func `a record that comes again gets no second entry`() throws {
        let (ledger, log) = try open()
        try record(ledger, [.opened(1), .closed(1)])
        try record(ledger, [.closed(1, "failed"), .opened(1), .closed(1)])
        try log.publish(at: .test)
        #expect(try checkpoint(log).size == 1)
    }

    @Test func `an open record has no entry, and one that was interrupted gets one`() throws {
        let (ledger, log) = try open()
        try record(ledger, [.opened(1), .opened(2), .closed(2)])
        try log.publish(at: .test)
        #expect(try checkpoint(log).size == 1 && ledger.record(LedgerEntry.id(1), of: .a)?.place == nil)
        guard case .open? = try ledger.receipt(LedgerEntry.id(1), of: .a) else {
            Issue.record("a receipt of what isn't over")
            return
        }
        let copy = try directory.copyAsAfterKill()
        let later = try open(copy)
        try later.log.publish(at: .test)
        let interrupted = try #require(try later.ledger.record(LedgerEntry.id(1), of: .a))
        #expect(try checkpoint(later.log).size == 2 && interrupted.place?.index == 1)
        let entries = try commitments(later.log, size: 2)
        let place = try #require(interrupted.place)
        let salt = try #require(Salt(hex: place.salt))
        #expect(entries[1] == Commitment(salt: salt, record: interrupted.json))
    }

    @Test func `the log goes on after a kill, and what was published stays its beginning`() throws {
        let (ledger, log) = try open()
        try record(ledger, (1...700).map { .closed($0) })
        try log.publish(at: .test)
        let before = try checkpoint(log)
        try record(ledger, (701...710).map { .closed($0) }, drains: false)
        let copy = try directory.copyAsAfterKill()
        let later = try open(copy)
        try later.log.publish(at: .test)
        let after = try checkpoint(later.log)
        #expect(before.size == 700 && after.size == 710)
        let entries = try commitments(later.log, size: 710)
        #expect(root(of: Array(entries.prefix(700))) == before.root && root(of: entries) == after.root)
    }

    @Test(.onSQLiteAlone) func `a checkpoint that the store couldn't take is followed by one that agrees with it`()
        throws
    {
        let (ledger, log) = try open()
        try record(ledger, (1...5).map { .closed($0) })
        let holder = try DatabaseHolder(directory.database)
        #expect(throws: StoreError.self) { try log.publish(at: .test) }
        #expect(try log.checkpoint() == nil)
        let written = try checkpointFile(in: directory)
        try holder.letGo()
        // Killed at that moment.
        let copy = try directory.copyAsAfterKill()
        let later = try open(copy)
        try record(later.ledger, (6...9).map { .closed($0) })
        try later.log.publish(at: .test)
        let entries = try commitments(later.log, size: 9)
        #expect(written.size == 5 && root(of: Array(entries.prefix(5))) == written.root)
        // Or going on.
        try log.publish(at: .test)
        #expect(try checkpoint(log).root == written.root)
    }

    @Test func `nothing new is published where nothing is new`() throws {
        let (ledger, log) = try open()
        #expect(try log.publish(at: .test) && !log.publish(at: .test))
        try record(ledger, [.closed(1)])
        #expect(try log.publish(at: .test) && !log.publish(at: .test))
    }

    @Test func `only what a checkpoint has is served`() throws {
        let (ledger, log) = try open()
        #expect(try log.checkpoint() == nil)
        try record(ledger, (1...3).map { .closed($0) })
        try log.publish(at: .test)
        try record(ledger, (4...9).map { .closed($0) })
        #expect(try log.tile("tile/0/000.p/3")?.count == 96 && log.tile("tile/0/000.p/2")?.count == 64)
        #expect(try log.tile("tile/entries/000.p/3")?.count == 3 * 34)
        #expect(
            try log.tile("tile/0/000.p/4") == nil && log.tile("tile/0/000") == nil && log.tile("tile/1/000.p/1") == nil)
        #expect(try log.tile("tile/0/../000") == nil && log.tile("tile/0/001.p/1") == nil)
        guard case .unpublished? = try ledger.receipt(LedgerEntry.id(9), of: .a) else {
            Issue.record("a receipt before the checkpoint")
            return
        }
    }

    @Test(.onSQLiteAlone) func `a store that is older than what was published is refused`() throws {
        let (ledger, log) = try open()
        try record(ledger, [.closed(1)])
        ledger.stop()
        let old = try directory.copyAsAfterKill()
        let next = try open()
        try record(next.ledger, [.closed(2)])
        try next.log.publish(at: .test)
        next.ledger.stop()
        try replaceCheckpointFile(in: old, from: directory)
        let error = try #require(throws: LogContradiction.self) { try open(old) }
        #expect("\(error)".contains("A checkpoint of 2 entries was published") && "\(error)".contains("Restore"))
        _ = log
    }

    @Test(.onSQLiteAlone) func `a store with other entries than were published is refused`() throws {
        let (ledger, log) = try open()
        try record(ledger, [.closed(1), .closed(2)])
        try log.publish(at: .test)
        ledger.stop()
        try DatabaseQueue(path: directory.database).write { database in
            try database.execute(sql: "UPDATE log_tiles SET bytes = randomblob(64)")
        }
        #expect(throws: LogContradiction.self) { try open() }
    }

    @Test func `a checkpoint file that was altered is refused`() throws {
        let (ledger, log) = try open()
        try record(ledger, [.closed(1)])
        try log.publish(at: .test)
        ledger.stop()
        try Data("x".utf8).write(to: URL(filePath: directory.path + "/custody-log/checkpoint"))
        #expect(throws: LogContradiction.self) { try open() }
    }

    @Test func `a log keeps its name once it has published`() throws {
        let (ledger, log) = try open(origin: "a.test/log")
        ledger.stop()
        let renamed = try open(origin: "b.test/log")
        #expect(log.origin == "a.test/log" && renamed.log.origin == "b.test/log")
        try renamed.log.publish(at: .test)
        renamed.ledger.stop()
        let error = try #require(throws: LogOriginUnusable.self) { try open(origin: "c.test/log") }
        #expect("\(error)".contains("'b.test/log'"))
        #expect(try open().log.origin == "b.test/log")
    }

    @Test(arguments: ["a b", "a+b", ""])
    func `what can't be a log's name is refused`(origin: String) {
        #expect(throws: LogOriginUnusable.self) { try open(origin: origin) }
    }

    @Test func `a new key signs beside the old one until its time is over`() throws {
        let (ledger, log) = try open()
        let local = LocalLog(store: ledger.store, directory: directory.path)
        try log.publish(at: .test)
        try local.rotateKey(overlap: 2, at: .test)
        let keys = try log.identity().keys
        #expect(
            keys.count == 2 && keys[0].notAfter == Timestamp.test.adding(seconds: 172_800) && keys[1].notAfter == nil)
        #expect(try log.publish(at: .test), "the same entries, with another signature")
        #expect(try signers(log) == [keys[1].id, keys[0].id])
        #expect(try log.publish(at: .test.adding(seconds: 172_800)))
        #expect(try signers(log) == [keys[1].id])
    }

    @Test func `a key that was replaced is refused`() throws {
        let (ledger, _) = try open()
        ledger.stop()
        try Data(repeating: 1, count: 32).write(to: URL(filePath: directory.path + "/custody-log-key-1.secret"))
        #expect(throws: LogKeyUnusable.self) { try open() }
        try FileManager.default.removeItem(atPath: directory.path + "/custody-log-key-1.secret")
        #expect(throws: LogKeyUnusable.self) { try open() }
        #expect(try directory.names(endingIn: "key-1.secret").isEmpty)
    }

    @Test func `the secret half of a key is for its owner only`() throws {
        _ = try open()
        #expect(try directory.mode(of: "custody-log-key-1.secret") == 0o600)
    }

    // MARK: Support

    private func open(
        _ place: TemporaryDirectory? = nil, origin: String? = nil
    ) throws -> (ledger: Ledger, log: TransparencyLog) {
        let place = place ?? directory
        let store = try Store(place, patience: .milliseconds(20))
        let ledger = try Ledger(directory: place.path, store: store, at: .test)
        return (ledger, try TransparencyLog(ledger, directory: place.path, origin: origin, at: .test))
    }

    private func record(_ ledger: Ledger, _ entries: [LedgerEntry], drains: Bool = true) throws {
        let journal = try ledger.makeJournal()
        for entry in entries { journal.append(entry) }
        try journal.commit()
        if drains { try ledger.drainNow() }
    }

    private func checkpoint(_ log: TransparencyLog) throws -> Checkpoint {
        let text = try #require(try log.checkpoint())
        let note = try SignedNote(parsing: Array(text.utf8))
        let keys = try log.identity().keys.map { try VerifierKey($0.verifierKey) }
        return try VerifiedCheckpoint(note, keys: keys).checkpoint
    }

    private func checkpointFile(in directory: TemporaryDirectory) throws -> Checkpoint {
        let bytes = try Data(contentsOf: URL(filePath: directory.path + "/custody-log/checkpoint"))
        return try Checkpoint(SignedNote(parsing: Array(bytes)))
    }

    private func signers(_ log: TransparencyLog) throws -> [String] {
        let text = try #require(try log.checkpoint())
        return try SignedNote(parsing: Array(text.utf8)).signatures.map { String(format: "%08x", $0.keyID) }
    }

    /// All entries, as anybody may read them.
    private func commitments(_ log: TransparencyLog, size: Int) throws -> [Commitment] {
        try (0...(size - 1) / 256).flatMap { number in
            let id = try #require(LogTile.ID(.entries, number: number, size: size))
            let body = try #require(try log.tile(id.path))
            return try #require(LogTile(id, body: body)).commitments
        }
    }

    private func root(of entries: [Commitment]) -> MerkleHash {
        var edge = LogEdge()
        for entry in entries { _ = edge.append(entry) }
        return edge.root
    }

    private func replaceCheckpointFile(in directory: TemporaryDirectory, from other: TemporaryDirectory) throws {
        let target = directory.path + "/custody-log/checkpoint"
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: other.path + "/custody-log/checkpoint", toPath: target)
    }
}

extension OrganizationID {
    fileprivate static let a = OrganizationID(rawValue: "org_a")
}
