import Foundation
import GRDB

/// What a column can have in it, or an argument be.
protocol ColumnValue: DatabaseValueConvertible, StatementColumnConvertible {
    /// Nil for what isn't such a value in PostgreSQL's text form.
    init?(postgres text: UnsafeRawBufferPointer)
    var forPostgres: PostgresArgument { get }
}

extension Bool: ColumnValue {}
extension Int: ColumnValue {}
extension Int64: ColumnValue {}
extension String: ColumnValue {}
extension Data: ColumnValue {}

/// A row that a query has found. Columns are asked for by their names.
///
/// A column that is NULL, or of another type, is only asked for as an optional: the tables say which can be.
struct Row {
    enum Engine {
        case sqlite(GRDB.Row)
        case postgres(PostgresResult, Int)
    }

    let engine: Engine

    init(_ engine: Engine) { self.engine = engine }

    subscript<Value: ColumnValue>(_ column: String) -> Value {
        switch engine {
        case .sqlite(let row): return row[column]
        case .postgres(let result, let index):
            guard let value: Value = result.value(index, column) else {
                preconditionFailure("the column '\(column)' has no \(Value.self)")
            }
            return value
        }
    }

    subscript<Value: ColumnValue>(_ column: String) -> Value? {
        switch engine {
        case .sqlite(let row): row[column]
        case .postgres(let result, let index): result.value(index, column)
        }
    }

    /// All columns, for whoever doesn't know which there are.
    var columns: [(name: String, value: (any ColumnValue)?)] {
        switch engine {
        case .sqlite(let row):
            row.map { name, value in
                switch value.storage {
                case .int64(let number): (name, number)
                case .string(let text): (name, text)
                case .blob(let bytes): (name, bytes)
                // There is no column of such numbers.
                case .double, .null: (name, nil)
                }
            }
        case .postgres(let result, let index): result.columns(index)
        }
    }

    /// By its number, from 0: faster than by its name.
    subscript<Value: ColumnValue>(_ index: Int) -> Value {
        switch engine {
        case .sqlite(let row): return row[index]
        case .postgres(let result, let row):
            guard let value: Value = result.value(row, at: Int32(truncatingIfNeeded: index)) else {
                preconditionFailure("the column \(index) has no \(Value.self)")
            }
            return value
        }
    }

    subscript<Value: ColumnValue>(_ index: Int) -> Value? {
        switch engine {
        case .sqlite(let row): row[index]
        case .postgres(let result, let row): result.value(row, at: Int32(truncatingIfNeeded: index))
        }
    }

    static func fetchAll(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> [Row] {
        switch database.engine {
        case .sqlite(let connection):
            try GRDB.Row.fetchAll(connection, sql: sql, arguments: arguments.forSQLite).map { Row(.sqlite($0)) }
        case .postgres(let connection): try rows(connection.run(sql, arguments))
        }
    }

    static func fetchOne(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> Row? {
        switch database.engine {
        case .sqlite(let connection):
            try GRDB.Row.fetchOne(connection, sql: sql, arguments: arguments.forSQLite).map { Row(.sqlite($0)) }
        case .postgres(let connection): try rows(connection.run(sql, arguments)).first
        }
    }

    static func fetchOne(
        _ statement: Statement, arguments: StatementArguments = StatementArguments()
    ) throws -> Row? {
        switch statement.engine {
        case .sqlite(let statement):
            try GRDB.Row.fetchOne(statement, arguments: arguments.forSQLite).map { Row(.sqlite($0)) }
        case .postgres(let connection, let sql): try rows(connection.run(sql, arguments)).first
        }
    }

    private static func rows(_ result: PostgresResult) -> [Row] {
        (0..<result.count).map { Row(.postgres(result, $0)) }
    }

    /// Rows one at a time, for queries that find more than memory should have.
    static func fetchCursor(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> Rows {
        switch database.engine {
        case .sqlite(let connection):
            Rows(.sqlite(try GRDB.Row.fetchCursor(connection, sql: sql, arguments: arguments.forSQLite)))
        case .postgres(let connection): Rows(.postgres(try connection.cursor(sql, arguments)))
        }
    }
}

/// The rows of a query, one at a time. A row is good until the next.
struct Rows {
    enum Engine {
        case sqlite(RowCursor)
        case postgres(PostgresCursor)
    }

    private let engine: Engine

    init(_ engine: Engine) { self.engine = engine }

    func next() throws -> Row? {
        switch engine {
        case .sqlite(let cursor): try cursor.next().map { Row(.sqlite($0)) }
        case .postgres(let cursor): try cursor.next()
        }
    }
}

/// The first column.
extension ColumnValue {
    /// Nil without a row, and for NULL.
    static func fetchOne(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> Self? {
        switch database.engine {
        case .sqlite(let connection): try fetchOne(connection, sql: sql, arguments: arguments.forSQLite)
        case .postgres(let connection): try connection.run(sql, arguments).value(0, at: 0)
        }
    }

    static func fetchOne(
        _ statement: Statement, arguments: StatementArguments = StatementArguments()
    ) throws -> Self? {
        switch statement.engine {
        case .sqlite(let statement): try fetchOne(statement, arguments: arguments.forSQLite)
        case .postgres(let connection, let sql): try connection.run(sql, arguments).value(0, at: 0)
        }
    }

    static func fetchAll(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> [Self] {
        switch database.engine {
        case .sqlite(let connection): return try fetchAll(connection, sql: sql, arguments: arguments.forSQLite)
        case .postgres(let connection):
            let result = try connection.run(sql, arguments)
            return (0..<result.count).compactMap { result.value($0, at: 0) }
        }
    }
}
