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
            "created_at": .string(createdAt.description),
            "expires_at": expiresAt.map { .string($0.description) } ?? .null,
            "revoked_at": revokedAt.map { .string($0.description) } ?? .null,
        ]
    }
}
