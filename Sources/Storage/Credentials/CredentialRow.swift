import Domain
import Foundation

/// A credential as a row of the table `provider_credentials`.
enum CredentialRow {
    static func insert(_ credential: ProviderCredential, _ sealed: SealedSecret, into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO provider_credentials
                    (id, organization, provider, name, kind, sealed, key_id, fingerprint, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                credential.id, credential.organization?.rawValue, credential.provider.rawValue, credential.name,
                credential.kind.rawValue, sealed.bytes, sealed.keyID, credential.fingerprint.text,
                credential.createdAt.microseconds,
            ])
    }

    static func inForce(_ id: ProviderCredential.ID, in database: Database) throws -> ProviderCredential? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM provider_credentials WHERE id = ? AND revoked_at IS NULL", arguments: [id]
        ).map { try credential($0) }
    }

    static func credential(_ row: Row) throws -> ProviderCredential {
        let id: String = row["id"]
        guard let kind = ProviderCredential.Kind(rawValue: row["kind"]),
            let fingerprint = CredentialFingerprint(row["fingerprint"])
        else { throw StoreError.unreadable(table: "provider_credentials", id: id) }
        let organization: String? = row["organization"]
        return ProviderCredential(
            id: id, organization: organization.map { OrganizationID(rawValue: $0) },
            provider: ProviderID(rawValue: row["provider"]), name: row["name"], kind: kind, fingerprint: fingerprint,
            createdAt: Timestamp(microseconds: row["created_at"]), replacedAt: time(row["replaced_at"]),
            revokedAt: time(row["revoked_at"]), lastUsedAt: time(row["last_used_at"]))
    }

    static func sealed(_ row: Row) throws -> SealedSecret {
        SealedSecret(keyID: row["key_id"], bytes: row["sealed"])
    }

    private static func time(_ microseconds: Int64?) -> Timestamp? { microseconds.map { Timestamp(microseconds: $0) } }
}
