public import Domain
public import Providers
import Routing

extension Exchange {
    /// The caller has a trace that this request is a part of.
    public mutating func join(_ trace: TraceContext) { record.trace = trace }

    /// Tells the provider which trace a request belongs to, where the rule lets it know.
    ///
    /// - Parameter state: the caller's `tracestate`.
    public func tell(_ request: inout UpstreamRequest, of state: String?, by rule: TraceRule) {
        guard let route = record.route, rule.told.contains(route.tier) else { return }
        let spans = RequestSpans(of: id, in: record.trace)
        let context = TraceContext(
            trace: spans.trace, parent: spans.attempt(record.attempts.count - 1),
            isSampled: rule.samples(id, in: record.trace))
        request.add("traceparent", context.traceparent)
        if let state, record.trace != nil { request.add("tracestate", state) }
    }

    /// Adds the request to what is measured of its routes.
    ///
    /// - Parameter firstChunk: when a stream has said something for the first time.
    public func measure(firstChunk: Timestamp?) {
        let last = record.attempts.count - 1
        for index in record.attempts.indices {
            guard let binding = snapshot.binding(for: record.attempts[index].route),
                let endedAt = record.attempts[index].endedAt
            else { continue }
            let startedAt = record.attempts[index].startedAt
            let isLast = index == last
            binding.meter.add(
                duration: seconds(from: startedAt, to: endedAt),
                firstChunk: isLast ? firstChunk.map { seconds(from: startedAt, to: $0) } : nil,
                isLast ? record.usage : nil)
        }
    }

    private func seconds(from start: Timestamp, to end: Timestamp) -> Double {
        Double(max(0, end.microseconds - start.microseconds)) / 1_000_000
    }
}

/// What was measured of one route.
public struct MeasuredRoute: Sendable {
    public let route: Route.ID
    /// OpenTelemetry's name of the provider.
    public let provider: String
    public var measures: RouteMeasures
}

extension ServingSnapshot {
    /// Of the routes that were used, in the order of the catalogue.
    public var measuredRoutes: [MeasuredRoute] {
        catalog.routes.compactMap { route in
            guard let binding = binding(for: route), let measures = binding.meter.measures else { return nil }
            return MeasuredRoute(route: route.id, provider: binding.facts.telemetryName, measures: measures)
        }
    }
}
