import Foundation
import GRDB

/// A connection to the database that a ``Store`` stands on, for as long as one piece of work has it.
///
/// Statements are written once, in SQL that every engine understands; what an engine has for itself stays behind this
/// type. It takes and gives the few things that the store needs, so that no statement depends on the library that runs it.
struct Database {
    enum Engine {
        case sqlite(GRDB.Database)
        case postgres(PostgresConnection)
    }

    let engine: Engine

    init(_ connection: GRDB.Database) { engine = .sqlite(connection) }

    init(_ connection: PostgresConnection) { engine = .postgres(connection) }

    /// Statements may be several, separated by semicolons, as long as they have no arguments.
    func execute(sql: String, arguments: StatementArguments = StatementArguments()) throws {
        switch engine {
        case .sqlite(let connection): try connection.execute(sql: sql, arguments: arguments.forSQLite)
        case .postgres(let connection): try connection.run(sql, arguments)
        }
    }

    /// One that is run many times: it is prepared once for each connection.
    func cachedStatement(sql: String) throws -> Statement {
        switch engine {
        case .sqlite(let connection): Statement(.sqlite(try connection.cachedStatement(sql: sql)))
        case .postgres(let connection): Statement(.postgres(connection, sql))
        }
    }

    /// PostgreSQL leaves deleted rows in its files until it clears up by itself (VACUUM).
    func overwriteWhatIsDeleted(_ overwrites: Bool) throws {
        guard case .sqlite(let connection) = engine else { return }
        try connection.execute(sql: "PRAGMA secure_delete = \(overwrites ? "ON" : "OFF")")
    }

    /// Rows that the last statement has changed.
    var changesCount: Int {
        switch engine {
        case .sqlite(let connection): connection.changesCount
        case .postgres(let connection): connection.changesCount
        }
    }
}

/// A statement that was prepared.
struct Statement {
    enum Engine {
        case sqlite(GRDB.Statement)
        case postgres(PostgresConnection, String)
    }

    let engine: Engine

    init(_ engine: Engine) { self.engine = engine }

    func execute(arguments: StatementArguments) throws {
        switch engine {
        case .sqlite(let statement): try statement.execute(arguments: arguments.forSQLite)
        case .postgres(let connection, let sql): try connection.run(sql, arguments)
        }
    }
}
