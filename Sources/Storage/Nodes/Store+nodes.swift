import Domain

/// Which nodes there are, and which of them gives the entries of the transparency log.
///
/// Times are those of the nodes' own clocks. Where they differ, a successor comes later or sooner than it should; that the log
/// doesn't fork depends on none of them.
extension Store {
    static let nodeTables = """
        CREATE TABLE nodes (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            run TEXT NOT NULL,             -- the process that serves under this id now, or did last
            started_at INTEGER NOT NULL,   -- this and the next two: microseconds since 1970
            last_seen_at INTEGER NOT NULL,
            left_at INTEGER                -- NULL as long as it serves, or was killed
        ) STRICT;
        -- Who sequences: the token grows with each holder, and whoever has an older one appends nothing.
        ALTER TABLE log_state ADD COLUMN token INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE log_state ADD COLUMN holder TEXT;              -- the node; NULL: nobody
        ALTER TABLE log_state ADD COLUMN holder_run TEXT;
        ALTER TABLE log_state ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
        -- Closed records that wait for their entry, as nodes that don't sequence store them.
        CREATE TABLE log_queue (id BLOB PRIMARY KEY NOT NULL) STRICT;
        ALTER TABLE custody_records ADD COLUMN node TEXT;          -- whose it is, as long as it is open
        CREATE TABLE change_counters (
            topic TEXT PRIMARY KEY NOT NULL,
            number INTEGER NOT NULL
        ) STRICT;
        INSERT INTO change_counters (topic, number) VALUES ('limits', 0), ('mappings', 0);
        """

    /// The process serves under its node's id from now on.
    ///
    /// - Throws: ``StoreError``.
    func register(_ node: Node, at now: Timestamp) throws {
        try writeUnsynced { database in
            try database.execute(
                sql: """
                    INSERT INTO nodes (id, name, run, started_at, last_seen_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name, run = excluded.run,
                        started_at = excluded.started_at, last_seen_at = excluded.last_seen_at, left_at = NULL
                    """,
                arguments: [node.id, node.name, node.run, now.microseconds, now.microseconds])
        }
    }

    /// The node is still there.
    ///
    /// - Returns: false where another process serves under its id by now.
    /// - Throws: ``StoreError``.
    func beat(_ node: Node, at now: Timestamp) throws -> Bool {
        try writeUnsynced { database in
            let row = try Row.fetchOne(
                database,
                sql: "UPDATE nodes SET last_seen_at = ?, left_at = NULL WHERE id = ? AND run = ? RETURNING id",
                arguments: [now.microseconds, node.id, node.run])
            return row != nil
        }
    }

    /// The node stops.
    ///
    /// - Throws: ``StoreError``.
    func leave(_ node: Node, at now: Timestamp) throws {
        try writeUnsynced { database in
            try database.execute(
                sql: "UPDATE nodes SET last_seen_at = ?, left_at = ? WHERE id = ? AND run = ?",
                arguments: [now.microseconds, now.microseconds, node.id, node.run])
        }
    }

    /// All that there have been, in the order of their ids.
    ///
    /// - Throws: ``StoreError``.
    public func nodes() throws -> [KnownNode] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT id, name, started_at, last_seen_at, left_at FROM nodes ORDER BY id"
            ).map { row in
                let leftAt: Int64? = row["left_at"]
                return KnownNode(
                    id: row["id"], name: row["name"], startedAt: Timestamp(microseconds: row["started_at"]),
                    lastSeenAt: Timestamp(microseconds: row["last_seen_at"]), hasLeft: leftAt != nil)
            }
        }
    }
}
