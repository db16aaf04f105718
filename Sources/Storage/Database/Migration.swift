import GRDB

/// A step that brings the tables up to date. Each is made once, and one that was released is never changed.
struct Migration {
    let name: String
    let sql: String
    /// Where PostgreSQL needs another: what SQLite alone has is left out, or said in its words.
    var postgres: String?

    init(_ name: String, _ sql: String, postgres: String? = nil) {
        self.name = name
        self.sql = sql
        self.postgres = postgres
    }
}

extension Store {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for step in migrations {
            migrator.registerMigration(step.name) { try $0.execute(sql: step.sql) }
        }
        return migrator
    }
}

extension Store {
    /// Looks at a PostgreSQL database before a start, and changes nothing.
    ///
    /// - Parameters:
    ///   - directory: where this node's secrets are.
    ///   - names: of the secrets that are held against what other nodes have left there.
    /// - Returns: how many steps a start would make.
    /// - Throws: ``StoreError``, ``SecretNotShared``, ``FileError`` or ``InstallationSecretUnusable``.
    public static func missingSteps(
        postgres url: PostgresURL, directory: String, secrets names: [String]
    ) throws -> Int {
        let pool = PostgresPool(url)
        let missing = try pool.missing(migrations)
        if missing == 0 { try Store(pool, directory: directory).compareSecrets(names) }
        return missing
    }
}

extension PostgresPool {
    /// How many of the steps aren't made.
    fileprivate func missing(_ steps: [Migration]) throws -> Int {
        let steps = [Self.writer] + steps
        return try read { try $0.hasTable("schema_steps") ? Self.missing(steps, in: $0).count : steps.count }
    }

    /// Programs that start at once wait for each other, and each step is made once.
    ///
    /// - Throws: ``StoreError``.
    func migrate(_ steps: [Migration]) throws {
        let steps = [Self.writer] + steps
        if try read({ try $0.hasTable("schema_steps") && Self.missing(steps, in: $0).isEmpty }) { return }
        try makeSteps()
        try migrate { database in
            // One row to be held is all that the smaller relatives of PostgreSQL have in common.
            _ = try Row.fetchOne(database, sql: "SELECT name FROM schema_steps WHERE name = '\(Self.gate)' FOR UPDATE")
            for step in try Self.missing(steps, in: database) {
                let sql = step.postgres ?? step.sql
                try database.executeSchema(PostgresSQL(sql, isSchema: true).text)
                try database.execute(sql: "INSERT INTO schema_steps (name) VALUES (?)", arguments: [step.name])
            }
        }
    }

    private static let gate = "000"

    /// The row that whoever writes holds.
    private static let writer = Migration(
        "000 writer", "CREATE TABLE store_writer (one INTEGER NOT NULL); INSERT INTO store_writer VALUES (1)")

    private func makeSteps() throws {
        do {
            try makeStepsOnce()
        } catch {
            // Two that make the table at once can both find that it isn't there, and one of them fails.
            try makeStepsOnce()
        }
    }

    private func makeStepsOnce() throws {
        try use { database in
            try database.execute(sql: "CREATE TABLE IF NOT EXISTS schema_steps (name TEXT PRIMARY KEY)")
            try database.execute(
                sql: "INSERT INTO schema_steps (name) VALUES (?) ON CONFLICT (name) DO NOTHING", arguments: [Self.gate])
        }
    }

    private static func missing(_ steps: [Migration], in database: Database) throws -> [Migration] {
        let made = Set(try String.fetchAll(database, sql: "SELECT name FROM schema_steps"))
        guard made.subtracting([gate]).isSubset(of: steps.map(\.name)) else {
            throw StoreError.madeByNewerVersion
        }
        return steps.filter { !made.contains($0.name) }
    }
}

extension Database {
    fileprivate func hasTable(_ name: String) throws -> Bool {
        try Int.fetchOne(
            self,
            sql: "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?",
            arguments: [name]) != nil
    }

    fileprivate func executeSchema(_ text: String) throws {
        guard case .postgres(let connection) = engine else { return }
        try connection.run(text, [])
    }
}
