import Synchronization

/// What an organization has left of what it has paid in advance. One for each organization, shared by all event loops.
///
/// An organization that pays afterwards has one, too: what it is charged is counted, so that the balance is right from the
/// moment on at which it begins to pay in advance, with requests under way that no store has seen yet.
public final class Credits: Sendable {
    /// What an organization has, as the store knows it.
    public struct Funds: Hashable, Sendable {
        /// The sum of its entries.
        public let entries: Money
        /// What it was charged before the day of its first entry: that was paid otherwise.
        public let chargedBefore: Money

        public init(entries: Money, chargedBefore: Money) {
            self.entries = entries
            self.chargedBefore = chargedBefore
        }
    }

    struct State {
        /// Nil as long as it has no entry.
        var funds: Funds?
        var charged: Money
        var reserved = Money.zero
        /// Nil where the node has its store for itself.
        var shares: HeldShares?

        var balance: Money? { funds.map { $0.entries - (charged - $0.chargedBefore) } }
    }

    let state: Mutex<State>
    /// The same as whether there are funds, for those who would wait for the lock in vain.
    private let hasFunds = Atomic<Bool>(false)

    /// - Parameter charged: what the organization was charged until now, in all.
    /// - Parameter isShared: whether other nodes spend of them, too. Nothing is held of them yet then.
    public init(charged: Money, isShared: Bool = false) {
        state = Mutex(State(charged: charged, shares: isShared ? HeldShares() : nil))
    }

    /// Whether it pays in advance.
    public var isPrepaid: Bool { hasFunds.load(ordering: .relaxed) }

    /// What is left, requests under way not counted; nil where it pays afterwards.
    public var balance: Money? { state.withLock(\.balance) }

    /// What requests under way are charged at the most.
    public var reserved: Money { state.withLock(\.reserved) }

    /// Takes over what the store knows now.
    public func set(_ funds: Funds?) {
        state.withLock { $0.funds = funds }
        hasFunds.store(funds != nil, ordering: .relaxed)
    }

    /// Reserves what a request may come to, or nothing where less than that is left.
    ///
    /// - Returns: false where less is left.
    public func reserve(_ amount: Money) -> Bool {
        state.withLock { state in
            if let balance = state.balance {
                if state.reserved + amount > balance { return false }
                let busy = state.reserved.picodollars
                let hasRoom = state.shares?.hasRoom(for: amount.picodollars, beside: busy, in: Self.period)
                if hasRoom == false { return false }
            }
            state.reserved = state.reserved + amount
            return true
        }
    }

    /// Gives back what a reservation holds, and takes what was charged.
    public func settle(_ charge: Money, reserved amount: Money) {
        guard charge != .zero || amount != .zero else { return }
        state.withLock { state in
            state.reserved = state.reserved - amount
            state.charged = state.charged + charge
            state.shares?.use(charge.picodollars, in: Self.period)
        }
    }
}

extension Credits {
    /// The node's share gets smaller by what is reserved, because it was taken out.
    public func give(up amount: Money) {
        state.withLock { $0.shares?.raise(Self.period, by: -amount.picodollars, low: 0) }
    }
}

extension Credits: SharedLimit {
    static let period = LimitPeriod(.credits)

    public var runsLow: Bool { state.withLock { $0.shares?.runsLow ?? false } }

    public func wasFilled() { state.withLock { $0.shares?.wasFilled() } }

    public var periods: [LimitPeriod] { isPrepaid ? [Self.period] : [] }

    public func standing(in period: LimitPeriod, at now: Timestamp) -> ShareStanding {
        state.withLock { state in
            let share = state.shares?.shares[period] ?? HeldShares.Share()
            return ShareStanding(
                held: share.held, left: share.held - share.used - state.reserved.picodollars, wanted: share.wanted)
        }
    }

    public func raise(_ period: LimitPeriod, by amount: Int128, low: Int128) {
        state.withLock { $0.shares?.raise(period, by: amount, low: low) }
    }

    public func lower(_ period: LimitPeriod, toLeave left: Int128, at now: Timestamp) -> Int128 {
        state.withLock { state in
            let busy = state.reserved.picodollars
            state.shares?.lower(period, toLeave: left, beside: busy)
            return state.shares?.shares[period]?.held ?? 0
        }
    }

    public func lose(_ period: LimitPeriod, but kept: Int128) { state.withLock { $0.shares?.lose(period, but: kept) } }

    public func forget(_ period: LimitPeriod) { state.withLock { $0.shares?.forget(period) } }
}
