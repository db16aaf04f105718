import Domain
import Wire

extension APIKey {
    /// The key as the admin API shows it: everything but its secret.
    var json: JSONObject {
        [
            "id": .string(id),
            "name": .string(name),
            "hint": .string(hint),
            "organization": .string(organization.rawValue),
            "tiers": .array(Tier.allCases.filter(policy.tiers.contains).map { .string($0.rawValue) }),
            "routes": policy.routes.map { .array($0.sorted().map { .string($0) }) } ?? .null,
            "allow_fallbacks": .bool(policy.allowsFallbacks),
            "commands": .bool(policy.allowsCommands),
            "pii_substitution": policy.substitution.map(Self.json) ?? .null,
            "processing": policy.residency.processing.map(Self.codes) ?? .null,
            "exposure": policy.residency.exposure.map(Self.codes) ?? .null,
            "evidence": policy.residency.evidence.map { .string($0.rawValue) } ?? .null,
            "egress": policy.residency.egress.map { .string($0.rawValue) } ?? .null,
            "requests_per_minute": policy.limits.requestsPerMinute.map { JSON($0) } ?? .null,
            "tokens_per_minute": policy.limits.tokensPerMinute.map { JSON($0) } ?? .null,
            "budget": policy.limits.budget.isEmpty ? .null : .object(policy.limits.budget.json),
            "networks": policy.sourceNetworks.map { .array($0.map(\.description).sorted().map { .string($0) }) }
                ?? .null,
            "created_at": .string(createdAt.description),
            "expires_at": expiresAt.map { .string($0.description) } ?? .null,
            "revoked_at": revokedAt.map { .string($0.description) } ?? .null,
        ]
    }

    private static func json(_ demand: SubstitutionDemand) -> JSON {
        switch demand {
        case .off: false
        case .on: true
        case .required: "required"
        }
    }

    private static func codes(_ places: JurisdictionSet) -> JSON {
        .array(places.members.sorted().map { .string($0.code) })
    }
}
