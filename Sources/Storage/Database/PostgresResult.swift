import CLibpq
import Foundation

/// What a statement has found, all of it.
final class PostgresResult {
    private let library: libpq
    private let result: OpaquePointer
    let count: Int

    init(_ library: libpq, _ result: OpaquePointer) {
        self.library = library
        self.result = result
        count = Int(library.PQntuples(result))
    }

    deinit { library.PQclear(result) }

    /// Rows that the statement has changed.
    var changesCount: Int { library.PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    func value<Value: ColumnValue>(_ row: Int, _ column: String) -> Value? {
        value(row, at: library.PQfnumber(result, column))
    }

    /// The columns of a row with what they have in them, for whoever doesn't know which there are.
    func columns(_ row: Int) -> [(name: String, value: (any ColumnValue)?)] {
        (0..<library.PQnfields(result)).map { column in
            let name = library.PQfname(result, column).map { String(cString: $0) } ?? ""
            switch PostgresArgument.TypeID(rawValue: UInt32(library.PQftype(result, column))) {
            case .bytes: return (name, value(row, at: column) as Data?)
            case .integer: return (name, value(row, at: column) as Int64?)
            default: return (name, value(row, at: column) as String?)
            }
        }
    }

    /// Nil for NULL, for a column that isn't there, and for what isn't such a value.
    func value<Value: ColumnValue>(_ row: Int, at column: Int32) -> Value? {
        let row32 = Int32(truncatingIfNeeded: row)
        guard 0..<count ~= row, 0..<library.PQnfields(result) ~= column,
            library.PQgetisnull(result, row32, column) == 0, let bytes = library.PQgetvalue(result, row32, column)
        else { return nil }
        let length = Int(library.PQgetlength(result, row32, column))
        return Value(postgres: UnsafeRawBufferPointer(start: bytes, count: length))
    }
}
