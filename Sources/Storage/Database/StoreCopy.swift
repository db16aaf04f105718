import CustodyLog
import Domain
import Foundation

/// Takes everything from one store to another that is empty, whichever databases they stand on: all of it, or nothing.
public struct StoreCopy: Sendable {
    private let source: Store
    private let target: Store

    public init(from source: Store, to target: Store) {
        self.source = source
        self.target = target
    }

    /// - Returns: how many rows there were, by their tables.
    /// - Throws: ``StoreError``; ``StoreNotEmpty``; ``StoreCopyWrong`` where the copy isn't the same.
    public func run() throws -> [(table: String, rows: Int)] {
        try source.read { source in
            try target.write { target in
                try demandEmpty(target)
                // What every new store has.
                for table in Self.begunTables.keys { try target.execute(sql: "DELETE FROM \(table)") }
                let counts = try Self.tables.map { (table: $0, rows: try copy($0, from: source, to: target)) }
                for (table, rows) in counts where try target.count(table) != rows {
                    throw StoreCopyWrong(what: "the rows of '\(table)'")
                }
                guard try source.logRoot() == target.logRoot() else { throw StoreCopyWrong(what: "the log's root") }
                try noteSecrets(in: target)
                return counts
            }
        }
    }

    /// Each comes after those that it refers to.
    static let tables = [
        "organizations", "users", "memberships", "invitations", "sessions", "identities", "claim_token", "api_keys",
        "replaced_key_secrets", "key_hasher", "route_mappings", "custody_records", "pii_audit_log", "log_state",
        "log_tiles", "log_checkpoint", "log_keys", "custody_retention", "usage_days", "price_snapshots",
        "credit_entries", "exchange_rates", "provider_credentials", "admin_audit", "admin_requests", "nodes",
        "log_queue",
        "limit_shares", "change_counters", "shared_secrets",
    ]

    private static let begunTables = ["organizations": 1, "log_state": 1, "change_counters": 2]

    /// Texts that may be no texts: SQLite keeps them as such, PostgreSQL as bytes.
    private static let loose = ["custody_records": "record", "pii_audit_log": "entries", "admin_audit": "entry"]

    private func demandEmpty(_ target: Database) throws {
        for table in Self.tables {
            guard try target.count(table) <= Self.begunTables[table, default: 0] else {
                throw StoreNotEmpty(table: table)
            }
        }
        guard try target.logSize() == 0 else { throw StoreNotEmpty(table: "log_state") }
    }

    private func copy(_ table: String, from source: Database, to target: Database) throws -> Int {
        guard let first = try Row.fetchOne(source, sql: "SELECT * FROM \(table) LIMIT 1") else { return 0 }
        let names = first.columns.map(\.name)
        let loose = Self.loose[table]
        let wanted = names.map { $0 == loose ? "CAST(\($0) AS BLOB) AS \($0)" : $0 }.joined(separator: ", ")
        let places = names.map { $0 == loose ? "CAST(? AS TEXT)" : "?" }.joined(separator: ", ")
        let rows = try Row.fetchCursor(source, sql: "SELECT \(wanted) FROM \(table)")
        let insertion = "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES "
        var count = 0
        var piece: [(any ColumnValue)?] = []
        var taken = 0
        func flush() throws {
            guard taken > 0 else { return }
            let values = repeatElement("(\(places))", count: taken).joined(separator: ", ")
            try target.cachedStatement(sql: insertion + values).execute(arguments: StatementArguments(piece))
            (piece, taken) = ([], 0)
        }
        while let row = try rows.next() {
            piece += row.columns.map(\.value)
            (count, taken) = (count + 1, taken + 1)
            if taken == Self.rowsAtATime { try flush() }
        }
        try flush()
        return count
    }

    private static let rowsAtATime = 100

    /// Of the files that lie beside the database that is copied.
    private func noteSecrets(in target: Database) throws {
        for name in Store.secretNames {
            if let secret = try InstallationSecret(existing: name, directory: source.directory) {
                try target.noteSecret(name, secret)
            }
        }
    }
}

extension Database {
    fileprivate func count(_ table: String) throws -> Int {
        try Int.fetchOne(self, sql: "SELECT count(*) FROM \(table)") ?? 0
    }

    fileprivate func logRoot() throws -> MerkleHash { try TreeEdge(size: logSize()) { try tile($0) }.root }
}

/// The store that everything is to be copied to has something already.
public struct StoreNotEmpty: Error, Sendable, CustomStringConvertible {
    let table: String

    public var description: String {
        "The database that everything is to be copied to isn't empty: its table '\(table)' has rows. Name a new one."
    }
}

/// A copy isn't what it was made of.
public struct StoreCopyWrong: Error, Sendable, CustomStringConvertible {
    let what: String

    public var description: String {
        "Of the copy, \(what) would be other than in the original, so nothing was copied. See whether something writes to "
            + "one of the databases, and try again."
    }
}

extension Store {
    /// Keeps gateways out of the directory that a database lies in, for as long as some work takes.
    ///
    /// - Throws: ``DataDirectoryInUse``, ``FileError``, and what the work throws.
    public static func lockingDirectory<Value>(_ directory: String, _ work: () throws -> Value) throws -> Value {
        let lock = try DirectoryLock(Directory(directory))
        defer { lock.release() }
        return try work()
    }
}
