import Dispatch
import Synchronization

/// Connections to one PostgreSQL database: one that writes, and a few that read. They are made when they are needed and
/// kept. One that has failed is never used again, so that the store finds its way back once the server is there again.
final class PostgresPool: Sendable {
    private let writer: PostgresConnections
    private let readers: PostgresConnections

    init(_ url: PostgresURL) {
        writer = PostgresConnections(url, limit: 1)
        readers = PostgresConnections(url, limit: 4)
    }

    /// A transaction that sees the database as it is now.
    func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
        try readers.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    /// A transaction of its own among all nodes' writes: the row that it takes first is held until it ends. SQLite has one
    /// writer at a time too, and numbers without gaps and the log's order rest on that.
    func write<Value>(_ work: (Database) throws -> Value) throws -> Value {
        try writer.transaction("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT one FROM store_writer FOR UPDATE", work)
    }

    /// A transaction without that row: it isn't there yet.
    func migrate<Value>(_ work: (Database) throws -> Value) throws -> Value {
        try writer.transaction("BEGIN ISOLATION LEVEL READ COMMITTED", work)
    }

    /// Each statement is a transaction.
    func use<Value>(_ work: (Database) throws -> Value) throws -> Value { try writer.use { try work(Database($0)) } }
}

/// Connections of one kind.
private final class PostgresConnections: Sendable {
    private let url: PostgresURL
    private let idle = Mutex<[PostgresConnection]>([])
    private let places: DispatchSemaphore

    init(_ url: PostgresURL, limit: Int) {
        self.url = url
        places = DispatchSemaphore(value: limit)
    }

    func use<Value>(_ work: (PostgresConnection) throws -> Value) throws -> Value {
        places.wait()
        defer { places.signal() }
        let connection = try takeIdle() ?? PostgresConnection(url)
        defer { giveBack(connection) }
        return try work(connection)
    }

    func transaction<Value>(_ beginning: String, _ work: (Database) throws -> Value) throws -> Value {
        places.wait()
        defer { places.signal() }
        let connection = try begun(beginning)
        defer { giveBack(connection) }
        do {
            let value = try work(Database(connection))
            try connection.run("COMMIT", [])
            return value
        } catch {
            // Where that fails too, the connection isn't given back.
            if !connection.isLost { _ = try? connection.run("ROLLBACK", []) }
            throw error
        }
    }

    /// A connection that lies idle may have been lost without a word. Nothing was done on it yet, so that another one can
    /// begin in its place.
    private func begun(_ beginning: String) throws -> PostgresConnection {
        while let connection = takeIdle() {
            do {
                try connection.run(beginning, [])
                return connection
            } catch  where connection.isLost {
                continue
            } catch {
                _ = try? connection.run("ROLLBACK", [])
                giveBack(connection)
                throw error
            }
        }
        let connection = try PostgresConnection(url)
        try connection.run(beginning, [])
        return connection
    }

    private func takeIdle() -> PostgresConnection? { idle.withLock { $0.popLast() } }

    private func giveBack(_ connection: PostgresConnection) {
        guard connection.isUsable else { return }
        idle.withLock { $0.append(connection) }
    }
}
