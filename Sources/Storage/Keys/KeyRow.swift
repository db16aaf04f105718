import Domain
import Foundation

/// A key as a row of the table `api_keys`.
enum KeyRow {
    static func insert(_ key: APIKey, hash: Data?, into database: Database) throws {
        let policy = try columns(of: key.policy)
        let names = ["id", "organization", "name", "hint", "hash", "created_at", "expires_at", "revoked_at"]
        let columns = names + policy.map(\.name)
        try database.execute(
            sql: """
                INSERT INTO api_keys (\(columns.joined(separator: ", ")))
                VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                """,
            arguments: [
                key.id, key.organization.rawValue, key.name, key.hint, hash, key.createdAt.microseconds,
                key.expiresAt?.microseconds, key.revokedAt?.microseconds,
            ] + StatementArguments(policy.map(\.value)))
    }

    /// Gives a key another name, policy and end.
    static func update(_ key: APIKey, in database: Database) throws {
        let policy = try columns(of: key.policy)
        let changes = (["name", "expires_at"] + policy.map(\.name)).map { "\($0) = ?" }.joined(separator: ", ")
        try database.execute(
            sql: "UPDATE api_keys SET \(changes) WHERE id = ?",
            arguments: [key.name, key.expiresAt?.microseconds] + StatementArguments(policy.map(\.value)) + [key.id])
    }

    private typealias Column = (name: String, value: (any ColumnValue)?)

    private static func columns(of policy: KeyPolicy) throws -> [Column] {
        let (residency, limits) = (policy.residency, policy.limits)
        return [
            ("tiers", try list(policy.tiers.map(\.rawValue))), ("routes", try policy.routes.map(list)),
            ("allows_fallbacks", policy.allowsFallbacks), ("allows_commands", policy.allowsCommands),
            ("processing", residency.processing?.description), ("exposure", residency.exposure?.description),
            ("evidence", residency.evidence?.rawValue), ("egress", residency.egress?.rawValue),
            ("substitution", policy.substitution?.rawValue), ("requests_per_minute", limits.requestsPerMinute),
            ("tokens_per_minute", limits.tokensPerMinute), ("budget_day", limits.budget.day?.description),
            ("budget_month", limits.budget.month?.description), ("budget_total", limits.budget.total?.description),
            ("source_networks", try policy.sourceNetworks.map { try list($0.map(\.description)) }),
        ]
    }

    /// Always a new object.
    static func key(_ row: Row) throws -> APIKey {
        let organization: String = row["organization"]
        let createdAt: Int64 = row["created_at"]
        let expiresAt = (row["expires_at"] as Int64?).map(Timestamp.init(microseconds:))
        let revokedAt: Int64? = row["revoked_at"]
        return APIKey(
            id: row["id"], organization: OrganizationID(rawValue: organization), name: row["name"], hint: row["hint"],
            policy: try policy(row), createdAt: Timestamp(microseconds: createdAt), expiresAt: expiresAt,
            revokedAt: revokedAt.map(Timestamp.init(microseconds:)))
    }

    /// Every secret with its key: its own, and those that it had before. The first columns are ``Secret``'s.
    static let secrets = """
        SELECT hash, NULL, \(columnsOfSecret), api_keys.* FROM api_keys
        UNION ALL
        SELECT old.hash, old.expires_at, \(columnsOfSecret), api_keys.*
        FROM replaced_key_secrets AS old JOIN api_keys ON api_keys.id = old.key
        """

    /// Columns by their numbers: by their names, a hundred thousand rows would take seconds.
    private static let columnsOfSecret =
        ["id", "organization", "name", "hint", "created_at", "expires_at", "revoked_at"]
        .map { "api_keys.\($0), " }.joined()
        + policyColumns.map { "coalesce(CAST(api_keys.\($0) AS TEXT), '\u{1E}')" }.joined(separator: " || '\u{1F}' || ")

    private static let policyColumns = [
        "tiers", "routes", "allows_fallbacks", "allows_commands", "processing", "exposure", "evidence", "egress",
        "substitution", "requests_per_minute", "tokens_per_minute", "budget_day", "budget_month", "budget_total",
        "source_networks",
    ]

    /// The beginning of a row of ``secrets``.
    struct Secret {
        let hash: KeyHash
        let id: APIKey.ID
        let organization: OrganizationID
        let name: String
        let hint: String
        let createdAt: Timestamp
        let expiresAt: Timestamp?
        let revokedAt: Timestamp?
        /// The columns of its policy as the bytes of one text: where they are the same, so is the policy.
        let policyText: [UInt8]

        init(_ row: Row) throws {
            id = row[2]
            guard let hash = (row[0] as Data).withUnsafeBytes(KeyHash.init) else {
                throw StoreError.unreadable(table: "api_keys", id: id)
            }
            self.hash = hash
            organization = OrganizationID(rawValue: row[3])
            name = row[4]
            hint = row[5]
            createdAt = Timestamp(microseconds: row[6])
            let ends = [row[1] as Int64?, row[7] as Int64?].compactMap(\.self)
            expiresAt = ends.min().map(Timestamp.init(microseconds:))
            revokedAt = (row[8] as Int64?).map(Timestamp.init(microseconds:))
            policyText = Array((row[9] as String).utf8)
        }
    }

    /// A tier that this version doesn't know is left out, which allows less. Routes that can't be read are an error:
    /// to leave them out would allow more.
    static func policy(_ row: Row) throws -> KeyPolicy {
        let id: String = row["id"]
        let tiers = try items(row["tiers"], of: id)
        let routes: String? = row["routes"]
        return KeyPolicy(
            tiers: Set(tiers.compactMap(Tier.init(rawValue:))), routes: try routes.map { Set(try items($0, of: id)) },
            allowsFallbacks: row["allows_fallbacks"], allowsCommands: row["allows_commands"],
            substitution: try demand("substitution", of: row, SubstitutionDemand.init(rawValue:)),
            residency: ResidencyDemand(
                processing: try demand("processing", of: row, JurisdictionSet.init(codes:)),
                exposure: try demand("exposure", of: row, JurisdictionSet.init(codes:)),
                evidence: try demand("evidence", of: row, EvidenceGrade.init(rawValue:)),
                egress: try demand("egress", of: row, EgressMode.init(rawValue:))),
            limits: KeyLimits(
                requestsPerMinute: row["requests_per_minute"], tokensPerMinute: row["tokens_per_minute"],
                budget: Budget(
                    day: try demand("budget_day", of: row) { Money(dollars: $0) },
                    month: try demand("budget_month", of: row) { Money(dollars: $0) },
                    total: try demand("budget_total", of: row) { Money(dollars: $0) })),
            sourceNetworks: try networks(row["source_networks"], of: id))
    }

    private static func networks(_ text: String?, of id: APIKey.ID) throws -> Set<IPPrefix>? {
        guard let text else { return nil }
        let texts = try items(text, of: id)
        let networks = texts.compactMap { IPPrefix($0) }
        // One that can't be read is an error: nobody should be let in by mistake, and nobody shut out unseen.
        guard networks.count == texts.count else { throw StoreError.unreadable(table: "api_keys", id: id) }
        return Set(networks)
    }

    /// A demand that can't be read is an error: to leave it out would allow more.
    private static func demand<Value>(_ column: String, of row: Row, _ read: (String) -> Value?) throws -> Value? {
        guard let text: String = row[column] else { return nil }
        guard let value = read(text) else { throw StoreError.unreadable(table: "api_keys", id: row["id"]) }
        return value
    }

    private static func items(_ text: String, of id: APIKey.ID) throws -> [String] {
        if let items = plainItems(text) { return items }
        guard let items = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
            throw StoreError.unreadable(table: "api_keys", id: id)
        }
        return items
    }

    /// What there nearly always is, without a decoder: texts that have nothing to be unescaped. Nil for anything else.
    private static func plainItems(_ text: String) -> [String]? {
        guard text.hasPrefix("[\""), text.hasSuffix("\"]"), text.utf8.count >= 4,
            !text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 < 0x20 })
        else { return nil }
        let parts = text.dropFirst(2).dropLast(2).split(separator: "\",\"", omittingEmptySubsequences: false)
        return parts.contains { $0.utf8.contains(UInt8(ascii: "\"")) } ? nil : parts.map { String($0) }
    }

    private static func list(_ items: some Collection<String>) throws -> String {
        String(decoding: try JSONEncoder().encode(items.sorted()), as: UTF8.self)
    }
}
