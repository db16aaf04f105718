import Domain
import Foundation
import GRDB
import Synchronization

@testable import Storage

/// A directory that is there for one test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "northern-storage-" + UUID().uuidString
    }

    /// What a killed process leaves: the files as they are, with nothing ended in an orderly way.
    func copyAsAfterKill() throws -> TemporaryDirectory {
        let copy = TemporaryDirectory()
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        return copy
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/northern.sqlite" }

    func names(in folder: String = "", endingIn suffix: String = "") throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)
        return names.filter { $0.hasSuffix(suffix) }.sorted()
    }

    func mode(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return (attributes[.posixPermissions] as? Int ?? -1) & 0o777
    }

    /// Every byte of every file.
    func allBytes() throws -> Data {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return names.reduce(into: Data()) { bytes, name in
            bytes.append((try? Data(contentsOf: URL(filePath: path + "/" + name))) ?? Data())
        }
    }
}

extension Timestamp {
    static let test = Timestamp(seconds: 1_795_000_000)
}

/// Collects what the ledger reports.
final class Events: Sendable {
    private let list = Mutex<[LedgerEvent]>([])
    var all: [LedgerEvent] { list.withLock { $0 } }
    var texts: [String] { all.map(\.description) }

    func options(_ change: (inout LedgerOptions) -> Void = { _ in }) -> LedgerOptions {
        var options = LedgerOptions()
        options.onEvent = { event in self.list.withLock { $0.append(event) } }
        change(&options)
        return options
    }
}

extension LedgerEntry {
    static func id(_ number: Int) -> RequestID { RequestID(high: 0x019A_0000_0000_0000, low: UInt64(number)) }

    static func opened(
        _ number: Int, organization: String = "org_a", padding: Int = 0, hasDrift: Bool = false
    ) -> LedgerEntry {
        entry(number, .opened, state: "open", outcome: "open", organization, padding, hasDrift)
    }

    static func closed(
        _ number: Int, _ outcome: String = "completed", organization: String = "org_a", padding: Int = 0,
        hasDrift: Bool = false
    ) -> LedgerEntry {
        entry(number, .closed, state: "closed", outcome: outcome, organization, padding, hasDrift)
    }

    /// Bytes in a journal file.
    var frameSize: Int { frame().count }

    /// As it stands in a journal file.
    func frame(seed: UInt64 = 0) -> [UInt8] {
        var buffer = JournalBuffer()
        JournalFrame.append(self, seed: seed, to: &buffer)
        return Array(buffer.bytes)
    }

    private static func entry(
        _ number: Int, _ phase: Phase, state: String, outcome: String, _ organization: String, _ padding: Int,
        _ hasDrift: Bool
    ) -> LedgerEntry {
        let json = """
            {"id":"\(id(number).hex)","state":"\(state)","outcome":"\(outcome)","organization":"\(organization)",\
            "key":"key_0","opened_at":"\(Timestamp.test)","closed_at":null,\
            "padding":"\(String(repeating: "x", count: padding))"}
            """
        return LedgerEntry(
            id: id(number), organization: OrganizationID(rawValue: organization), phase: phase, openedAt: .test,
            hasDrift: hasDrift, json: Array(json.utf8))
    }
}

/// A journal file as its writer has left it.
enum JournalFile {
    static let seed: UInt64 = 0x5EED

    /// The header, before the first frame.
    static var header: [UInt8] { Array(empty.prefix(JournalHeader.length)) }
    /// The mark behind the last frame.
    static var end: [UInt8] { Array(empty.dropFirst(JournalHeader.length)) }

    private static var empty: [UInt8] {
        var buffer = JournalBuffer()
        JournalHeader.append(seed: seed, to: &buffer)
        return Array(buffer.bytes)
    }
}

extension Store {
    /// Takes entries by way of a journal, all in one transaction.
    func record(_ entries: [LedgerEntry]) throws {
        let directory = TemporaryDirectory()
        let journal = try Journal(Directory(directory.path), options: LedgerOptions())
        let writer = try JournalWriter(journal)
        for entry in entries { writer.append(entry) }
        try writer.commit()
        try Drainer(journal, store: self).drain()
    }

    /// What the store says of a record: `completed`, `open`; nil when there is none.
    func outcome(_ number: Int) throws -> String? {
        try read { database in
            let record = try Data.fetchOne(
                database, sql: "SELECT CAST(record AS BLOB) FROM custody_records WHERE id = ?",
                arguments: [LedgerEntry.id(number).data])
            return record.flatMap { JSONObject($0) }?.text("outcome")
        }
    }

    func recordCount(_ state: String) throws -> Int {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM custody_records WHERE state = ?", arguments: [state]) ?? -1
        }
    }

    func text(_ number: Int, organization: String = "org_a") throws -> String? {
        try custodyRecord(LedgerEntry.id(number), of: OrganizationID(rawValue: organization))
            .map { String(decoding: $0.json, as: UTF8.self) }
    }

    /// As if all were of one node.
    func closeInterrupted(at now: Timestamp) throws -> Int {
        try write { try $0.execute(sql: "UPDATE custody_records SET node = NULL") }
        let node = try Node(in: Directory(TemporaryDirectory().path))
        var sequencer = try makeSequencer()
        sequencer.claim = try claimLog(for: node, isStarting: true, until: now.adding(seconds: -1), at: now)
        return try closeInterrupted(of: node, at: now, sequencer: &sequencer)
    }
}

extension Drainer {
    /// Of a node of its own that takes the log for itself.
    convenience init(_ journal: Journal, store: Store) throws {
        let node = try Node(in: journal.directory)
        try self.init(journal, store: store, of: node)
        _ = try keepLog(for: node, until: Timestamp.test.adding(seconds: -1), at: .test)
    }
}

/// Another program that has the database open and holds its write lock, or reads what it was at the beginning.
final class DatabaseHolder {
    private let queue: DatabaseQueue

    init(_ path: String, reading: Bool = false) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: reading ? "BEGIN" : "BEGIN IMMEDIATE")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM api_keys")
        }
    }

    func letGo() throws { try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") } }
}

/// Whether something becomes true within a few seconds.
func becomesTrue(_ condition: () -> Bool) -> Bool {
    for _ in 0..<30_000 {
        if condition() { return true }
        Thread.sleep(forTimeInterval: 0.002)
    }
    return false
}
