/// Which requests are traced, and who is told.
public struct TraceRule: Hashable, Sendable {
    /// Of requests that nobody else traces, how many in a thousand thousand are.
    public let millionths: UInt64
    /// The tiers whose providers are told the trace. A trace id joins what two providers have seen, so that none is told
    /// unless the operator says so.
    public let told: Set<Tier>
    /// Finished requests that one event loop keeps for whoever fetches them.
    public let capacity: Int

    public init(millionths: UInt64, told: Set<Tier> = [], capacity: Int = 4_096) {
        self.millionths = millionths
        self.told = told
        self.capacity = capacity
    }

    /// The caller decides where it says so; else chance does, which the ids have enough of.
    public func samples(_ id: RequestID, in context: TraceContext?) -> Bool {
        if let context { return context.isSampled }
        return id.low.mixed(with: .max) % 1_000_000 < millionths
    }
}

/// The spans of one request. They follow from its id: nobody has to keep them.
public struct RequestSpans: Sendable {
    private let id: RequestID
    public let trace: RequestID
    /// The caller's span; nil where the trace begins here.
    public let parent: UInt64?

    /// - Parameter context: the caller's trace. Where it has none, the request's id is the trace's.
    public init(of id: RequestID, in context: TraceContext?) {
        self.id = id
        trace = context?.trace ?? id
        parent = context?.parent
    }

    public var request: UInt64 { span(0) }

    /// - Parameter index: of an attempt.
    public func attempt(_ index: Int) -> UInt64 { span(UInt64(truncatingIfNeeded: index) &+ 1) }

    private func span(_ number: UInt64) -> UInt64 { max(1, (id.low ^ id.high).mixed(with: number)) }
}

extension UInt64 {
    /// Another number for each (the finalizer of SplitMix64).
    fileprivate func mixed(with number: UInt64) -> UInt64 {
        var word = self &+ number &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
