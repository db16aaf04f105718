public import Domain

/// Leaves an endpoint alone that has failed too often in a row. After a while one request tries it again, and decides
/// whether the others may follow.
public struct CircuitBreaker: Sendable {
    public struct Settings: Hashable, Sendable {
        /// After how many failures in a row the endpoint is left alone; 0: it never is.
        public var failures: Int
        /// Seconds until it is tried again; twice as long after each trial that fails.
        public var rest: Int64
        /// Seconds that it is left alone at most.
        public var longestRest: Int64

        public init(failures: Int = 10, rest: Int64 = 5, longestRest: Int64 = 300) {
            self.failures = failures
            self.rest = rest
            self.longestRest = max(rest, longestRest)
        }
    }

    private enum State: Hashable {
        case closed(failures: Int)
        case open(since: Timestamp, rest: Int64)
        /// One request is trying it.
        case halfOpen(since: Timestamp, rest: Int64)
    }

    private let settings: Settings
    private var state = State.closed(failures: 0)

    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// How often in a row it has failed, as far as that is known.
    public var failuresInARow: Int {
        switch state {
        case .closed(let failures): failures
        case .open, .halfOpen: settings.failures
        }
    }

    /// Whether a request may go to the endpoint.
    public func admits(at now: Timestamp) -> Bool {
        switch state {
        case .closed: true
        // A trial that hasn't ended by then tells nothing any more.
        case .open(let since, let rest), .halfOpen(let since, let rest): Self.isOver(rest, since, now)
        }
    }

    /// Until when the endpoint is left alone; nil when it isn't.
    public func openUntil(at now: Timestamp) -> Timestamp? {
        switch state {
        case .closed: nil
        case .open(let since, let rest), .halfOpen(let since, let rest):
            Self.isOver(rest, since, now) ? nil : since.adding(seconds: rest)
        }
    }

    /// A request goes to it.
    public mutating func began(at now: Timestamp) {
        switch state {
        case .closed: break
        case .open(_, let rest), .halfOpen(_, let rest): state = .halfOpen(since: now, rest: rest)
        }
    }

    public mutating func succeeded() { state = .closed(failures: 0) }

    /// - Returns: whether it is left alone from now on, and was not before.
    public mutating func failed(at now: Timestamp) -> Bool {
        switch state {
        case .closed(let failures):
            guard settings.failures > 0, failures + 1 >= settings.failures else {
                state = .closed(failures: min(failures, 1 << 20) + 1)
                return false
            }
            state = .open(since: now, rest: settings.rest)
            return true
        // Of a request that had begun earlier.
        case .open: return false
        case .halfOpen(_, let rest):
            state = .open(since: now, rest: min(rest * 2, settings.longestRest))
            return true
        }
    }

    /// A request came to nothing that would say anything about the endpoint. Was it the trial, another may be made.
    public mutating func learnedNothing() {
        guard case .halfOpen(_, let rest) = state else { return }
        state = .open(since: Timestamp(seconds: 0), rest: rest)
    }

    /// A clock that was set back is no reason to wait for longer.
    private static func isOver(_ rest: Int64, _ since: Timestamp, _ now: Timestamp) -> Bool {
        now < since || now >= since.adding(seconds: rest)
    }
}
