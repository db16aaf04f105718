import Domain
import Foundation
import GRDB

/// A key as a row of the table `api_keys`.
enum KeyRow {
    static func insert(_ key: APIKey, hash: Data?, into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO api_keys (id, organization, name, hint, hash, tiers, routes, allows_fallbacks,
                    allows_commands, created_at, expires_at, revoked_at, processing, exposure, evidence, egress,
                    substitution)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                key.id, key.organization.rawValue, key.name, key.hint, hash, list(key.policy.tiers.map(\.rawValue)),
                key.policy.routes.map(list), key.policy.allowsFallbacks, key.policy.allowsCommands,
                key.createdAt.microseconds, key.expiresAt?.microseconds, key.revokedAt?.microseconds,
                key.policy.residency.processing?.description, key.policy.residency.exposure?.description,
                key.policy.residency.evidence?.rawValue, key.policy.residency.egress?.rawValue,
                key.policy.substitution?.rawValue,
            ])
    }

    /// Always a new object.
    static func key(_ row: Row) throws -> APIKey {
        let organization: String = row["organization"]
        let createdAt: Int64 = row["created_at"]
        let expiresAt: Int64? = row["expires_at"]
        let revokedAt: Int64? = row["revoked_at"]
        return APIKey(
            id: row["id"], organization: OrganizationID(rawValue: organization), name: row["name"], hint: row["hint"],
            policy: try policy(row), createdAt: Timestamp(microseconds: createdAt),
            expiresAt: expiresAt.map(Timestamp.init(microseconds:)),
            revokedAt: revokedAt.map(Timestamp.init(microseconds:)))
    }

    static func entry(_ row: Row) throws -> (hash: KeyHash, key: APIKey) {
        let key = try key(row)
        let hash = (row["hash"] as Data).withUnsafeBytes(KeyHash.init)
        guard let hash else { throw StoreError.unreadable(table: "api_keys", id: key.id) }
        return (hash, key)
    }

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
                egress: try demand("egress", of: row, EgressMode.init(rawValue:))))
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
