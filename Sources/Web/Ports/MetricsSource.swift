/// Port: what is measured, as it stands now.
public protocol MetricsSource: Sendable {
    func metrics() async throws -> [Metric]
}

/// One thing that is measured, with a sample for each of its label values.
public struct Metric: Hashable, Sendable {
    /// In Prometheus's form, such as `northern_requests_total`.
    public let name: String
    /// A sentence for people.
    public let help: String
    public let kind: Kind
    public let samples: [Sample]

    public enum Kind: String, Sendable {
        case counter, gauge, histogram, summary, untyped
    }

    public struct Sample: Hashable, Sendable {
        /// What follows the metric's name, such as `_bucket` or `_sum` of a histogram.
        public let suffix: String
        /// Values come from short fixed lists: never anything that a caller can invent.
        public let labels: [String: String]
        public let value: Double

        public init(suffix: String = "", labels: [String: String] = [:], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    public init(name: String, help: String, kind: Kind, samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }
}
