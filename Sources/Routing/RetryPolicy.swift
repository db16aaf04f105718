/// How often a route is asked again that has failed for a moment, and after what wait.
public struct RetryPolicy: Hashable, Sendable {
    /// How often one route is asked again in the life of a request.
    public var limit: Int
    /// The longest wait before the first time; each time it may be twice as long.
    public var firstWait: Duration
    /// The longest wait of all.
    public var longestWait: Duration
    /// The longest wait that an upstream may ask for. Where it asks for more, the route isn't asked again.
    public var longestRetryAfter: Duration

    public init(
        limit: Int = 2, firstWait: Duration = .milliseconds(250), longestWait: Duration = .seconds(4),
        longestRetryAfter: Duration = .seconds(1)
    ) {
        self.limit = limit
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.longestRetryAfter = longestRetryAfter
    }

    /// Any wait between none and the longest, with equal chance, so that those who failed together don't come back
    /// together ("full jitter": Exponential Backoff And Jitter, AWS Architecture Blog, 2015). What an upstream asks for is
    /// waited for in full, and a little more.
    ///
    /// - Parameters:
    ///   - retry: 0 for the first one.
    ///   - retryAfter: what the upstream asks for.
    ///   - draw: a random number.
    /// - Returns: nil when the upstream asks for too long a wait.
    func wait(before retry: Int, after retryAfter: Duration?, draw: UInt64) -> Duration? {
        let longest = min(longestWait, firstWait * (1 << min(retry, 20)))
        let jitter = longest * Double(draw >> 11) * 0x1p-53
        guard let retryAfter else { return jitter }
        guard retryAfter <= longestRetryAfter else { return nil }
        return retryAfter + min(jitter, firstWait)
    }
}
