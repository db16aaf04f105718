/// Where one request goes next: through the routes of its plan, and as often to each as the policy allows.
public struct AttemptPlan: Sendable {
    /// All routes of the plan, in order.
    public let routes: [Clearance]
    private let policy: RetryPolicy
    private var index = 0
    /// How often the route at hand was asked again.
    private var retries = 0
    private var hasReplacedConnection = false
    /// The endpoints of the route at hand that have failed already.
    public private(set) var tried: EndpointSet = []

    public init(_ plan: FallbackPlan, _ policy: RetryPolicy) {
        routes = plan.clearances
        self.policy = policy
    }

    /// The route at hand; nil when there is none left.
    public var clearance: Clearance? { index < routes.count ? routes[index] : nil }

    /// What could help after a failure.
    public enum Remedy: Hashable, Sendable {
        /// Nothing: it would fail anywhere.
        case nothing
        case anotherRoute
        /// The same again after a while; the upstream may have said how long.
        case anotherTry(after: Duration?)
        /// A kept connection turned out to be dead.
        case anotherConnection
    }

    /// What is done about it.
    public enum Move: Hashable, Sendable {
        /// The route at hand is asked again.
        case again(after: Duration)
        /// The same endpoint is asked again, on a new connection.
        case reconnect
        case nextRoute
    }

    /// The route at hand can't be asked at the moment.
    public mutating func skip() {
        index += 1
        retries = 0
        tried = []
    }

    /// An endpoint of the route at hand has failed.
    public mutating func tried(_ endpoint: Int) { tried.insert(endpoint) }

    /// - Parameters:
    ///   - hasOther: whether the route has another endpoint that can be asked, which isn't the one that has to recover.
    ///   - draw: a random number.
    /// - Returns: nil when nothing is left to do.
    public mutating func move(after remedy: Remedy, hasOther: Bool, draw: UInt64) -> Move? {
        switch remedy {
        case .nothing: return nil
        case .anotherConnection where !hasReplacedConnection:
            hasReplacedConnection = true
            return .reconnect
        case .anotherConnection: return move(after: .anotherTry(after: nil), hasOther: hasOther, draw: draw)
        case .anotherRoute: return nextRoute()
        case .anotherTry(let retryAfter):
            guard retries < policy.limit else { return nextRoute() }
            let wait = policy.wait(before: retries, after: retryAfter, draw: draw)
            guard let wait = hasOther ? .zero : wait else { return nextRoute() }
            retries += 1
            return .again(after: wait)
        }
    }

    private mutating func nextRoute() -> Move? {
        guard index + 1 < routes.count else { return nil }
        skip()
        return .nextRoute
    }
}
