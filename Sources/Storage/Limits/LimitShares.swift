import Domain
import Synchronization

/// Fills what the node holds of limits, budgets and credits that it shares with other nodes, ahead of need, and gives back
/// what others need more.
///
/// Whoever is alone holds everything there is. Of several each holds an equal part of what is free, and takes more where a
/// request wanted more. A share of money counts as spent until its node has settled: what was charged moves from the share
/// to the usage in the transaction that stores the record, and the rest comes back when the node gives it back, or starts
/// again after a crash. So no budget is ever overspent, whoever dies when.
final class LimitShares: Sendable {
    private struct State {
        var filledAt: Timestamp?
        /// Those that wanted more than there was, and when they were looked at last.
        var starving: Set<String> = []
        var starvedAt = Timestamp(seconds: 0)
        var alive = 0
    }

    private let store: Store
    private let node: Node
    let term = PaceTerm()
    private let state = Mutex(State())

    /// Seconds after its last word for which a node may use its shares of what may be used in a minute.
    static let paceTerm: Int64 = 60
    /// Seconds after which all are looked through, whether anything asks for it or not.
    private static let interval: Int64 = 5
    /// Seconds before the end of a day from which on a share of the next is held.
    private static let lead: Int64 = 300
    /// Subjects in one transaction.
    private static let batch = 100

    init(_ store: Store, of node: Node) {
        self.store = store
        self.node = node
    }

    /// - Parameter everything: also what nothing asks for.
    /// - Throws: ``StoreError``; the node serves what it holds then.
    func fill(at now: Timestamp, everything: Bool = false) throws {
        let all = store.sharedLimits()
        let starving = starving(at: now)
        let asking = all.filter { $0.limit.runsLow || starving.contains($0.id) }
        guard everything || !asking.isEmpty || isDue(at: now) else { return }
        let alive = try aliveNodes(at: now)
        let isChanged = state.withLock { state in
            defer { state.alive = alive }
            return state.alive != alive
        }
        let isFull = everything || isChanged || isDue(at: now)
        if isFull { try store.removeLapsedShares(at: now, term: Self.paceTerm) }
        let subjects = isFull ? all : asking
        for start in stride(from: 0, to: subjects.count, by: Self.batch) {
            try fill(Array(subjects[start..<min(start + Self.batch, subjects.count)]), alive: max(1, alive), at: now)
        }
        if isFull { state.withLock { $0.filledAt = now } }
    }

    /// Looks whether nodes have come or gone: where they have, each is to hold another part.
    ///
    /// - Throws: ``StoreError``.
    func lookAround(at now: Timestamp) throws {
        let alive = try aliveNodes(at: now)
        if state.withLock({ $0.alive }) != alive { try fill(at: now, everything: true) }
    }

    private func aliveNodes(at now: Timestamp) throws -> Int {
        try store.aliveNodes(since: now.adding(seconds: -Self.paceTerm / 2))
    }

    /// Others may have given something back.
    private func starving(at now: Timestamp) -> Set<String> {
        state.withLock { state in
            guard now >= state.starvedAt.adding(seconds: 1) || now < state.starvedAt else { return [] }
            state.starvedAt = now
            return state.starving
        }
    }

    private func isDue(at now: Timestamp) -> Bool {
        state.withLock { state in
            guard let filledAt = state.filledAt else { return true }
            return now >= filledAt.adding(seconds: Self.interval) || now < filledAt
        }
    }

    private func fill(_ subjects: [SharedSubject], alive: Int, at now: Timestamp) throws {
        for subject in subjects { subject.limit.wasFilled() }
        let due = try store.writeUnsynced { database in
            _ = try database.nextRevision(of: .limits)
            return try subjects.flatMap { try grants(of: $0, alive: alive, at: now, in: database) }
        }
        // Only what the store has is held.
        for grant in due { grant.subject.limit.raise(grant.period, by: grant.amount, low: grant.low) }
        let unmet = Set(due.filter(\.isUnmet).map(\.subject.id))
        state.withLock { $0.starving = $0.starving.subtracting(subjects.map(\.id)).union(unmet) }
    }

    private struct Grant {
        let subject: SharedSubject
        let period: LimitPeriod
        let amount: Int128
        let low: Int128
        /// A request has wanted more than there is.
        let isUnmet: Bool
    }

    private func grants(
        of subject: SharedSubject, alive: Int, at now: Timestamp, in database: Database
    ) throws -> [Grant] {
        let days = Set([now.date, now.adding(seconds: Self.lead).date])
        let current = Set(subject.limits.flatMap { limit in days.map { LimitPeriod(limit, on: $0) } })
        for period in subject.limit.periods where !current.contains(period) {
            try giveBack(subject, period, at: now, in: database)
        }
        return try current.compactMap { try grant(subject, $0, alive: alive, at: now, in: database) }
    }

    /// What is over, or isn't limited any more. Requests that began before it may still be under way.
    private func giveBack(
        _ subject: SharedSubject, _ period: LimitPeriod, at now: Timestamp, in database: Database
    ) throws {
        let held = subject.limit.lower(period, toLeave: 0, at: now)
        try database.setShare(subject.id, period, of: node, held: held)
        guard period.start > 0, period.start < now.date.daysSince1970 - 62 else { return }
        try database.removeShare(subject.id, period, of: node)
        subject.limit.forget(period)
    }

    private func grant(
        _ subject: SharedSubject, _ period: LimitPeriod, alive: Int, at now: Timestamp, in database: Database
    ) throws -> Grant? {
        let own = try database.share(subject.id, period, of: node)
        // Whoever was away for too long has lost it.
        if period.limit.isPace { subject.limit.lose(period, but: own.held) }
        let total = try subject.total(period, in: database)
        let standing = subject.limit.standing(in: period, at: now)
        let taken = try database.taken(subject, period, besides: node)
        let free = total - taken - max(0, standing.held - own.settled)
        let pool = max(0, free) + max(0, standing.left)
        let part = alive == 1 ? pool : pool / Int128(alive)
        let target = max(part, min(standing.wanted, pool))
        var (held, amount) = (standing.held, Int128(0))
        if free < 0 || (alive > 1 && 2 * standing.left > 3 * target) {
            held = subject.limit.lower(period, toLeave: free < 0 ? max(0, standing.left + free) : target, at: now)
        } else if free > 0, standing.left < target, alive == 1 || standing.wanted > 0 || standing.left < target / 2 {
            amount = min(free, target - standing.left)
        }
        if held + amount != own.held || !own.exists {
            try database.setShare(subject.id, period, of: node, held: held + amount)
        }
        let left = standing.left + amount
        let hasMore = free - amount > 0
        return Grant(
            subject: subject, period: period, amount: amount, low: hasMore ? left / 2 : 0,
            isUnmet: standing.wanted > left)
    }
}

/// A key with limits, or an organization that pays in advance.
struct SharedSubject: Sendable {
    /// The key's, or the organization's.
    let id: String
    let limit: any SharedLimit
    let limits: [Limit]
    /// Nil for an organization.
    let keyLimits: KeyLimits?

    /// What all nodes together may use, charged already or not.
    func total(_ period: LimitPeriod, in database: Database) throws -> Int128 {
        switch period.limit {
        case .requestsPerMinute: Int128(keyLimits?.requestsPerMinute ?? 0)
        case .tokensPerMinute: Int128(keyLimits?.tokensPerMinute ?? 0)
        case .dayBudget: (keyLimits?.budget.day ?? .zero).picodollars
        case .monthBudget: (keyLimits?.budget.month ?? .zero).picodollars
        case .totalBudget: (keyLimits?.budget.total ?? .zero).picodollars
        case .credits:
            try database.funds(of: OrganizationID(rawValue: id)).map { ($0.entries + $0.chargedBefore).picodollars }
                ?? 0
        }
    }
}

extension KeyLimits {
    /// Those that there are.
    var limited: [Limit] {
        [
            (Limit.requestsPerMinute, requestsPerMinute != nil), (.tokensPerMinute, tokensPerMinute != nil),
            (.dayBudget, budget.day != nil), (.monthBudget, budget.month != nil), (.totalBudget, budget.total != nil),
        ].filter(\.1).map(\.0)
    }
}

extension Limit {
    var isPace: Bool {
        switch self {
        case .requestsPerMinute, .tokensPerMinute: true
        case .dayBudget, .monthBudget, .totalBudget, .credits: false
        }
    }
}
