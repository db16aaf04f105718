import GRDB

/// The database didn't do what it was asked to.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence; never a value that was stored.
    public let message: String
    /// What to do next.
    public let hint: String

    public var description: String { "\(message) \(hint)" }
}

extension StoreError {
    init(_ error: DatabaseError, path: String) {
        // The message names tables and columns, and never what was to be stored. GRDB's description might.
        let detail = error.message.map { ", \($0)" } ?? ""
        message = "The database '\(path)' gave the error \(error.extendedResultCode)\(detail)."
        hint = Self.hint(for: error.resultCode, path: path)
    }

    private static func hint(for code: ResultCode, path: String) -> String {
        switch code {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            "Another program holds it: 'fuser \(path)' shows which. End that, then try again."
        case .SQLITE_FULL: "Free some space on its disk."
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
            "Check that the user who runs northern may write it and its directory: 'ls -la \(path)'."
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            "Stop northern, keep a copy, and run 'sqlite3 \(path) .recover', or restore the last backup."
        default: "Check the disk ('dmesg', 'df -h') and the database ('sqlite3 \(path) \"PRAGMA integrity_check\"')."
        }
    }

    static func madeByNewerVersion(path: String) -> StoreError {
        StoreError(
            message: "The database '\(path)' was made by a newer version of northern.",
            hint: "Run that version, or restore the backup from before the upgrade.")
    }

    static let madeByNewerVersion = StoreError(
        message: "The database was made by a newer version of northern.",
        hint: "Run that version, or restore the backup from before the upgrade.")

    static let onlySQLite = StoreError(
        message: "This is possible with SQLite alone.", hint: "Leave 'store.url' empty.")

    static func unreadable(table: String, id: String) -> StoreError {
        StoreError(
            message: "The row '\(id)' of the table '\(table)' can't be read.",
            hint: "It was changed by something other than northern. Restore it from a backup, or delete it.")
    }
}
