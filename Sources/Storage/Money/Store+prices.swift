public import Domain

extension Store {
    /// Keeps those versions that weren't known before. Nothing is ever removed: records name them.
    ///
    /// - Throws: ``StoreError``.
    public func keep(_ versions: [PriceVersion]) throws {
        try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO price_snapshots (id, route, sha256, first_in_force, source, prices)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (route, id) DO NOTHING
                    """)
            for version in versions {
                try statement.execute(arguments: [
                    version.id, version.route, version.sha256, version.firstInForce.microseconds, version.source,
                    version.prices,
                ])
            }
        }
    }

    /// Every version of every route's prices that was ever in force, by the routes' ids, and the oldest first.
    ///
    /// - Throws: ``StoreError``.
    public func priceVersions() throws -> [PriceVersion] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM price_snapshots ORDER BY route, first_in_force, id").map {
                PriceVersion(
                    id: $0["id"], route: $0["route"], sha256: $0["sha256"],
                    firstInForce: Timestamp(microseconds: $0["first_in_force"]), source: $0["source"],
                    prices: $0["prices"])
            }
        }
    }
}
