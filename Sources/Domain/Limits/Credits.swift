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

    private struct State {
        /// Nil as long as it has no entry.
        var funds: Funds?
        var charged: Money
        var reserved = Money.zero

        var balance: Money? { funds.map { $0.entries - (charged - $0.chargedBefore) } }
    }

    private let state: Mutex<State>
    /// The same as whether there are funds, for those who would wait for the lock in vain.
    private let hasFunds = Atomic<Bool>(false)

    /// - Parameter charged: what the organization was charged until now, in all.
    public init(charged: Money) { state = Mutex(State(charged: charged)) }

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
            if let balance = state.balance, state.reserved + amount > balance { return false }
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
        }
    }
}
