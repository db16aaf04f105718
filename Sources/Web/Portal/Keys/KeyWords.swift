import Domain

// What of a key is told on pages.

extension APIKey {
    /// Whether it opens anything, and if not, why.
    enum State: String {
        case active, expired, revoked

        var label: LocalizedText {
            switch self {
            case .active: LocalizedText(english: "active", french: "active")
            case .expired: LocalizedText(english: "expired", french: "expirée")
            case .revoked: LocalizedText(english: "revoked", french: "révoquée")
            }
        }

        var badge: String {
            switch self {
            case .active: "completed"
            case .expired: "cancelled"
            case .revoked: "refused"
            }
        }
    }

    func state(at now: Timestamp) -> State {
        if revokedAt != nil { return .revoked }
        return expiresAt.map { $0 <= now } ?? false ? .expired : .active
    }
}

extension APIKey.State {
    func html(in language: Language) -> HTML { .badge(badge, label[language]) }
}

extension KeyLimits {
    /// In a few words; nil where nothing is limited.
    func summary(in language: Language) -> String? {
        let day = budget.day.map { language.say("$\($0) a day", "\($0) $ par jour") }
        let month = budget.month.map { language.say("$\($0) a month", "\($0) $ par mois") }
        let total = budget.total.map { language.say("$\($0) in all", "\($0) $ en tout") }
        let requests = requestsPerMinute.map { language.say("\($0) requests/min", "\($0) requêtes/min") }
        let tokens = tokensPerMinute.map { language.say("\($0) tokens/min", "\($0) jetons/min") }
        let parts = [requests, tokens, day, month, total].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension Timestamp {
    /// To the minute, for people.
    var minuteText: String { "\(date) \(description.dropFirst(11).prefix(5)) UTC" }
}
