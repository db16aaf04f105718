import Domain
import Web
import Wire

/// What `/metrics` has, for a collector.
struct OTLPMetrics {
    let start: Timestamp

    func json(
        _ metrics: [Metric], _ histograms: [HistogramFamily], of resource: TelemetryResource, at now: Timestamp
    ) -> JSON {
        let all = metrics.compactMap { json($0, at: now) } + histograms.map { $0.otlp(since: start, at: now) }
        return [
            "resourceMetrics": [
                [
                    "resource": resource.json,
                    "scopeMetrics": [
                        [
                            "scope": OTLP.scope, "metrics": .array(all),
                            "schemaUrl": .string(Conventions.schemaURL),
                        ]
                    ],
                ]
            ]
        ]
    }

    private func json(_ metric: Metric, at now: Timestamp) -> JSON? {
        let points = JSON.array(metric.samples.map { point($0, at: now) })
        let value: (name: String, json: JSON)
        switch metric.kind {
        case .counter: value = ("sum", ["aggregationTemporality": 2, "isMonotonic": true, "dataPoints": points])
        case .gauge: value = ("gauge", ["dataPoints": points])
        case .histogram, .summary, .untyped: return nil
        }
        // A collector that writes for Prometheus puts the ending there again.
        let name = metric.name.hasSuffix("_total") ? String(metric.name.dropLast(6)) : metric.name
        var object: JSONObject = ["name": .string(name), "description": .string(metric.help)]
        object[value.name] = value.json
        return .object(object)
    }

    private func point(_ sample: Metric.Sample, at now: Timestamp) -> JSON {
        let labels = sample.labels.sorted { $0.key < $1.key }
        return [
            "attributes": .array(labels.map { OTLP.attribute($0.key, $0.value) }),
            "startTimeUnixNano": OTLP.nanoseconds(start), "timeUnixNano": OTLP.nanoseconds(now),
            "asDouble": JSON(sample.value),
        ]
    }
}
