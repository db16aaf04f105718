import Domain

/// What nodes hold of limits that they share.
extension Store {
    static let limitTables = """
        CREATE TABLE limit_shares (
            subject TEXT NOT NULL,         -- a key, or an organization
            kind TEXT NOT NULL,            -- the limit
            period INTEGER NOT NULL,       -- its first day, since 1970; 0 where it has none
            node TEXT NOT NULL,
            held_high INTEGER NOT NULL,    -- this and held_low: requests, tokens or pico-dollars, in 10^12 and what is left
            held_low INTEGER NOT NULL,
            settled_high INTEGER NOT NULL, -- what of it was charged, in usage_days
            settled_low INTEGER NOT NULL,
            PRIMARY KEY (subject, kind, period, node)
        ) STRICT;
        CREATE INDEX limit_shares_node ON limit_shares (node);
        """

    /// The keys and organizations whose limits the node shares.
    func sharedLimits() -> [SharedSubject] {
        guard sharing != nil else { return [] }
        let keys = allowances.all.map { id, known in
            SharedSubject(id: id, limit: known.allowance, limits: known.limits.limited, keyLimits: known.limits)
        }
        let organizations = creditAccounts.all.filter(\.value.isPrepaid).map { organization, credits in
            SharedSubject(id: organization.rawValue, limit: credits, limits: [.credits], keyLimits: nil)
        }
        return keys + organizations
    }

    /// How many nodes have said something since a moment, and haven't left.
    func aliveNodes(since time: Timestamp) throws -> Int {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM nodes WHERE left_at IS NULL AND last_seen_at >= ?",
                arguments: [time.microseconds])
        } ?? 0
    }

    /// Shares of what may be used in a minute come back on their own, once what was used by them is a minute ago.
    func removeLapsedShares(at now: Timestamp, term: Int64) throws {
        try writeUnsynced { database in
            try database.execute(
                sql: """
                    DELETE FROM limit_shares WHERE kind IN ('requests_per_minute', 'tokens_per_minute') AND node IN (
                        SELECT id FROM nodes WHERE last_seen_at < ? OR (left_at IS NOT NULL AND left_at < ?))
                    """,
                arguments: [
                    now.adding(seconds: -term - 71).microseconds, now.adding(seconds: -71).microseconds,
                ])
        }
    }

    /// The node has settled everything: whatever it has held is free again.
    ///
    /// - Parameter pace: also what may be used in a minute, whoever has used it within the last.
    func removeShares(of node: Node, pace: Bool) throws {
        let rest = pace ? "" : " AND kind NOT IN ('requests_per_minute', 'tokens_per_minute')"
        try writeUnsynced { database in
            try database.execute(sql: "DELETE FROM limit_shares WHERE node = ?\(rest)", arguments: [node.id])
        }
    }
}

extension Database {
    struct StoredShare {
        var exists = false
        var held = Int128(0)
        var settled = Int128(0)
    }

    func share(_ subject: String, _ period: LimitPeriod, of node: Node) throws -> StoredShare {
        let row = try Row.fetchOne(
            self,
            sql: """
                SELECT held_high, held_low, settled_high, settled_low FROM limit_shares
                WHERE subject = ? AND kind = ? AND period = ? AND node = ?
                """,
            arguments: [subject, period.limit.rawValue, period.start, node.id])
        guard let row else { return StoredShare() }
        return StoredShare(
            exists: true, held: Money(dollars: row["held_high"], picodollars: row["held_low"]).picodollars,
            settled: Money(dollars: row["settled_high"], picodollars: row["settled_low"]).picodollars)
    }

    func setShare(_ subject: String, _ period: LimitPeriod, of node: Node, held: Int128) throws {
        let settled = try share(subject, period, of: node).settled
        let parts = Money(picodollars: max(held, settled)).parts
        try execute(
            sql: """
                INSERT INTO limit_shares (subject, kind, period, node, held_high, held_low, settled_high, settled_low)
                VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (subject, kind, period, node)
                DO UPDATE SET held_high = excluded.held_high, held_low = excluded.held_low
                """,
            arguments: [subject, period.limit.rawValue, period.start, node.id, parts.dollars, parts.picodollars])
    }

    func removeShare(_ subject: String, _ period: LimitPeriod, of node: Node) throws {
        try execute(
            sql: "DELETE FROM limit_shares WHERE subject = ? AND kind = ? AND period = ? AND node = ?",
            arguments: [subject, period.limit.rawValue, period.start, node.id])
    }

    /// A charge that the store has now: it isn't held any more.
    func settleShare(_ subject: String, _ period: LimitPeriod, of node: Node, _ charge: Money) throws {
        let share = try share(subject, period, of: node)
        guard share.exists else { return }
        let settled = share.settled + charge.picodollars
        let (held, parts) = (Money(picodollars: max(share.held, settled)).parts, Money(picodollars: settled).parts)
        try execute(
            sql: """
                UPDATE limit_shares SET held_high = ?, held_low = ?, settled_high = ?, settled_low = ?
                WHERE subject = ? AND kind = ? AND period = ? AND node = ?
                """,
            arguments: [
                held.dollars, held.picodollars, parts.dollars, parts.picodollars, subject, period.limit.rawValue,
                period.start, node.id,
            ])
    }

    /// What was charged in a period, and what other nodes hold of it: in one statement, since a charge moves from the one to
    /// the other.
    func taken(_ subject: SharedSubject, _ period: LimitPeriod, besides node: Node?) throws -> Int128 {
        let (charges, arguments): (String, StatementArguments) =
            switch period.limit {
            case .requestsPerMinute, .tokensPerMinute: ("", [])
            case .credits: (Self.charges(by: "organization"), [subject.id, Int64.min, Int64.max])
            case .totalBudget: (Self.charges(by: "key"), [subject.id, Int64.min, Int64.max])
            case .dayBudget: (Self.charges(by: "key"), [subject.id, period.start, period.start])
            case .monthBudget:
                (
                    Self.charges(by: "key"),
                    [
                        subject.id, period.start,
                        CalendarDate(daysSince1970: period.start).nextMonthStart.daysSince1970 - 1,
                    ]
                )
            }
        let row = try Row.fetchOne(
            self,
            sql: """
                SELECT sum(high) AS high, sum(low) AS low FROM (
                    \(charges) SELECT held_high - settled_high AS high, held_low - settled_low AS low FROM limit_shares
                    WHERE subject = ? AND kind = ? AND period = ? AND node <> ?
                ) AS taken
                """,
            arguments: arguments + [subject.id, period.limit.rawValue, period.start, node?.id ?? ""])
        return Money(dollars: row?["high"] ?? 0, picodollars: row?["low"] ?? 0).picodollars
    }

    private static func charges(by column: String) -> String {
        """
        SELECT charge_dollars AS high, charge_picodollars AS low FROM usage_days
        WHERE \(column) = ? AND day BETWEEN ? AND ? UNION ALL
        """
    }
}
