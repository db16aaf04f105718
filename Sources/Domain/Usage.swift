/// What one request adds to the usage of its key, when its record is closed.
public struct UsageEntry: Hashable, Sendable {
    public let key: APIKey.ID
    /// The route that answered, or was tried last; nil where none was.
    public let route: Route.ID?
    public let outcome: CustodyRecord.Outcome
    public let tokens: TokenUsage
    public let cost: Money
    public let charge: Money

    public init(
        key: APIKey.ID, route: Route.ID?, outcome: CustodyRecord.Outcome, usage: TokenUsage? = nil,
        charge: Charge? = nil
    ) {
        self.key = key
        self.route = route
        self.outcome = outcome
        tokens = usage ?? TokenUsage(input: 0, output: 0)
        cost = charge?.cost ?? .zero
        self.charge = charge?.charge ?? .zero
    }
}

/// What was used in some time: the sum of its requests.
public struct UsageSum: Hashable, Sendable {
    public var requests = 0
    /// By outcome; none of them is open.
    public var outcomes: [CustodyRecord.Outcome: Int] = [:]
    public var tokens = TokenUsage(input: 0, output: 0)
    public var cost = Money.zero
    public var charge = Money.zero

    public init() {}

    public mutating func add(_ entry: UsageEntry) {
        requests += 1
        outcomes[entry.outcome, default: 0] += 1
        tokens = tokens.adding(entry.tokens)
        cost = cost + entry.cost
        charge = charge + entry.charge
    }

    public mutating func add(_ other: UsageSum) {
        requests += other.requests
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        tokens = tokens.adding(other.tokens)
        cost = cost + other.cost
        charge = charge + other.charge
    }
}

extension TokenUsage {
    /// Class by class. Sums stay within what a record may hold.
    func adding(_ other: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: input &+ other.input, cachedInput: cachedInput &+ other.cachedInput,
            cacheWrite: cacheWrite &+ other.cacheWrite, output: output &+ other.output,
            reasoning: reasoning &+ other.reasoning)
    }
}

/// What of the usage is asked for, and by what it is told apart.
public struct UsageQuery: Hashable, Sendable {
    /// What a row of the answer is about.
    public enum Dimension: String, CaseIterable, Sendable {
        case day, route, key
    }

    /// The first and the last day, in UTC.
    public var days: ClosedRange<CalendarDate>
    public var key: APIKey.ID?
    public var route: Route.ID?
    public var dimensions: Set<Dimension>

    public init(
        days: ClosedRange<CalendarDate>, key: APIKey.ID? = nil, route: Route.ID? = nil,
        dimensions: Set<Dimension> = [.day]
    ) {
        self.days = days
        self.key = key
        self.route = route
        self.dimensions = dimensions
    }
}

/// One row of an answer: the sum of what is alike in all dimensions that were asked for.
public struct UsageRow: Hashable, Sendable {
    /// Nil where it isn't told apart.
    public let day: CalendarDate?
    public let key: APIKey.ID?
    /// Empty for requests that no route was found for.
    public let route: Route.ID?
    public let sum: UsageSum

    public init(day: CalendarDate?, key: APIKey.ID?, route: Route.ID?, sum: UsageSum) {
        self.day = day
        self.key = key
        self.route = route
        self.sum = sum
    }
}

/// Port: what was used. It waits for the disk.
public protocol UsageReader: ExchangeRateBook {
    /// In the order of days, routes and keys, with every request that was closed before the call.
    func usage(_ query: UsageQuery, of organization: OrganizationID) throws -> [UsageRow]
}
