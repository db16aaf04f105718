import Synchronization

/// One limit of a key, or an organization's credits, in one period.
public struct LimitPeriod: Hashable, Sendable {
    public let limit: Limit
    /// Its first day, since 1970; 0 where it has none.
    public let start: Int64

    public init(_ limit: Limit, start: Int64 = 0) {
        self.limit = limit
        self.start = start
    }

    /// The one that a limit is in on a day.
    public init(_ limit: Limit, on day: CalendarDate) {
        self.limit = limit
        start =
            switch limit {
            case .dayBudget: day.daysSince1970
            case .monthBudget: day.monthStart.daysSince1970
            case .requestsPerMinute, .tokensPerMinute, .totalBudget, .credits: 0
            }
    }
}

/// What a node holds of limits that it shares with other nodes: it serves that and no more. In requests, tokens or
/// pico-dollars.
///
/// What was held and what was used only grow, apart from what is given back, so that nobody has to know which of it the
/// store has seen.
struct HeldShares: Sendable {
    struct Share: Sendable {
        var held: Int128 = 0
        /// Of money: what was charged since the node has had a share of it.
        var used: Int128 = 0
        /// The most that a request has asked for in vain since the last refill.
        var wanted: Int128 = 0
        /// With less than this left there is to be more.
        var low: Int128 = 0
    }

    private(set) var shares: [LimitPeriod: Share] = [:]
    /// More is to be had, and soon.
    private(set) var runsLow = false

    /// Whether there is room for an amount.
    ///
    /// - Parameter busy: what requests under way, or of the last minute, take of it besides.
    mutating func hasRoom(for amount: Int128, beside busy: Int128, in period: LimitPeriod) -> Bool {
        let share = shares[period] ?? Share()
        let left = share.held - share.used - busy
        if amount > left {
            shares[period, default: Share()].wanted = max(share.wanted, amount)
            runsLow = true
            return false
        }
        if left - amount < share.low || share.wanted > 0 {
            runsLow = runsLow || left - amount < share.low
            shares[period]?.low = 0
            shares[period]?.wanted = 0
        }
        return true
    }

    mutating func use(_ amount: Int128, in period: LimitPeriod) { shares[period, default: Share()].used += amount }

    mutating func raise(_ period: LimitPeriod, by amount: Int128, low: Int128) {
        shares[period, default: Share()].held += amount
        shares[period]?.low = low
        if amount > 0 { shares[period]?.wanted = 0 }
    }

    /// Gives back down to an amount, as far as it isn't used or busy.
    mutating func lower(_ period: LimitPeriod, toLeave left: Int128, beside busy: Int128) {
        guard let share = shares[period] else { return }
        shares[period]?.held = min(share.held, max(share.used + busy, share.used + busy + left))
    }

    /// It is no longer held at all, whatever is busy.
    mutating func lose(_ period: LimitPeriod, but kept: Int128) {
        guard let share = shares[period] else { return }
        shares[period]?.held = min(share.held, kept)
    }

    mutating func forget(_ period: LimitPeriod) { shares[period] = nil }

    mutating func wasFilled() { runsLow = false }
}

/// A share as whoever fills it sees it.
public struct ShareStanding: Sendable {
    public let held: Int128
    public let left: Int128
    public let wanted: Int128
}

/// Something that nodes share: a key's limits, or an organization's credits.
public protocol SharedLimit: Sendable {
    /// Whether it is to be filled before its time.
    var runsLow: Bool { get }
    /// What the node holds in a period; nothing where it never had a share.
    func standing(in period: LimitPeriod, at now: Timestamp) -> ShareStanding
    func raise(_ period: LimitPeriod, by amount: Int128, low: Int128)
    /// - Returns: what is held afterwards.
    func lower(_ period: LimitPeriod, toLeave left: Int128, at now: Timestamp) -> Int128
    func lose(_ period: LimitPeriod, but kept: Int128)
    /// The periods that it holds something in.
    var periods: [LimitPeriod] { get }
    func forget(_ period: LimitPeriod)
    func wasFilled()
}

/// Until when shares of what may be used in a minute are the node's. Whoever can't renew that may have lost them to others.
///
/// Shares of money are no node's to lose: what a node holds of them counts as spent until the node says otherwise.
public final class PaceTerm: Sendable {
    private let end: Atomic<Int64>

    public init() { end = Atomic(.min) }

    public func extend(to time: Timestamp) { end.store(time.microseconds, ordering: .relaxed) }

    public func isOver(at now: Timestamp) -> Bool { now.microseconds > end.load(ordering: .relaxed) }
}
