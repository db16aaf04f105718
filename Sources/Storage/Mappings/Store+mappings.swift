public import Domain

extension Store: RouteMappingBook {
    public func change(_ change: RouteMappingChange) throws -> RouteMappings {
        try write { database in
            // First: who else changes mappings waits, so that the revisions are in the order of the changes.
            let revision = try database.nextRevision(of: .mappings)
            try end(change, in: database)
            if let route = change.route { try insert(change, to: route, in: database) }
            let rows = try Row.fetchAll(database, sql: Self.inForceOfKey, arguments: [change.key])
            return RouteMappings(key: change.key, routes: Self.routes(rows), revision: revision)
        }
    }

    private func end(_ change: RouteMappingChange, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE route_mappings SET ended_at = ?, ended_by = ? WHERE key = ? AND name = ? AND ended_at IS NULL
                """,
            arguments: [change.moment.time.microseconds, change.moment.request.hex, change.key, change.name])
    }

    private func insert(_ change: RouteMappingChange, to route: Route.ID, in database: Database) throws {
        let count = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM route_mappings WHERE key = ? AND ended_at IS NULL",
            arguments: [change.key])
        guard let count, count < RouteMapping.limit else { throw RouteMappingsFull() }
        try database.execute(
            sql: """
                INSERT INTO route_mappings (id, key, name, route, mapped_at, mapped_by)
                VALUES ((SELECT coalesce(max(id), 0) + 1 FROM route_mappings), ?, ?, ?, ?, ?)
                """,
            arguments: [
                change.key, change.name, route, change.moment.time.microseconds, change.moment.request.hex,
            ])
    }

    private static let inForceOfKey = "SELECT name, route FROM route_mappings WHERE key = ? AND ended_at IS NULL"

    private static func routes(_ rows: [Row]) -> [String: Route.ID] {
        Dictionary(rows.map { ($0["name"], $0["route"]) }) { first, _ in first }
    }

    /// What each key has mapped, for one event loop: it shares no object with any other result.
    public func mappingsInForce() throws -> [RouteMappings] { try allMappings().mappings }

    /// What each key has mapped, and as of which revision; a key that has mapped nothing any more isn't there.
    public func allMappings() throws -> (mappings: [RouteMappings], revision: Int) {
        let (rows, revision) = try read { database in
            // The revision first: rows that are newer than it come once more with the next.
            let revision = try database.revision(of: .mappings)
            let rows = try Row.fetchAll(
                database, sql: "SELECT key, name, route FROM route_mappings WHERE ended_at IS NULL")
            return (rows, revision)
        }
        let mappings = Dictionary(grouping: rows) { $0["key"] as APIKey.ID }.map { key, rows in
            RouteMappings(key: key, routes: Self.routes(rows), revision: revision)
        }
        return (mappings, revision)
    }

    /// Grows with each change of a mapping, by whichever node. Cheap enough to ask every second.
    ///
    /// - Throws: ``StoreError``.
    public func mappingRevision() throws -> Int { try read { try $0.revision(of: .mappings) } }

    /// The mappings in force, or those that have ended, the newest first.
    ///
    /// - Parameter limit: how many at most.
    public func mappings(ended: Bool, atMost limit: Int) throws -> [RouteMapping] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT route_mappings.*, organization FROM route_mappings JOIN api_keys ON api_keys.id = key
                    WHERE ended_at IS \(ended ? "NOT NULL" : "NULL") ORDER BY coalesce(ended_at, mapped_at) DESC, route_mappings.id DESC
                    LIMIT ?
                    """,
                arguments: [limit]
            ).map(Self.mapping)
        }
    }

    private static func mapping(_ row: Row) throws -> RouteMapping {
        let organization: String = row["organization"]
        guard let mapped = moment(row["mapped_at"], row["mapped_by"]) else {
            let id: Int64 = row["id"]
            throw StoreError.unreadable(table: "route_mappings", id: String(id))
        }
        return RouteMapping(
            key: row["key"], organization: OrganizationID(rawValue: organization), name: row["name"],
            route: row["route"], mapped: mapped, ended: moment(row["ended_at"], row["ended_by"]))
    }

    private static func moment(_ time: Int64?, _ request: String?) -> RouteMapping.Moment? {
        guard let time, let request = request.flatMap(RequestID.init(hex:)) else { return nil }
        return RouteMapping.Moment(time: Timestamp(microseconds: time), request: request)
    }
}
