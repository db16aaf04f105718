extension APIKey {
    /// The key as an entry of the admin audit has it: with the names of the admin API, and without its secret.
    package var audited: AuditValue {
        [
            "name": .text(name),
            "hint": .text(hint),
            "tiers": AuditValue(policy.tiers.map(\.rawValue)),
            "routes": AuditValue(policy.routes.map(Array.init)),
            "allow_fallbacks": .flag(policy.allowsFallbacks),
            "commands": .flag(policy.allowsCommands),
            "pii_substitution": AuditValue(policy.substitution?.rawValue),
            "processing": AuditValue(policy.residency.processing?.description),
            "exposure": AuditValue(policy.residency.exposure?.description),
            "evidence": AuditValue(policy.residency.evidence?.rawValue),
            "egress": AuditValue(policy.residency.egress?.rawValue),
            "requests_per_minute": AuditValue(policy.limits.requestsPerMinute),
            "tokens_per_minute": AuditValue(policy.limits.tokensPerMinute),
            "budget": [
                "day_usd": AuditValue(policy.limits.budget.day?.description),
                "month_usd": AuditValue(policy.limits.budget.month?.description),
                "total_usd": AuditValue(policy.limits.budget.total?.description),
            ],
            "networks": AuditValue(policy.sourceNetworks?.map(\.description)),
            "expires_at": AuditValue(expiresAt?.description),
            "revoked_at": AuditValue(revokedAt?.description),
        ]
    }
}

extension AuditValue {
    /// The same with some members more.
    package func adding(_ members: [String: AuditValue]) -> AuditValue {
        guard case .members(let own) = self else { return self }
        return .members(own.merging(members) { _, new in new })
    }
}
