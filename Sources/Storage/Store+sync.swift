import GRDB
import GRDBSQLite
import Synchronization

extension Store {
    /// Returns once the disk has every commit of this process.
    ///
    /// A commit is in the write-ahead log, or in the database if the log was worked off since; whoever works it off syncs
    /// the database before anything overwrites the log. So syncing the log is enough.
    ///
    /// - Throws: ``StoreError``. Commits before the call may be lost when the power fails, until another call returns.
    func sync() throws {
        // Every commit waits for PostgreSQL's log.
        guard case .sqlite = engine else { return }
        try askConnection { database in
            guard syncFailed.load(ordering: .relaxed) else { return try syncLog(database) }
            // The operating system takes pages that it couldn't write for clean, so that another sync of the log would
            // prove nothing. Working it off writes all of it once more, into the database.
            try database.checkpoint(.truncate)
            syncFailed.store(false, ordering: .relaxed)
        }
    }

    private func syncLog(_ database: GRDB.Database) throws {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let found = sqlite3_file_control(
            database.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        guard found == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: found)) }
        // No methods: the log isn't open, because nothing was read or written through this connection yet.
        guard let file, let sync = file.pointee.pMethods?.pointee.xSync else { return }
        // SQLite's own way to do it also syncs the directory of a new log.
        let synced = sync(file, SQLITE_SYNC_NORMAL)
        guard synced == SQLITE_OK else {
            syncFailed.store(true, ordering: .relaxed)
            throw DatabaseError(resultCode: ResultCode(rawValue: synced), message: "the log can't be synced")
        }
    }
}
