public import Domain

/// Chooses among the endpoints of a route, which are alike: the one that is least loaded for its weight and isn't left
/// alone.
public struct EndpointBalancer: Sendable {
    private var members: [Member]

    private struct Member: Sendable {
        let weight: Int
        /// Requests that are under way.
        var load = 0
        var lastFailureAt: Timestamp?
        var breaker: CircuitBreaker
    }

    /// What became of a request, as far as it says something about the endpoint.
    public enum Outcome: Sendable {
        case answered
        case failed
        /// It was given up, or never sent.
        case unknown
    }

    public init(_ endpoints: [WeightedEndpoint], breaker: CircuitBreaker.Settings) {
        members = endpoints.prefix(EndpointSet.most).map {
            Member(weight: $0.weight, breaker: CircuitBreaker(breaker))
        }
    }

    /// Begins a request.
    ///
    /// - Parameters:
    ///   - tried: endpoints to be used only where there is no other.
    ///   - draw: a random number. Among endpoints that are equally loaded chance decides, as often as their weights say.
    /// - Returns: which endpoint it goes to; nil when all are left alone.
    public mutating func begin(at now: Timestamp, after tried: EndpointSet, draw: UInt64) -> Int? {
        guard let index = choice(at: now, excluding: tried, draw) ?? choice(at: now, excluding: [], draw) else {
            return nil
        }
        begin(index, at: now)
        return index
    }

    /// Begins a request that goes where an earlier one went.
    public mutating func begin(_ index: Int, at now: Timestamp) {
        guard members.indices.contains(index) else { return }
        members[index].load += 1
        members[index].breaker.began(at: now)
    }

    /// A reply is coming in.
    public mutating func answered(_ index: Int) {
        guard members.indices.contains(index) else { return }
        members[index].breaker.succeeded()
    }

    /// - Returns: whether the endpoint is left alone from now on, and was not before.
    public mutating func ended(_ index: Int, _ outcome: Outcome, at now: Timestamp) -> Bool {
        guard members.indices.contains(index) else { return false }
        members[index].load -= 1
        switch outcome {
        case .answered: members[index].breaker.succeeded()
        case .failed:
            members[index].lastFailureAt = now
            return members[index].breaker.failed(at: now)
        case .unknown: members[index].breaker.learnedNothing()
        }
        return false
    }

    /// Whether there is an endpoint beside those that can be asked.
    public func hasOther(than tried: EndpointSet, at now: Timestamp) -> Bool {
        members.indices.contains { !tried.contains($0) && members[$0].breaker.admits(at: now) }
    }

    /// Until when an endpoint is left alone; nil when it isn't.
    public func openUntil(_ index: Int, at now: Timestamp) -> Timestamp? {
        members.indices.contains(index) ? members[index].breaker.openUntil(at: now) : nil
    }

    /// What is known of an endpoint by what came of its requests; nil for a number that none has.
    public func experience(_ index: Int) -> (load: Int, failures: Int, lastFailureAt: Timestamp?)? {
        guard members.indices.contains(index) else { return nil }
        let member = members[index]
        return (member.load, member.breaker.failuresInARow, member.lastFailureAt)
    }

    /// When the first of its endpoints is tried again; nil when one needn't be waited for.
    public func openUntil(at now: Timestamp) -> Timestamp? {
        let ends = members.map { $0.breaker.openUntil(at: now) }
        return ends.contains(nil) ? nil : ends.compactMap(\.self).min()
    }

    private func choice(at now: Timestamp, excluding tried: EndpointSet, _ draw: UInt64) -> Int? {
        var best: Int?
        var weights = 0
        for index in members.indices where !tried.contains(index) && members[index].breaker.admits(at: now) {
            let member = members[index]
            guard let other = best.map({ members[$0] }) else {
                best = index
                weights = member.weight
                continue
            }
            // load / weight, without dividing.
            let (mine, others) = (member.load * other.weight, other.load * member.weight)
            if mine < others {
                best = index
                weights = member.weight
            } else if mine == others {
                weights += member.weight
                // Each one in turn replaces those before it as often as its share of their weights says.
                if draw.mixed(with: index) % UInt64(weights) < UInt64(member.weight) { best = index }
            }
        }
        return best
    }
}

/// Some of a route's endpoints, by their numbers.
public struct EndpointSet: Hashable, Sendable, ExpressibleByArrayLiteral {
    /// How many endpoints a route may have.
    public static let most = 64
    private var bits: UInt64 = 0

    public init(arrayLiteral elements: Int...) {
        for element in elements { insert(element) }
    }

    public var count: Int { bits.nonzeroBitCount }
    public func contains(_ index: Int) -> Bool { index < Self.most && bits & (1 << UInt64(index)) != 0 }
    public mutating func insert(_ index: Int) { if index < Self.most { bits |= 1 << UInt64(index) } }
}

extension UInt64 {
    /// Another random number for each index (the finalizer of SplitMix64).
    func mixed(with index: Int) -> UInt64 {
        var word = self &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
