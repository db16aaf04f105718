import GRDB

/// What stands for the question marks of a statement, in their order, or for its names. nil is NULL.
struct StatementArguments: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    private(set) var values: [(any ColumnValue)?] = []
    private(set) var named: [String: (any ColumnValue)?] = [:]

    init() {}

    init(_ values: some Sequence<(any ColumnValue)?>) { self.values = Array(values) }

    init(_ values: some Sequence<some ColumnValue>) { self.values = Array(values) }

    init(arrayLiteral elements: (any ColumnValue)?...) { values = elements }

    init(dictionaryLiteral elements: (String, (any ColumnValue)?)...) {
        named = Dictionary(elements) { _, last in last }
    }

    static func + (first: StatementArguments, second: StatementArguments) -> StatementArguments {
        var sum = first
        sum += second
        return sum
    }

    static func += (first: inout StatementArguments, second: StatementArguments) {
        first.values += second.values
        first.named.merge(second.named) { _, last in last }
    }

    /// In the order in which a statement of PostgreSQL's asks for them; NULL for what isn't there.
    func forPostgres(_ parameters: [PostgresSQL.Parameter]) -> [PostgresArgument] {
        parameters.map { parameter in
            switch parameter {
            case .position(let index): values.indices.contains(index) ? values[index]?.forPostgres ?? .null : .null
            case .name(let name): named[name].flatMap { $0 }?.forPostgres ?? .null
            }
        }
    }

    var forSQLite: GRDB.StatementArguments {
        if named.isEmpty { return GRDB.StatementArguments(values as [(any DatabaseValueConvertible)?]) }
        return GRDB.StatementArguments(named.mapValues { $0 as (any DatabaseValueConvertible)? })
    }
}
