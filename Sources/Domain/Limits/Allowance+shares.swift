import Synchronization

extension Allowance: SharedLimit {
    public var runsLow: Bool { state.withLock { $0.shares?.runsLow ?? false } }

    public func wasFilled() { state.withLock { $0.shares?.wasFilled() } }

    public var periods: [LimitPeriod] { state.withLock { $0.shares.map { Array($0.shares.keys) } ?? [] } }

    public func standing(in period: LimitPeriod, at now: Timestamp) -> ShareStanding {
        state.withLock { state in
            state.advance(to: now)
            let share = state.shares?.shares[period] ?? HeldShares.Share()
            return ShareStanding(
                held: share.held, left: share.held - share.used - state.busy(in: period), wanted: share.wanted)
        }
    }

    public func raise(_ period: LimitPeriod, by amount: Int128, low: Int128) {
        state.withLock { $0.shares?.raise(period, by: amount, low: low) }
    }

    public func lower(_ period: LimitPeriod, toLeave left: Int128, at now: Timestamp) -> Int128 {
        state.withLock { state in
            state.advance(to: now)
            let busy = state.busy(in: period)
            state.shares?.lower(period, toLeave: left, beside: busy)
            return state.shares?.shares[period]?.held ?? 0
        }
    }

    public func lose(_ period: LimitPeriod, but kept: Int128) { state.withLock { $0.shares?.lose(period, but: kept) } }

    public func forget(_ period: LimitPeriod) { state.withLock { $0.shares?.forget(period) } }
}

extension Allowance.State {
    /// What requests under way, or of the last minute, take besides what was used.
    func busy(in period: LimitPeriod) -> Int128 {
        switch period.limit {
        case .requestsPerMinute: Int128(requests.sum)
        case .tokensPerMinute: Int128(tokens.sum)
        case .dayBudget, .monthBudget, .totalBudget, .credits: spending.reserved.picodollars
        }
    }

    /// The first of the limits of which the node holds too little. All are asked, so that all are filled.
    mutating func share(struckBy demand: UsageDemand, within limits: KeyLimits, at now: Timestamp) -> Limit? {
        guard shares != nil else { return nil }
        let wanted: [(limit: Limit, isLimited: Bool, amount: Int128)] = [
            (.requestsPerMinute, limits.requestsPerMinute != nil, 1),
            (.tokensPerMinute, limits.tokensPerMinute != nil, Int128(demand.tokens)),
            (.totalBudget, limits.budget.total != nil, demand.charge.picodollars),
            (.monthBudget, limits.budget.month != nil, demand.charge.picodollars),
            (.dayBudget, limits.budget.day != nil, demand.charge.picodollars),
        ]
        let isPaceOver = paceTerm?.isOver(at: now) ?? false
        var struck: Limit?
        for (limit, isLimited, amount) in wanted where isLimited {
            let period = LimitPeriod(limit, on: now.date)
            let busy = busy(in: period)
            let isPace = !limit.isBudget
            let hasRoom = shares?.hasRoom(for: amount, beside: busy, in: period) ?? true
            if struck == nil, !hasRoom || (isPace && isPaceOver) { struck = limit }
        }
        return struck
    }
}
