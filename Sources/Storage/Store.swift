public import Domain
import Foundation
import GRDB
import Synchronization

/// The database, SQLite or PostgreSQL: keys, what they have mapped, people, and custody records.
///
/// It waits for the disk, so it is never asked on an event loop. Several processes may have it open, and of PostgreSQL
/// several machines.
public final class Store: Sendable {
    /// Where this installation's secrets are.
    let directory: String
    let engine: Engine
    let allowances = Allowances()
    let creditAccounts = CreditAccounts()
    /// Whose limits are shared with other nodes; nil where the process has the store for itself.
    private let limitSharing = Mutex<LimitSharing?>(nil)
    let passwords: PasswordWork
    let secretDigests: SecretDigests
    /// When changes are made, for the admin audit.
    let clock: @Sendable () -> Timestamp
    /// The disk has refused to sync the log.
    let syncFailed = Atomic<Bool>(false)

    /// Opens the database and brings its tables up to date. A new file, and its directory, are for their owner only.
    ///
    /// - Parameters:
    ///   - patience: how long a write waits for another process that holds the database.
    ///   - passwordCost: of passwords that are set from now on.
    ///   - clock: tells when changes are made.
    /// - Throws: ``StoreError``, or ``FileError`` where the file can't be made.
    public init(
        path: String, patience: Duration = .seconds(5), passwordCost: PasswordCost = .usual,
        clock: @escaping @Sendable () -> Timestamp = Store.systemClock
    ) throws {
        directory = (path as NSString).deletingLastPathComponent
        self.clock = clock
        secretDigests = SecretDigests(directory: directory)
        passwords = PasswordWork(passwordCost)
        _ = try Directory(of: path)
        try Self.restrictToOwner(path)
        let pool = try Self.translating(path) {
            try DatabasePool(path: path, configuration: Self.configuration(patience: patience))
        }
        engine = .sqlite(pool, path: path)
        try Self.translating(path) {
            try Self.migrate(pool, path: path)
            // 16 MiB for the one connection that writes. A batch of records doesn't fit in the usual 2 MiB: pages were written
            // and read again in the middle of it, as many as it has.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA cache_size = -16384") }
        }
    }

    /// To be set before keys are read.
    var sharing: LimitSharing? {
        get { limitSharing.withLock { $0 } }
        set { limitSharing.withLock { $0 = newValue } }
    }

    /// Opens a PostgreSQL database, which several nodes may share, and brings its tables up to date.
    ///
    /// - Parameters:
    ///   - directory: where this node's secrets are.
    ///   - passwordCost: of passwords that are set from now on.
    ///   - clock: tells when changes are made.
    /// - Throws: ``StoreError``, or ``FileError`` where the directory can't be made.
    public convenience init(
        postgres url: PostgresURL, directory: String, passwordCost: PasswordCost = .usual,
        clock: @escaping @Sendable () -> Timestamp = Store.systemClock
    ) throws {
        _ = try Directory(directory)
        let pool = PostgresPool(url)
        try pool.migrate(Self.migrations)
        self.init(pool, directory: directory, passwordCost: passwordCost, clock: clock)
    }

    /// On tables that are up to date.
    init(
        _ pool: PostgresPool, directory: String, passwordCost: PasswordCost = .usual,
        clock: @escaping @Sendable () -> Timestamp = Store.systemClock
    ) {
        self.directory = directory
        self.clock = clock
        secretDigests = SecretDigests(directory: directory)
        passwords = PasswordWork(passwordCost)
        engine = .postgres(pool)
    }

    enum Engine {
        case sqlite(DatabasePool, path: String)
        case postgres(PostgresPool)
    }

    /// The machine's, in whole milliseconds.
    public static let systemClock: @Sendable () -> Timestamp = {
        Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded()) * 1_000)
    }

    /// SQLite would make the file readable by everyone; its companions (-wal, -shm) take the mode of the file.
    private static func restrictToOwner(_ path: String) throws(FileError) {
        if access(path, F_OK) == 0 {
            // Not by opening it: closing it again would take away the locks that this process has on it by then
            // ("How To Corrupt An SQLite Database File", section 2.2).
            guard chmod(path, 0o600) == 0 else { throw FileError("change the mode of", path) }
        } else {
            _ = try OpenFile(path, flags: O_RDWR | O_CREAT)
        }
    }

    private static func configuration(patience: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "northern"
        configuration.busyMode = .timeout(patience.inSeconds)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { connection in
            // A custody record has a good kilobyte. With pages of 4 KiB a record costs twice as much, most of it in calls
            // of the operating system; with 64 KiB no less than with 32. It takes effect when the file is made.
            try connection.execute(sql: "PRAGMA page_size = 32768")
            // 8 MiB, in pages. More of it would not stay in the processor's cache.
            try connection.execute(sql: "PRAGMA wal_autocheckpoint = 256")
        }
        return configuration
    }

    private static func migrate(_ pool: DatabasePool, path: String) throws {
        let migrator = Self.migrator
        guard try !pool.read(migrator.hasBeenSuperseded) else { throw StoreError.madeByNewerVersion(path: path) }
        guard try !pool.read(migrator.hasCompletedMigrations) else { return }
        try migrator.migrate(pool)
    }

    /// Asks for something, in a transaction that sees the database as it is now.
    func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
        switch engine {
        case .sqlite(let pool, let path): try Self.translating(path) { try pool.read { try work(Database($0)) } }
        case .postgres(let pool): try pool.read(work)
        }
    }

    /// Changes something, in a transaction: all of it, or none. It is on the disk afterwards.
    func write<Value>(_ work: (Database) throws -> Value) throws -> Value {
        switch engine {
        case .sqlite: try write(synchronous: "FULL", work)
        case .postgres(let pool): try pool.write(work)
        }
    }

    /// Changes something, in a transaction that may be lost, whole, when the power fails before ``sync()`` returns.
    func writeUnsynced<Value>(_ work: (Database) throws -> Value) throws -> Value {
        switch engine {
        case .sqlite: try write(synchronous: "NORMAL", work)
        // A batch of a thousand records hides the server's wait for its disk.
        case .postgres(let pool): try pool.write(work)
        }
    }

    /// Each write says what it needs, so that none depends on how another one has ended.
    private func write<Value>(synchronous: String, _ work: (Database) throws -> Value) throws -> Value {
        try askConnection { database in
            try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try work(Database(database))
                return .commit
            }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
            return value
        }
    }

    /// Asks the connection that all writes of this process go through, outside of a transaction.
    func askWriter<Value>(_ work: (Database) throws -> Value) throws -> Value {
        switch engine {
        case .sqlite: try askConnection { try work(Database($0)) }
        case .postgres(let pool): try pool.use(work)
        }
    }

    /// SQLite's own.
    func askConnection<Value>(_ work: (GRDB.Database) throws -> Value) throws -> Value {
        guard case .sqlite(let pool, let path) = engine else { throw StoreError.onlySQLite }
        return try Self.translating(path) { try pool.writeWithoutTransaction(work) }
    }

    private static func translating<Value>(_ path: String, _ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
