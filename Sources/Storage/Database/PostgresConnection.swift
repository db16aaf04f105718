import CLibpq
import Foundation

/// One connection to PostgreSQL. It blocks, for a limited time.
///
/// For one thread at a time, which ``PostgresConnections`` sees to: that is why it may be handed from one to another.
final class PostgresConnection: @unchecked Sendable {
    private let library: libpq
    private let connection: OpaquePointer
    private var translations: [String: PostgresSQL] = [:]
    /// Names of statements that the server has prepared, by their text and the types of their arguments.
    private var prepared: [Prepared: String] = [:]
    private var cursors = 0
    private(set) var changesCount = 0
    /// Something went wrong after which it is better to begin with another one.
    private var isSpent = false

    private struct Prepared: Hashable {
        let text: String
        let types: [Oid]
    }

    /// Statements kept of each kind. Some have a list of any length in them, so what is kept has an end.
    private static let statementLimit = 400

    /// - Throws: ``StoreError``.
    init(_ url: PostgresURL) throws {
        guard var library = libpq_load()?.pointee else { throw StoreError.libraryMissing }
        self.library = library
        // What the URL says of the same comes after it, and counts.
        let settings = [
            ("connect_timeout", "5"), ("tcp_user_timeout", "10000"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("application_name", "northern"),
            ("dbname", url.text), ("client_encoding", "UTF8"),
        ]
        let opened = CStrings.with(settings.map(\.0)) { names in
            CStrings.with(settings.map(\.1)) { values in library.PQconnectdbParams(names, values, 1) }
        }
        guard let opened else { throw StoreError.noMemory }
        connection = opened
        libpq_quiet(&library, opened)
        guard library.PQstatus(opened) == CONNECTION_OK else {
            throw StoreError.unreachable(url, library.PQerrorMessage(opened).map { String(cString: $0) } ?? "")
        }
        try runPlain(
            """
            SET bytea_output = 'hex'; SET statement_timeout = '\(Self.statementLimitSeconds)s'; SET lock_timeout = '10s';
            SET idle_in_transaction_session_timeout = '60s'
            """)
    }

    deinit { library.PQfinish(connection) }

    var isLost: Bool { library.PQstatus(connection) != CONNECTION_OK }
    var isUsable: Bool { !isSpent && !isLost && library.PQtransactionStatus(connection) == PQTRANS_IDLE }

    /// One statement with arguments, or several without.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments) throws -> PostgresResult {
        let translated = translation(of: sql)
        return try run(translated.text, arguments.forPostgres(translated.parameters))
    }

    /// A statement of PostgreSQL's own.
    @discardableResult
    func run(_ text: String, _ arguments: [PostgresArgument]) throws -> PostgresResult {
        guard !arguments.isEmpty else { return try runPlain(text) }
        let types = arguments.map { Oid($0.type.rawValue) }
        let name = try name(of: Prepared(text: text, types: types))
        return try sending(arguments) { count, values, lengths, formats in
            library.PQsendQueryPrepared(connection, name, count, values, lengths, formats, 0)
        }
    }

    /// Rows a few hundred at a time, for queries that find more than memory should have. Within a transaction.
    func cursor(_ sql: String, _ arguments: StatementArguments) throws -> PostgresCursor {
        let translated = translation(of: sql)
        cursors += 1
        let name = "rows_\(cursors)"
        let values = arguments.forPostgres(translated.parameters)
        let types = values.map { Oid($0.type.rawValue) }
        let declaration = "DECLARE \(name) NO SCROLL CURSOR FOR \(translated.text)"
        try sending(values) { count, values, lengths, formats in
            library.PQsendQueryParams(connection, declaration, count, types, values, lengths, formats, 0)
        }
        return PostgresCursor(self, name)
    }

    @discardableResult
    private func runPlain(_ text: String) throws -> PostgresResult {
        try taken(library.PQsendQuery(connection, text))
    }

    private func translation(of sql: String) -> PostgresSQL {
        if let known = translations[sql] { return known }
        if translations.count >= Self.statementLimit { translations.removeAll() }
        let new = PostgresSQL(sql)
        translations[sql] = new
        return new
    }

    private func name(of statement: Prepared) throws -> String {
        if let known = prepared[statement] { return known }
        if prepared.count >= Self.statementLimit {
            try runPlain("DEALLOCATE ALL")
            prepared.removeAll()
        }
        let name = "statement_\(prepared.count)"
        try taken(
            library.PQsendPrepare(
                connection, name, statement.text, Int32(statement.types.count), statement.types))
        prepared[statement] = name
        return name
    }

    @discardableResult
    private func sending(
        _ arguments: [PostgresArgument],
        _ send: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> Int32
    ) throws -> PostgresResult {
        let lengths = arguments.map { Int32(truncatingIfNeeded: $0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: arguments.count)
        return try PostgresArgument.withPointers(arguments) { pointers in
            try taken(send(Int32(arguments.count), pointers, lengths, formats))
        }
    }

    // MARK: What the server answers

    /// The server ends a statement after this time.
    private static let statementLimitSeconds = 30
    /// A server that doesn't even do that is given up.
    private static let patience: Duration = .seconds(statementLimitSeconds + 5)

    /// The last of the results, of which several statements have one each.
    @discardableResult
    private func taken(_ sent: Int32) throws -> PostgresResult {
        guard sent == 1 else { throw StoreError.connectionLost }
        let end = ContinuousClock.now + Self.patience
        var last: PostgresResult?
        var failure: StoreError?
        while let result = try next(until: end) {
            let taken = PostgresResult(library, result)
            switch library.PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = taken
            default: failure = failure ?? refusal(result)
            }
        }
        if let failure { throw failure }
        guard let last else { throw StoreError.connectionLost }
        changesCount = last.changesCount
        return last
    }

    private func next(until end: ContinuousClock.Instant) throws -> OpaquePointer? {
        while library.PQisBusy(connection) != 0 {
            var descriptor = pollfd(fd: library.PQsocket(connection), events: Int16(POLLIN), revents: 0)
            let left = (end - ContinuousClock.now).inSeconds * 1_000
            let ready = left > 0 ? poll(&descriptor, 1, Int32(min(left, 60_000)) + 1) : 0
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                isSpent = true
                throw StoreError.silent
            }
            guard library.PQconsumeInput(connection) == 1 else { throw StoreError.connectionLost }
        }
        return library.PQgetResult(connection)
    }

    private func refusal(_ result: OpaquePointer) -> StoreError {
        let field = { (self.library.PQresultErrorField(result, Int32(UInt8(ascii: $0)))).map { String(cString: $0) } }
        guard !isLost, let code = field("C") else { return .connectionLost }
        // "cached plan must not change result type": a newer program has changed the tables.
        if code == "0A000" || code == "26000" { isSpent = true }
        let place = [field("t"), field("n")].compactMap(\.self).joined(separator: ", ")
        return .refused(code: code, message: field("M") ?? "", place: place)
    }
}

/// Texts as C has them, for as long as some work takes.
private enum CStrings {
    /// With a null pointer behind the last.
    static func with<Value>(
        _ texts: [String], _ work: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> Value
    ) rethrows -> Value {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return try (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { try work($0.baseAddress) }
    }
}
