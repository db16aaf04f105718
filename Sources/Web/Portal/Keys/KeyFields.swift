import Domain
import Wire

/// What a form says of a key, by the names of the admin API: filled in from a key, or by who sent it.
struct KeyFields {
    private var values: [String: String] = [:]

    static let texts = [
        "name", "routes", "processing", "exposure", "networks", "expires_at", "requests_per_minute",
        "tokens_per_minute",
        "day_usd", "month_usd", "total_usd", "pii_substitution", "evidence", "egress", "environment",
    ]
    static let checks = ["allow_fallbacks", "commands"]

    subscript(_ name: String) -> String { values[name] ?? "" }
    func has(_ name: String) -> Bool { values[name] == "yes" }

    /// As a new key is where nothing is said.
    static let usual = KeyFields(
        values: [
            "allow_fallbacks": "yes", "environment": KeyDraft.Environment.live.rawValue,
        ].merging(Tier.allCases.map { (check($0), "yes") }) { $1 })

    private init(values: [String: String]) { self.values = values }

    init(_ form: FormBody) {
        for name in Self.texts + Self.checks + Tier.allCases.map(Self.check) { values[name] = form[name] }
    }

    init(_ key: APIKey) {
        let policy = key.policy
        values = [
            "name": key.name, "routes": policy.routes.map { $0.sorted().joined(separator: "\n") } ?? "",
            "allow_fallbacks": policy.allowsFallbacks ? "yes" : "", "commands": policy.allowsCommands ? "yes" : "",
            "pii_substitution": policy.substitution?.rawValue ?? "",
            "processing": Self.text(policy.residency.processing), "exposure": Self.text(policy.residency.exposure),
            "evidence": policy.residency.evidence?.rawValue ?? "", "egress": policy.residency.egress?.rawValue ?? "",
            "networks": policy.sourceNetworks.map { $0.map(\.description).sorted().joined(separator: "\n") } ?? "",
            "expires_at": key.expiresAt?.description ?? "",
        ]
        let limits = policy.limits
        values["requests_per_minute"] = limits.requestsPerMinute.map(String.init)
        values["tokens_per_minute"] = limits.tokensPerMinute.map(String.init)
        values["day_usd"] = limits.budget.day?.description
        values["month_usd"] = limits.budget.month?.description
        values["total_usd"] = limits.budget.total?.description
        for tier in policy.tiers { values[Self.check(tier)] = "yes" }
    }

    static func check(_ tier: Tier) -> String { "tier_\(tier.rawValue)" }

    private static func text(_ places: JurisdictionSet?) -> String {
        places.map { $0.members.sorted().map(\.code).joined(separator: ", ") } ?? ""
    }
}

extension KeyFields {
    /// The body that the admin API takes for the same, so that it is read and refused by one piece of code.
    ///
    /// - Parameter key: what it changes; nil: a new one.
    func body(changing key: APIKey? = nil) -> JSON {
        var body: JSONObject = ["name": .string(self["name"])]
        body["tiers"] = .array(Tier.allCases.filter { has(Self.check($0)) }.map { .string($0.rawValue) })
        for name in ["routes", "networks", "processing", "exposure"] { body[name] = list(name) }
        for name in ["evidence", "egress"] { body[name] = self[name].isEmpty ? .null : .string(self[name]) }
        for name in Self.checks { body[name] = .bool(has(name)) }
        for name in ["requests_per_minute", "tokens_per_minute"] { body[name] = count(name) }
        body["budget"] = budget
        body["pii_substitution"] = substitution
        if self["expires_at"] != key?.expiresAt?.description { body["expires_at"] = text("expires_at") }
        if key == nil { body["environment"] = text("environment") }
        return .object(body)
    }

    private func text(_ name: String) -> JSON { self[name].isEmpty ? .null : .string(self[name]) }

    private func count(_ name: String) -> JSON {
        self[name].isEmpty ? .null : Int(self[name]).map { JSON($0) } ?? .string(self[name])
    }

    /// With commas, spaces or lines between what it names.
    private func list(_ name: String) -> JSON {
        let parts = self[name].split { $0 == "," || $0.isWhitespace }
        return parts.isEmpty ? .null : .array(parts.map { .string(String($0)) })
    }

    private var budget: JSON {
        var budget: JSONObject = [:]
        for name in ["day_usd", "month_usd", "total_usd"] where !self[name].isEmpty {
            // French writes a comma.
            budget[name] = .string(self[name].replacing(",", with: "."))
        }
        return budget.members.isEmpty ? .null : .object(budget)
    }

    private var substitution: JSON {
        switch self["pii_substitution"] {
        case "": .null
        case "off": .bool(false)
        case "on": .bool(true)
        case let other: .string(other)
        }
    }
}
