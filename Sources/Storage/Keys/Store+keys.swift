public import Domain
import Foundation

extension Store {
    /// Makes a key. Its secret is in the result and nowhere else: show it once.
    ///
    /// - Throws: ``StoreError``; ``KeyHashSecretUnusable`` when the existing keys were hashed with another secret.
    public func createKey(
        name: String, organization: OrganizationID, policy: KeyPolicy, environment: KeyEnvironment,
        expiresAt: Timestamp? = nil, hashedBy hasher: KeyHasher, at now: Timestamp
    ) throws -> (key: APIKey, secret: APIKeySecret) {
        let secret = APIKeySecret.random(for: environment)
        let key = APIKey(
            id: "key_" + RandomText.base62(count: 16), organization: organization, name: name, hint: secret.hint,
            policy: policy, createdAt: now, expiresAt: expiresAt)
        try change { database, audit in
            if try !confirm(hasher, in: database) {
                try database.execute(
                    sql: "INSERT INTO key_hasher (fingerprint) VALUES (?)", arguments: [hasher.fingerprint])
            }
            try KeyRow.insert(key, hash: hasher.hash(secret.text)?.data, into: database)
            let made = key.audited.adding(["secret": try audit.digest(secret.text)])
            try audit.record(.keyCreated, of: key.id, in: organization, to: made)
        }
        return (key, secret)
    }

    /// Every key, also those that are revoked or expired, oldest first.
    ///
    /// - Parameter organization: whose; nil for everyone's.
    public func keys(of organization: OrganizationID?) throws -> [APIKey] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM api_keys WHERE organization = ?1 OR ?1 IS NULL ORDER BY created_at, id",
                arguments: [organization?.rawValue]
            ).map { try KeyRow.key($0) }
        }
    }

    /// Ends a key for good. A key that was revoked before keeps its time.
    ///
    /// - Parameter idOrHint: the key's id, or the beginning of its secret as lists show it.
    /// - Throws: ``KeyNotFound``, ``KeyHintAmbiguous`` or ``StoreError``.
    public func revokeKey(_ idOrHint: String, at now: Timestamp) throws -> APIKey {
        let key = try change { database, audit in
            let ids = try String.fetchAll(
                database, sql: "SELECT id FROM api_keys WHERE id = ?1 OR hint = ?1 ORDER BY id", arguments: [idOrHint])
            guard let id = ids.first else { throw KeyNotFound(name: APIKeySecret.hint(of: idOrHint)) }
            guard ids.count == 1 else { throw KeyHintAmbiguous(hint: idOrHint, ids: ids) }
            let before = try Self.key(id, in: database)
            let row = try Row.fetchOne(
                database,
                sql: "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? RETURNING *",
                arguments: [now.microseconds, id])
            guard let row, let before else { throw KeyNotFound(name: id) }
            let key = try KeyRow.key(row)
            try audit.record(.keyRevoked, of: key, before: before)
            return key
        }
        return key
    }

    /// Changes a key's name, policy or end. One that was revoked stays so.
    ///
    /// - Parameter change: makes of the key what it is to be; its id, organization and hint stay.
    /// - Returns: nil when no key has this id.
    /// - Throws: ``StoreError``, and what `change` throws.
    public func updateKey(_ id: APIKey.ID, _ change: (APIKey) throws -> APIKey) throws -> APIKey? {
        let key: APIKey? = try self.change { database, audit in
            guard let before = try Self.key(id, in: database) else { return nil }
            try KeyRow.update(try change(before), in: database)
            let key = try Self.key(id, in: database)
            if let key { try audit.record(.keyChanged, of: key, before: before) }
            return key
        }
        return key
    }

    /// Gives a key another secret, which is in the result and nowhere else.
    ///
    /// - Parameter end: until when the secret that it had is as good.
    /// - Returns: nil when no key has this id, or it was revoked.
    /// - Throws: ``StoreError``; ``KeyHashSecretUnusable`` when the keys were hashed with another secret.
    public func rotateKey(
        _ id: APIKey.ID, environment: KeyEnvironment?, oldSecretUntil end: Timestamp, hashedBy hasher: KeyHasher
    ) throws -> (key: APIKey, secret: APIKeySecret)? {
        let rotated: (APIKey, APIKeySecret)? = try change { database, audit in
            guard let key = try Self.key(id, in: database), key.revokedAt == nil else { return nil }
            _ = try confirm(hasher, in: database)
            let usual = key.hint.hasPrefix(KeyEnvironment.test.prefix) ? KeyEnvironment.test : .live
            let secret = APIKeySecret.random(for: environment ?? usual)
            try database.execute(
                sql: """
                    INSERT INTO replaced_key_secrets (hash, key, hint, expires_at)
                    SELECT hash, id, hint, ? FROM api_keys WHERE id = ?
                    """,
                arguments: [end.microseconds, id])
            try database.execute(
                sql: "UPDATE api_keys SET hash = ?, hint = ? WHERE id = ?",
                arguments: [hasher.hash(secret.text)?.data, secret.hint, id])
            try audit.record(
                .keyRotated, of: id, in: key.organization, from: ["hint": .text(key.hint)],
                to: [
                    "hint": .text(secret.hint), "secret": try audit.digest(secret.text),
                    "old_secret_until": .text(end.description),
                ])
            return try Self.key(id, in: database).map { ($0, secret) }
        }
        return rotated
    }

    static func key(_ id: APIKey.ID, in database: Database) throws -> APIKey? {
        try Row.fetchOne(database, sql: "SELECT * FROM api_keys WHERE id = ?", arguments: [id]).map {
            try KeyRow.key($0)
        }
    }

    /// The keys as they are now, for one event loop: it shares no object with any other table, but for what their limits
    /// and their organizations' credits have left.
    ///
    /// - Parameter now: what was charged today and this month is counted by it, the first time that a key has limits.
    /// - Throws: ``StoreError``; ``KeyHashSecretUnusable`` when the keys were hashed with another secret.
    public func keyDirectory(hasher: KeyHasher, at now: Timestamp) throws -> KeyTable {
        try readKeys(hasher: hasher, at: now).table()
    }

    /// The same, for event loops that each make a table of it.
    ///
    /// - Throws: ``StoreError``; ``KeyHashSecretUnusable`` when the keys were hashed with another secret.
    public func readKeys(hasher: KeyHasher, at now: Timestamp) throws -> KeyReading {
        let isSharing = sharing != nil
        return try creditAccounts.withLock { accounts in
            try read { database in
                _ = try confirm(hasher, in: database)
                let organizations = try Set(
                    String.fetchAll(database, sql: "SELECT DISTINCT organization FROM api_keys"))
                let credits = try accounts.refresh(organizations, isShared: isSharing, from: database)
                return try keys(hasher, in: database, credits, at: now)
            }
        }
    }

    private func keys(
        _ hasher: KeyHasher, in database: Database, _ credits: [OrganizationID: Credits], at now: Timestamp
    ) throws -> KeyReading {
        var reading = KeyReading(hasher: hasher)
        let sharing = self.sharing
        var policies: [[UInt8]: (number: Int, limits: KeyLimits)] = [:]
        let rows = try Row.fetchCursor(database, sql: KeyRow.secrets)
        while let row = try rows.next() {
            let secret = try KeyRow.Secret(row)
            var policy = policies[secret.policyText]
            if policy == nil {
                let read = try KeyRow.policy(row)
                policy = (reading.add(read), read.limits)
                policies[secret.policyText] = policy
            }
            let allowance = try policy.flatMap { policy in
                try policy.limits.isEmpty
                    ? nil
                    : allowances.allowance(of: secret.id, policy.limits, sharing: sharing) {
                        try database.spending(of: secret.id, at: now)
                    }
            }
            reading.add(
                KeyReading.Entry(
                    hash: secret.hash, id: secret.id, organization: secret.organization, name: secret.name,
                    hint: secret.hint, createdAt: secret.createdAt, expiresAt: secret.expiresAt,
                    revokedAt: secret.revokedAt, policy: policy?.number ?? 0, allowance: allowance,
                    credits: credits[secret.organization]))
        }
        return reading
    }

    /// Differs from the last time when something that the admin audit tells of has changed since: keys, credentials,
    /// credits, by whichever process of whichever node. Cheap enough to ask every second.
    ///
    /// - Throws: ``StoreError``.
    public func changeCounter() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT admin_entries FROM log_state") ?? 0 }
    }

    /// A lost or exchanged secret would make every key unknown without a word, so the first key leaves a fingerprint.
    ///
    /// - Returns: false when there is none yet.
    private func confirm(_ hasher: KeyHasher, in database: Database) throws -> Bool {
        guard let known = try Data.fetchOne(database, sql: "SELECT fingerprint FROM key_hasher") else { return false }
        guard known == hasher.fingerprint else {
            let file = directory + "/" + KeyHasher.fileName
            throw KeyHashSecretUnusable(path: file, reason: "is not the one that the keys were hashed with")
        }
        return true
    }
}

extension ChangeRecorder {
    /// What has changed nothing isn't told of.
    fileprivate func record(_ action: AdminAction, of key: APIKey, before: APIKey) throws {
        guard key.audited != before.audited else { return }
        try record(action, of: key.id, in: key.organization, from: before.audited, to: key.audited)
    }
}

/// No key has this id or hint.
public struct KeyNotFound: Error, Sendable, CustomStringConvertible {
    /// What was looked for; cut short where it looks like a secret.
    public let name: String

    /// What to do next.
    public var hint: String { "'northern keys list' shows the ids and hints of all keys." }

    public var description: String { "No key has the id or hint '\(name)'. \(hint)" }
}

/// Several keys have this hint.
public struct KeyHintAmbiguous: Error, Sendable, CustomStringConvertible {
    public let hint: String
    public let ids: [APIKey.ID]

    public var description: String {
        "Several keys begin with '\(hint)'. Name one by its id: \(ids.joined(separator: ", "))."
    }
}
