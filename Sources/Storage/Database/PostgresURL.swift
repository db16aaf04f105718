import CLibpq

/// Where a PostgreSQL database is, and who asks: `postgres://user@host/database?sslmode=verify-full`.
///
/// It may have a password in it, so that it is never printed.
public struct PostgresURL: Sendable, Hashable {
    let text: String

    /// - Throws: ``StoreError`` for what can't be one, or where the library that reads it isn't there.
    public init(_ text: String) throws {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), !text.utf8.contains(0) else {
            throw StoreError.unreadableURL
        }
        guard let library = libpq_load()?.pointee else { throw StoreError.libraryMissing }
        var message: UnsafeMutablePointer<CChar>?
        // The message may have parts of the password in it.
        defer { if let message { library.PQfreemem(message) } }
        guard let options = library.PQconninfoParse(text, &message) else { throw StoreError.unreadableURL }
        library.PQconninfoFree(options)
        self.text = text
    }
}

extension PostgresURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
