import Domain
import Foundation
import GRDB

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

    private typealias Column = (name: String, value: (any DatabaseValueConvertible)?)

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
    ///
    /// - Parameters:
    ///   - expiresAt: an end before the key's own.
    ///   - allowance: asked for where the key has limits.
    ///   - credits: of its organization.
    static func key(
        _ row: Row, expiringAt earlier: Timestamp? = nil, allowance: (APIKey.ID) throws -> Allowance? = { _ in nil },
        credits: (OrganizationID) throws -> Credits? = { _ in nil }
    ) throws -> APIKey {
        let organization: String = row["organization"]
        let createdAt: Int64 = row["created_at"]
        let expiresAt = (row["expires_at"] as Int64?).map(Timestamp.init(microseconds:))
        let policy = try policy(row)
        let revokedAt: Int64? = row["revoked_at"]
        let owner = OrganizationID(rawValue: organization)
        return APIKey(
            id: row["id"], organization: owner, name: row["name"], hint: row["hint"],
            policy: policy, createdAt: Timestamp(microseconds: createdAt),
            expiresAt: [expiresAt, earlier].compactMap(\.self).min(),
            revokedAt: revokedAt.map(Timestamp.init(microseconds:)),
            allowance: policy.limits.isEmpty ? nil : try allowance(row["id"]), credits: try credits(owner))
    }

    /// A row of ``secrets``.
    static func entry(
        _ row: Row, allowance: (APIKey.ID) throws -> Allowance?, credits: (OrganizationID) throws -> Credits?
    ) throws -> (hash: KeyHash, key: APIKey) {
        let secretEnd = (row["secret_expires_at"] as Int64?).map(Timestamp.init(microseconds:))
        let key = try key(row, expiringAt: secretEnd, allowance: allowance, credits: credits)
        let hash = (row["secret_hash"] as Data).withUnsafeBytes(KeyHash.init)
        guard let hash else { throw StoreError.unreadable(table: "api_keys", id: key.id) }
        return (hash, key)
    }

    /// Every secret with its key: its own, and those that it had before.
    static let secrets = """
        SELECT api_keys.*, hash AS secret_hash, NULL AS secret_expires_at FROM api_keys
        UNION ALL
        SELECT api_keys.*, old.hash AS secret_hash, old.expires_at AS secret_expires_at
        FROM replaced_key_secrets AS old JOIN api_keys ON api_keys.id = old.key
        """

    /// A tier that this version doesn't know is left out, which allows less. Routes that can't be read are an error:
    /// to leave them out would allow more.
    private static func policy(_ row: Row) throws -> KeyPolicy {
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
        guard let items = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
            throw StoreError.unreadable(table: "api_keys", id: id)
        }
        return items
    }

    private static func list(_ items: some Collection<String>) throws -> String {
        String(decoding: try JSONEncoder().encode(items.sorted()), as: UTF8.self)
    }
}
