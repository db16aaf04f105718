import Domain

/// The keys of the store at one moment, read once for all event loops.
///
/// Few keys have a policy that no other has, so that each policy is read once too.
public struct KeyReading: Sendable {
    private var entries: [Entry] = []
    private var policies: [KeyPolicy] = []
    private let hasher: KeyHasher

    struct Entry: Sendable {
        let hash: KeyHash
        let id: APIKey.ID
        let organization: OrganizationID
        let name: String
        let hint: String
        let createdAt: Timestamp
        let expiresAt: Timestamp?
        let revokedAt: Timestamp?
        /// The number of its policy.
        let policy: Int
        let allowance: Allowance?
        let credits: Credits?
    }

    init(hasher: KeyHasher) { self.hasher = hasher }

    mutating func add(_ policy: KeyPolicy) -> Int {
        policies.append(policy)
        return policies.count - 1
    }

    mutating func add(_ entry: Entry) { entries.append(entry) }

    /// A table that shares no object with any other, but for what limits and credits have left: an event loop counts its
    /// own references only.
    public func table() -> KeyTable {
        let policies = policies.map { $0.copy() }
        let hashed = entries.map { ($0.hash, $0.key(under: policies[$0.policy])) }
        return KeyTable(hashed, hasher: hasher.copy())
    }
}

extension KeyReading.Entry {
    fileprivate func key(under policy: KeyPolicy) -> APIKey {
        APIKey(
            id: id.copy(), organization: OrganizationID(rawValue: organization.rawValue.copy()), name: name.copy(),
            hint: hint.copy(), policy: policy, createdAt: createdAt, expiresAt: expiresAt, revokedAt: revokedAt,
            allowance: allowance, credits: credits)
    }
}

extension KeyPolicy {
    fileprivate func copy() -> KeyPolicy {
        KeyPolicy(
            tiers: Set(Array(tiers)), routes: routes.map { Set($0.map { $0.copy() }) },
            allowsFallbacks: allowsFallbacks, allowsCommands: allowsCommands, substitution: substitution,
            residency: ResidencyDemand(
                processing: residency.processing.map { JurisdictionSet(Array($0.members)) },
                exposure: residency.exposure.map { JurisdictionSet(Array($0.members)) },
                evidence: residency.evidence, egress: residency.egress),
            limits: limits, sourceNetworks: sourceNetworks.map { Set(Array($0)) })
    }
}

extension String {
    /// The same text in memory of its own.
    fileprivate func copy() -> String {
        var text = self
        return text.withUTF8 { String(decoding: $0, as: UTF8.self) }
    }
}
