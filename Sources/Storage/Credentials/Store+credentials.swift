public import Domain
import Foundation

/// A credential in force: opened, or the reason why it couldn't be.
public struct OpenedCredential: Sendable {
    public let credential: ProviderCredential
    public let secret: Result<CredentialSecret, CredentialUnopenable>
}

extension Store {
    /// Seals a credential and keeps it.
    ///
    /// - Throws: ``CredentialExists`` or ``StoreError``.
    public func addCredential(
        _ draft: ProviderCredentialDraft, sealedBy keys: MasterKeys, at now: Timestamp
    ) throws -> ProviderCredential {
        let credential = ProviderCredential(
            id: "cred_" + RandomText.base62(count: 16), organization: draft.organization, provider: draft.provider,
            name: draft.name, kind: draft.kind,
            fingerprint: keys.fingerprint(of: draft.secret, draft.kind, organization: draft.organization),
            createdAt: now)
        let sealed = try SealedSecret(draft.secret, of: SealedRow(credential), with: keys.current)
        try change { database, audit in
            let existing = try String.fetchOne(
                database,
                sql: """
                    SELECT id FROM provider_credentials
                    WHERE organization IS NOT DISTINCT FROM ? AND provider = ? AND revoked_at IS NULL
                    """, arguments: [draft.organization?.rawValue, draft.provider.rawValue])
            if let existing { throw CredentialExists(id: existing) }
            try CredentialRow.insert(credential, sealed, into: database)
            try audit.record(
                .credentialAdded, of: credential.id, in: credential.organization, to: credential.audited)
        }
        return credential
    }

    /// Every credential, also those that were revoked, oldest first.
    public func credentials() throws -> [ProviderCredential] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM provider_credentials ORDER BY created_at, id")
                .map { try CredentialRow.credential($0) }
        }
    }

    /// Those in force, with their secrets.
    public func openCredentials(_ keys: MasterKeys) throws -> [OpenedCredential] {
        let rows = try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM provider_credentials WHERE revoked_at IS NULL ORDER BY created_at, id"
            ).map { (try CredentialRow.credential($0), try CredentialRow.sealed($0)) }
        }
        return rows.map { credential, sealed in
            OpenedCredential(
                credential: credential,
                secret: Result { () throws(CredentialUnopenable) in
                    try sealed.open(of: SealedRow(credential), with: keys)
                })
        }
    }

    /// Gives a credential another secret of the same kind. The old one is gone.
    ///
    /// - Returns: nil when none in force has this id.
    public func rotateCredential(
        _ id: ProviderCredential.ID, to secret: CredentialSecret, sealedBy keys: MasterKeys, at now: Timestamp
    ) throws -> ProviderCredential? {
        let rotated: ProviderCredential? = try change { database, audit in
            guard let old = try CredentialRow.inForce(id, in: database) else { return nil }
            let new = ProviderCredential(
                id: id, organization: old.organization, provider: old.provider, name: old.name, kind: old.kind,
                fingerprint: keys.fingerprint(of: secret, old.kind, organization: old.organization),
                createdAt: old.createdAt, replacedAt: now, lastUsedAt: old.lastUsedAt)
            let sealed = try SealedSecret(secret, of: SealedRow(new), with: keys.current)
            try database.execute(
                sql: """
                    UPDATE provider_credentials SET sealed = ?, key_id = ?, fingerprint = ?, replaced_at = ?
                    WHERE id = ?
                    """,
                arguments: [sealed.bytes, sealed.keyID, new.fingerprint.text, now.microseconds, id])
            try audit.record(
                .credentialRotated, of: id, in: new.organization, from: old.audited, to: new.audited)
            return new
        }
        return rotated
    }

    /// Ends a credential for good, and forgets its secret.
    ///
    /// - Returns: nil when none has this id. One that was revoked before keeps its time.
    public func revokeCredential(_ id: ProviderCredential.ID, at now: Timestamp) throws -> ProviderCredential? {
        let revoked: ProviderCredential? = try change { database, audit in
            if let old = try CredentialRow.inForce(id, in: database) {
                try audit.record(.credentialRevoked, of: id, in: old.organization, from: old.audited)
            }
            return try Row.fetchOne(
                database,
                sql: """
                    UPDATE provider_credentials SET revoked_at = coalesce(revoked_at, ?), sealed = ?
                    WHERE id = ? RETURNING *
                    """,
                arguments: [now.microseconds, Data(), id]
            ).map { try CredentialRow.credential($0) }
        }
        return revoked
    }

    /// Seals everything anew with the master key in force. Fingerprints stay, so that records go on telling which
    /// credential it was.
    ///
    /// - Returns: how many were sealed with another one.
    /// - Throws: ``CredentialUnopenable``, and nothing has changed; ``StoreError``.
    public func rekeyCredentials(_ keys: MasterKeys) throws -> Int {
        let count = try change { database, audit in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM provider_credentials WHERE revoked_at IS NULL AND key_id <> ?",
                arguments: [keys.current.id])
            for row in rows {
                let credential = SealedRow(try CredentialRow.credential(row))
                let secret = try CredentialRow.sealed(row).open(of: credential, with: keys)
                let sealed = try SealedSecret(secret, of: credential, with: keys.current)
                try database.execute(
                    sql: "UPDATE provider_credentials SET sealed = ?, key_id = ? WHERE id = ?",
                    arguments: [sealed.bytes, sealed.keyID, credential.id])
            }
            if !rows.isEmpty {
                try audit.record(.credentialsResealed, of: keys.current.id, in: nil, to: ["count": .number(rows.count)])
            }
            return rows.count
        }
        return count
    }

    /// Notes when credentials were last used. It may be lost when the power fails.
    public func noteCredentialUses(_ uses: [ProviderCredential.ID: Timestamp]) throws {
        guard !uses.isEmpty else { return }
        try writeUnsynced { database in
            for (id, time) in uses {
                try database.execute(
                    sql: """
                        UPDATE provider_credentials SET last_used_at = ?1 WHERE id = ?2 AND coalesce(last_used_at, 0) < ?1
                        """,
                    arguments: [time.microseconds, id])
            }
        }
    }
}

extension ProviderCredential {
    /// What the admin audit tells of it; a fingerprint says nothing of the secret.
    fileprivate var audited: AuditValue {
        [
            "provider": .text(provider.rawValue), "name": .text(name), "kind": .text(kind.rawValue),
            "fingerprint": .text(fingerprint.text),
        ]
    }
}

extension MasterKeys {
    func fingerprint(
        of secret: CredentialSecret, _ kind: ProviderCredential.Kind, organization: OrganizationID?
    ) -> CredentialFingerprint {
        let values = secret.values.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        return current.fingerprint(of: [kind.rawValue] + values, organization: organization)
    }
}
