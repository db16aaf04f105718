import Domain
import Pipeline
import Web
import Wire

/// What is measured of requests to models, for Prometheus and for OpenTelemetry alike.
struct HistogramFamily: Sendable {
    /// OpenTelemetry's.
    let name: String
    let help: String
    /// As UCUM has it.
    let unit: String
    let series: [(labels: [(name: String, value: String)], histogram: Histogram)]

    static func all(_ routes: [MeasuredRoute]) -> [HistogramFamily] {
        let labels = { (route: MeasuredRoute) in
            [(name: Conventions.route, value: route.route), (name: Conventions.provider, value: route.provider)]
        }
        return [
            HistogramFamily(
                name: Conventions.durationMetric, help: "Seconds that requests to providers took, each try by itself.",
                unit: "s", series: routes.map { (labels($0), $0.measures.duration) }),
            HistogramFamily(
                name: Conventions.tokenMetric, help: "Tokens of requests, by direction.", unit: "{token}",
                series: routes.flatMap { route in
                    [("input", route.measures.inputTokens), ("output", route.measures.outputTokens)].map {
                        (labels(route) + [(name: Conventions.tokenType, value: $0.0)], $0.1)
                    }
                }),
            HistogramFamily(
                name: Conventions.firstChunkMetric, help: "Seconds until streams said something.", unit: "s",
                series: routes.map { (labels($0), $0.measures.firstChunk) }),
        ]
    }

    /// Prometheus's names have the unit at their end, and underscores for dots.
    private var prometheusName: String {
        name.replacing(".", with: "_") + (unit == "s" ? "_seconds" : "")
    }

    var metric: Metric {
        Metric(name: prometheusName, help: help, kind: .histogram, samples: series.flatMap(Self.samples))
    }

    private static func samples(
        _ labels: [(name: String, value: String)], _ histogram: Histogram
    ) -> [Metric.Sample] {
        let own = Dictionary(labels.map { ($0.name.replacing(".", with: "_"), $0.value) }) { first, _ in first }
        var below: UInt64 = 0
        var samples: [Metric.Sample] = []
        for (index, count) in histogram.counts.enumerated() {
            below += count
            let bound = index < histogram.bounds.count ? text(histogram.bounds[index]) : "+Inf"
            samples.append(
                Metric.Sample(
                    suffix: "_bucket", labels: own.merging(["le": bound]) { _, new in new }, value: Double(below)))
        }
        samples.append(Metric.Sample(suffix: "_sum", labels: own, value: histogram.sum))
        samples.append(Metric.Sample(suffix: "_count", labels: own, value: Double(below)))
        return samples
    }

    private static func text(_ bound: Double) -> String {
        bound == bound.rounded() && bound < 1e15 ? String(Int(bound)) : "\(bound)"
    }

    func otlp(since start: Timestamp, at now: Timestamp) -> JSON {
        let points = series.map { labels, histogram -> JSON in
            [
                "attributes": .array(labels.map { OTLP.attribute($0.name, $0.value) }),
                "startTimeUnixNano": OTLP.nanoseconds(start), "timeUnixNano": OTLP.nanoseconds(now),
                "count": .string(String(histogram.count)), "sum": JSON(histogram.sum),
                "bucketCounts": .array(histogram.counts.map { .string(String($0)) }),
                "explicitBounds": .array(histogram.bounds.map { JSON($0) }),
            ]
        }
        return [
            "name": .string(name), "description": .string(help), "unit": .string(unit),
            // AGGREGATION_TEMPORALITY_CUMULATIVE
            "histogram": ["aggregationTemporality": 2, "dataPoints": .array(points)],
        ]
    }
}
