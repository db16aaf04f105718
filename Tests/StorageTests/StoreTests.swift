import Domain
import Foundation
import GRDB
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

    @Test func `commits are on the disk before a journal file may go`() throws {
        let store = try Store(path: directory.database)
        let settings = try store.askWriter { database in
            try ["journal_mode", "synchronous", "foreign_keys"].map {
                try String.fetchOne(database, sql: "PRAGMA \($0)") ?? ""
            }
        }
        #expect(settings == ["wal", "2", "1"])
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
