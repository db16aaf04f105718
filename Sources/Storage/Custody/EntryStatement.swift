import CustodyLog
import Domain
import GRDB
import GRDBSQLite

typealias SQLiteConnection = GRDB.Database

/// A statement that takes an entry as it stands in the bytes that were read, without copying it.
///
/// GRDB's own way is to make values of the arguments first: an array, a `Data` and two `String` for each entry, which took
/// as long as SQLite takes to insert it.
struct EntryStatement {
    private let database: SQLiteConnection
    private let statement: GRDB.Statement

    init(_ sql: String, in connection: SQLiteConnection) throws {
        database = connection
        statement = try connection.cachedStatement(sql: sql)
    }

    /// - Parameters:
    ///   - bytes: where the entry stands. They have to stay until the next call, or ``clear()``.
    ///   - place: of a closed record in the log.
    /// - Returns: whether it has changed anything.
    @discardableResult
    func execute(
        _ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer, place: (index: Int, salt: Salt)? = nil
    ) throws -> Bool {
        guard let place else { return try step(entry, bytes) }
        try check(sqlite3_bind_int64(handle, 7, sqlite3_int64(place.index)))
        return try place.salt.bytes.withUnsafeBytes { salt in
            try check(sqlite3_bind_blob64(handle, 6, salt.baseAddress, sqlite3_uint64(salt.count), nil))
            return try step(entry, bytes)
        }
    }

    private func step(_ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer) throws -> Bool {
        let id = UnsafeRawBufferPointer(rebasing: bytes[entry.idBytes])
        // nil says that SQLite need not copy it.
        try check(sqlite3_bind_blob64(handle, 1, id.baseAddress, sqlite3_uint64(id.count), nil))
        try bind(bytes, entry.organization, to: 2)
        try check(sqlite3_bind_int64(handle, 3, entry.openedAt.microseconds))
        try bind(bytes, entry.record, to: 4)
        try check(sqlite3_bind_int(handle, 5, entry.hasDrift ? 1 : 0))
        let code = sqlite3_step(handle)
        // The code of a reset is that of the step once more.
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw error(code) }
        return sqlite3_changes(database.sqliteConnection) > 0
    }

    /// Forgets the bytes.
    func clear() { sqlite3_clear_bindings(handle) }

    private var handle: OpaquePointer { statement.sqliteStatement }

    private func bind(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to index: Int32) throws {
        let text = UnsafeRawBufferPointer(rebasing: bytes[range]).bindMemory(to: CChar.self)
        try check(
            sqlite3_bind_text64(
                handle, index, text.baseAddress, sqlite3_uint64(text.count), nil, UInt8(SQLITE_UTF8)))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection)),
            message: database.lastErrorMessage)
    }
}
