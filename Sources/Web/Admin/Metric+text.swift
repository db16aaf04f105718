extension Metric {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Metrics in Prometheus's text exposition format, version 0.0.4.
    static func text(_ metrics: [Metric]) -> String { metrics.map(\.text).joined() }

    private var text: String {
        let head = "# HELP \(name) \(help.escaped(quote: false))\n# TYPE \(name) \(kind.rawValue)\n"
        return samples.reduce(into: head) { $0 += "\(name)\($1.text)\n" }
    }
}

extension Metric.Sample {
    fileprivate var text: String {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value.escaped(quote: true))\"" }
        return suffix + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " " + number
    }

    private var number: String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }
}

extension String {
    /// Quotes are escaped in label values only.
    fileprivate func escaped(quote: Bool) -> String {
        unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
