import Synchronization

/// What a key has left of its limits. One for each key that has any, shared by all event loops.
///
/// A request reserves the most that it may use before it is sent, and settles for what it has used: however many there are
/// at a time, they never use more together than the limits allow. The lock is held for some hundred nanoseconds.
public final class Allowance: Sendable {
    struct State {
        var requests = MinuteWindow()
        var tokens = MinuteWindow()
        var spending: Spending
        /// Nil where the node has its store for itself, and so each limit whole.
        var shares: HeldShares?
        var paceTerm: PaceTerm?
    }

    let state: Mutex<State>

    /// - Parameter spending: what was charged so far.
    public init(_ spending: Spending) { state = Mutex(State(spending: spending)) }

    /// One whose limits the node shares with others. It holds nothing of them yet.
    ///
    /// - Parameter term: of the shares of what may be used in a minute.
    public init(sharing spending: Spending, term: PaceTerm) {
        state = Mutex(State(spending: spending, shares: HeldShares(), paceTerm: term))
    }

    /// What was charged so far, and what is reserved.
    public var spending: Spending { state.withLock { $0.spending } }

    /// Reserves what a request may use, or nothing where a limit has no room for it.
    ///
    /// - Throws: the limit that struck.
    public func reserve(
        _ demand: UsageDemand, within limits: KeyLimits, at now: Timestamp
    ) throws(LimitStruck) -> Reservation {
        let result: Result<Reservation, LimitStruck> = state.withLock { state in
            state.advance(to: now)
            if let struck = state.obstacle(to: demand, within: limits, at: now) { return .failure(struck) }
            if let limit = state.share(struckBy: demand, within: limits, at: now) {
                let standing = state.standing(within: limits)
                return .failure(LimitStruck(limit: limit, retryAfter: 1, standing: standing, isShare: true))
            }
            let requestSecond = state.requests.add(1)
            let tokenSecond = state.tokens.add(demand.tokens)
            state.spending.reserve(demand.charge)
            return .success(
                Reservation(
                    demand: demand, requestSecond: requestSecond, tokenSecond: tokenSecond, day: now.date,
                    standing: state.standing(within: limits)))
        }
        return try result.get()
    }

    /// Gives back what a reservation holds beyond what was used.
    ///
    /// - Parameter charge: zero where nothing is charged.
    public func settle(_ reservation: Reservation, tokens: Int, charge: Money, at now: Timestamp) {
        state.withLock { state in
            state.advance(to: now)
            state.tokens.correct(by: max(0, tokens) - reservation.demand.tokens, at: reservation.tokenSecond)
            state.spending.settle(charge, reserved: reservation.demand.charge, on: reservation.day)
            guard state.shares != nil, charge != .zero else { return }
            for budget in [Limit.dayBudget, .monthBudget, .totalBudget] {
                state.shares?.use(charge.picodollars, in: LimitPeriod(budget, on: reservation.day))
            }
        }
    }
}

extension Allowance.State {
    mutating func advance(to now: Timestamp) {
        requests.advance(to: now.seconds)
        tokens.advance(to: now.seconds)
        spending.advance(to: now.date)
    }

    fileprivate func obstacle(to demand: UsageDemand, within limits: KeyLimits, at now: Timestamp) -> LimitStruck? {
        if let most = limits.requestsPerMinute, requests.sum >= most {
            return struck(.requestsPerMinute, after: requests.wait(for: 1, under: most), within: limits)
        }
        if let most = limits.tokensPerMinute, demand.tokens > most - tokens.sum {
            return struck(.tokensPerMinute, after: tokens.wait(for: demand.tokens, under: most), within: limits)
        }
        guard let budget = spending.limit(struckBy: demand.charge, within: limits.budget) else { return nil }
        return struck(budget, after: seconds(until: budget, from: now), within: limits)
    }

    private func struck(_ limit: Limit, after wait: Int64?, within limits: KeyLimits) -> LimitStruck {
        LimitStruck(limit: limit, retryAfter: wait.map { max(1, $0) }, standing: standing(within: limits))
    }

    /// Until the budget begins anew; nil for one that never does.
    private func seconds(until budget: Limit, from now: Timestamp) -> Int64? {
        let next: CalendarDate? =
            switch budget {
            case .dayBudget: now.date.adding(days: 1)
            case .monthBudget: now.date.nextMonthStart
            case .totalBudget, .requestsPerMinute, .tokensPerMinute, .credits: nil
            }
        return next.map { $0.daysSince1970 * 86_400 - now.seconds }
    }

    fileprivate func standing(within limits: KeyLimits) -> LimitStanding {
        LimitStanding(
            requests: limits.requestsPerMinute.map { Self.pace($0, requests) },
            tokens: limits.tokensPerMinute.map { Self.pace($0, tokens) })
    }

    private static func pace(_ limit: Int, _ window: MinuteWindow) -> LimitStanding.Pace {
        LimitStanding.Pace(limit: limit, remaining: max(0, limit - window.sum), resetAfter: window.emptyAfter)
    }
}

/// The most that a request may use.
public struct UsageDemand: Hashable, Sendable {
    public let tokens: Int
    public let charge: Money

    public init(tokens: Int, charge: Money) {
        self.tokens = tokens
        self.charge = charge
    }
}

/// What a request under way holds of its key's limits. To be settled once.
public struct Reservation: Hashable, Sendable {
    let demand: UsageDemand
    let requestSecond: Int64
    let tokenSecond: Int64
    let day: CalendarDate
    /// How the key stood right after it.
    public let standing: LimitStanding
}

/// How a key stands in the current minute.
public struct LimitStanding: Hashable, Sendable {
    public struct Pace: Hashable, Sendable {
        public let limit: Int
        public let remaining: Int
        /// Seconds until nothing of the limit is used.
        public let resetAfter: Int64
    }

    /// Nil where there is no such limit.
    public let requests: Pace?
    public let tokens: Pace?
}

/// A limit that has no room for a request.
public struct LimitStruck: Error, Hashable, Sendable {
    public let limit: Limit
    /// Seconds until it has; nil where it never will: the request alone is too much, or the budget doesn't begin anew.
    public let retryAfter: Int64?
    public let standing: LimitStanding
    /// The limit itself may have room, but the node holds too little of it.
    public var isShare = false
}
