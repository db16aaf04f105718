public import Domain

extension Store {
    /// The usage of an organization's keys, in the order of days, routes and keys.
    ///
    /// What was recorded last may not have arrived here: use ``Ledger/usage(_:of:)`` while serving.
    ///
    /// - Throws: ``StoreError``.
    public func usage(_ query: UsageQuery, of organization: OrganizationID) throws -> [UsageRow] {
        let dimensions = UsageQuery.Dimension.allCases.filter(query.dimensions.contains).map(\.rawValue)
        let sums = (UsageColumns.counts + UsageColumns.money).map { "sum(\($0)) AS \($0)" }
        let order = dimensions.isEmpty ? "" : " ORDER BY \(dimensions.joined(separator: ", "))"
        let groups = dimensions.isEmpty ? "" : " GROUP BY \(dimensions.joined(separator: ", "))"
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \((dimensions + sums).joined(separator: ", ")) FROM usage_days
                    WHERE organization = ?1 AND day BETWEEN ?2 AND ?3 AND (key = ?4 OR ?4 IS NULL)
                        AND (route = ?5 OR ?5 IS NULL)\(groups)\(order)
                    """,
                arguments: [
                    organization.rawValue, query.days.lowerBound.daysSince1970, query.days.upperBound.daysSince1970,
                    query.key, query.route,
                ]
            ).compactMap { UsageRow($0, dimensions) }
        }
    }

    /// The usage of all organizations, by days and routes.
    ///
    /// - Throws: ``StoreError``.
    public func usageOfEverybody(on days: ClosedRange<CalendarDate>) throws -> [UsageRow] {
        let sums = (UsageColumns.counts + UsageColumns.money).map { "sum(\($0)) AS \($0)" }.joined(separator: ", ")
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT day, route, \(sums) FROM usage_days WHERE day BETWEEN ? AND ?
                    GROUP BY day, route ORDER BY day, route
                    """,
                arguments: [days.lowerBound.daysSince1970, days.upperBound.daysSince1970]
            ).compactMap { UsageRow($0, ["day", "route"]) }
        }
    }

    /// When each key was last used, as far as it has been.
    ///
    /// - Throws: ``StoreError``.
    public func lastUses() throws -> [APIKey.ID: Timestamp] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT key, max(last_at) AS last_at FROM usage_days GROUP BY key")
            return Dictionary(rows.map { ($0["key"], Timestamp(microseconds: $0["last_at"])) }) { first, _ in first }
        }
    }
}

extension Database {
    /// What a key was charged until now.
    func spending(of key: APIKey.ID, at now: Timestamp) throws -> Spending {
        let statement = try cachedStatement(
            sql: """
                SELECT sum(charge_dollars) AS dollars, sum(charge_picodollars) AS picodollars FROM usage_days
                WHERE key = ? AND day >= ?
                """)
        let since = { (day: Int64) throws -> Money in
            let row = try Row.fetchOne(statement, arguments: [key, day])
            return Money(dollars: row?["dollars"] ?? 0, picodollars: row?["picodollars"] ?? 0)
        }
        return Spending(
            on: now.date, today: try since(now.date.daysSince1970),
            thisMonth: try since(now.date.monthStart.daysSince1970),
            total: try since(.min))
    }
}

extension UsageRow {
    /// Nil for a sum over no rows.
    fileprivate init?(_ row: Row, _ dimensions: [String]) {
        guard let requests: Int = row["requests"] else { return nil }
        var sum = UsageSum()
        sum.requests = requests
        for (column, outcome) in UsageColumns.outcomes { sum.outcomes[outcome] = row[column] }
        sum.tokens = TokenUsage(
            input: row["input_tokens"], cachedInput: row["cached_input_tokens"], cacheWrite: row["cache_write_tokens"],
            output: row["output_tokens"], reasoning: row["reasoning_tokens"])
        sum.cost = Money(dollars: row["cost_dollars"], picodollars: row["cost_picodollars"])
        sum.charge = Money(dollars: row["charge_dollars"], picodollars: row["charge_picodollars"])
        self.init(
            day: dimensions.contains("day") ? CalendarDate(daysSince1970: row["day"]) : nil,
            key: dimensions.contains("key") ? row["key"] : nil,
            route: dimensions.contains("route") ? row["route"] : nil, sum: sum)
    }
}

extension Ledger: UsageReader {
    public func usage(_ query: UsageQuery, of organization: OrganizationID) throws -> [UsageRow] {
        try drainNow()
        return try store.usage(query, of: organization)
    }
}
