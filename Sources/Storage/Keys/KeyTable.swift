public import Domain

/// The keys of the store at one moment, found by the hash of their secret.
///
/// A class, so that handing it on copies a reference. It never changes: ask the store for another one.
public final class KeyTable: KeyDirectory {
    private let entries: [KeyHash.Bucket: (hash: KeyHash, key: APIKey)]
    private let hasher: KeyHasher

    init(_ entries: [(hash: KeyHash, key: APIKey)], hasher: KeyHasher) {
        self.entries = Dictionary(entries.map { ($0.hash.bucket, $0) }) { first, _ in first }
        self.hasher = hasher
    }

    /// How many keys there are, also those no longer in force.
    public var count: Int { entries.count }

    public func key(for secret: APIKeySecret, at now: Timestamp) -> KeyLookup {
        guard let hash = hasher.hash(secret.text), let entry = entries[hash.bucket],
            entry.hash.equalsInConstantTime(hash)
        else { return .unknown }
        let key = entry.key
        if key.revokedAt != nil { return .revoked(key) }
        if let expiresAt = key.expiresAt, expiresAt <= now { return .expired(key) }
        return .found(key)
    }
}
