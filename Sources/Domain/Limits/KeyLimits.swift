/// What a key may use in a minute, and what it may spend.
public struct KeyLimits: Hashable, Sendable {
    /// Requests within any 60 seconds; nil: as many as come.
    public var requestsPerMinute: Int?
    /// Tokens within any 60 seconds, of all classes together; nil: as many as come.
    public var tokensPerMinute: Int?
    /// What its requests may be charged.
    public var budget: Budget

    public init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, budget: Budget = Budget()) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.budget = budget
    }

    /// Whether nothing is limited.
    public var isEmpty: Bool { requestsPerMinute == nil && tokensPerMinute == nil && budget.isEmpty }
}

/// What a key's requests may be charged, by period. Days and months are those of UTC, and a request counts on the day that
/// it began on. Nil: any amount.
public struct Budget: Hashable, Sendable {
    public var day: Money?
    public var month: Money?
    /// Since the key was made.
    public var total: Money?

    public init(day: Money? = nil, month: Money? = nil, total: Money? = nil) {
        self.day = day
        self.month = month
        self.total = total
    }

    public var isEmpty: Bool { day == nil && month == nil && total == nil }
}

extension KeyLimits {
    /// For the text of a policy: nothing where nothing is limited.
    var canonicalText: String {
        let parts: [(name: String, value: String?)] = [
            ("rpm", requestsPerMinute.map(String.init)), ("tpm", tokensPerMinute.map(String.init)),
            ("budget_day", budget.day?.description), ("budget_month", budget.month?.description),
            ("budget_total", budget.total?.description),
        ]
        return parts.map { name, value in value.map { ";\(name)=\($0)" } ?? "" }.joined()
    }
}

/// One of a key's limits, or its organization's, by the name that callers are told.
public enum Limit: String, CaseIterable, Sendable {
    case requestsPerMinute = "requests_per_minute"
    case tokensPerMinute = "tokens_per_minute"
    case dayBudget = "budget_day"
    case monthBudget = "budget_month"
    case totalBudget = "budget_total"
    /// What the organization has paid in advance.
    case credits

    /// Whether it is about money, and not about the pace.
    public var isBudget: Bool {
        switch self {
        case .requestsPerMinute, .tokensPerMinute, .credits: false
        case .dayBudget, .monthBudget, .totalBudget: true
        }
    }
}
