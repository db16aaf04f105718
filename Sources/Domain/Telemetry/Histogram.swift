/// How often values were in which range.
public struct Histogram: Hashable, Sendable {
    /// The upper ends of the ranges, each within its own, in order. The last range has none.
    public let bounds: [Double]
    /// One more than there are bounds.
    public private(set) var counts: [UInt64]
    public private(set) var sum = 0.0

    public init(bounds: [Double]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    public var count: UInt64 { counts.reduce(0, +) }

    public mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// - Parameter right: one with the same bounds; of others nothing is added.
    public static func + (left: Histogram, right: Histogram) -> Histogram {
        guard left.bounds == right.bounds else { return left }
        var added = left
        for (index, count) in right.counts.enumerated() { added.counts[index] += count }
        added.sum += right.sum
        return added
    }
}

/// What is measured of a route's requests: OpenTelemetry's conventions for clients of models.
public struct RouteMeasures: Hashable, Sendable {
    /// Seconds that attempts took.
    public var duration = Histogram(bounds: Self.durationBounds)
    public var inputTokens = Histogram(bounds: Self.tokenBounds)
    public var outputTokens = Histogram(bounds: Self.tokenBounds)
    /// Seconds until a stream said something.
    public var firstChunk = Histogram(bounds: Self.firstChunkBounds)

    public init() {}

    // The bounds that the conventions advise.
    private static let durationBounds: [Double] = [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ]
    private static let tokenBounds: [Double] = (0..<14).map { Double(1 << (2 * $0)) }
    private static let firstChunkBounds: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]

    /// Adds an attempt.
    ///
    /// - Parameters:
    ///   - duration: seconds that it took.
    ///   - firstChunk: seconds until its stream said something; nil where it is no stream, or said nothing.
    ///   - usage: nil where it brought no reply.
    public mutating func add(duration: Double, firstChunk: Double?, _ usage: TokenUsage?) {
        self.duration.add(duration)
        if let firstChunk { self.firstChunk.add(firstChunk) }
        guard let usage else { return }
        inputTokens.add(Double(usage.prompt))
        outputTokens.add(Double(usage.output + usage.reasoning))
    }

    public static func + (left: RouteMeasures, right: RouteMeasures) -> RouteMeasures {
        var sum = left
        sum.duration = left.duration + right.duration
        sum.inputTokens = left.inputTokens + right.inputTokens
        sum.outputTokens = left.outputTokens + right.outputTokens
        sum.firstChunk = left.firstChunk + right.firstChunk
        return sum
    }
}
