import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite struct StoreTests {
    let directory = TemporaryDirectory()

    @Test func `the database and its directory are for their owner only`() throws {
        let path = directory.path + "/deep/er/northern.sqlite"
        let store = try Store(path: path)
        try store.record([.opened(1)])
        #expect(try directory.mode(of: "deep") == 0o700 && directory.mode(of: "deep/er") == 0o700)
        for name in try directory.names(in: "deep/er") { #expect(try directory.mode(of: "deep/er/" + name) == 0o600) }
        #expect(try directory.names(in: "deep/er").count == 3, "database, -wal and -shm")
    }

    @Test func `an existing database that others may read is closed to them`() throws {
        _ = try Store(path: directory.database)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: directory.database)
        _ = try Store(path: directory.database)
        #expect(try directory.mode(of: "northern.sqlite") == 0o600)
    }

    private func setting(_ name: String, of store: Store) throws -> String? {
        try store.askWriter { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    @Test func `a write is on the disk when it returns, but for entries that the journal still has`() throws {
        let store = try Store(path: directory.database)
        #expect(try setting("journal_mode", of: store) == "wal" && setting("foreign_keys", of: store) == "1")
        try store.record([.opened(1)])
        #expect(try setting("synchronous", of: store) == "1")
        try store.setRetention(RecordRetention(organization: .default, days: 1))
        #expect(try setting("synchronous", of: store) == "2")
        try store.sync()
    }

    @Test func `a log that couldn't be synced is worked off instead`() throws {
        let store = try Store(path: directory.database)
        try store.record([.closed(1)])
        store.syncFailed.store(true, ordering: .relaxed)
        try store.sync()
        #expect(try Data(contentsOf: URL(filePath: directory.database + "-wal")).isEmpty)
        let isStillFailed = store.syncFailed.load(ordering: .relaxed)
        #expect(!isStillFailed)
    }

    @Test func `a database of a newer version is left alone`() throws {
        let queue = try { () throws in
            _ = try Store(path: directory.database)
            return try DatabaseQueue(path: directory.database)
        }()
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 future')") }
        let error = try #require(throws: StoreError.self) { try Store(path: directory.database) }
        #expect(error.description.contains("newer version") && error.description.contains("restore the backup"))
    }

    @Test func `what isn't a database is refused with a way out`() throws {
        _ = try Directory(directory.path)
        try Data(repeating: 7, count: 4_096).write(to: URL(filePath: directory.database))
        let error = try #require(throws: StoreError.self) { try Store(path: directory.database) }
        #expect(error.hint.contains("restore the last backup"))
    }

    @Test func `a directory that can't be made is named, with what to do`() throws {
        let error = try #require(throws: FileError.self) { try Store(path: "/proc/northern/x.sqlite") }
        #expect(error.description.contains("/proc/northern") && !error.hint.isEmpty)
    }

    @Test func `a database held by another process is waited for, then named`() throws {
        let store = try Store(path: directory.database, patience: .milliseconds(50))
        let holder = try DatabaseHolder(directory.database)
        let error = try #require(throws: StoreError.self) { try store.record([.opened(1)]) }
        #expect(error.description.contains("locked") && error.hint.contains("fuser"))
        try holder.letGo()
        try store.record([.opened(1)])
    }
}
