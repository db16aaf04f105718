import Domain
import Foundation

/// What is told to an OpenTelemetry collector, and how.
struct TelemetryConfiguration: Sendable {
    /// The collector's address, without `/v1/traces`; nil: nobody is told anything.
    var url: String?
    /// Header fields that go with each request, such as the collector's token.
    var headers: [(name: String, value: String)]
    var rule: TraceRule?
    var interval: Duration
    var serviceName: String

    /// - Throws: ``ConfigurationError``.
    init(_ reader: SettingReader) throws {
        let names = TelemetrySetting.self
        url = try reader.text(names.url).map { text in
            guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host() != nil,
                url.query == nil
            else { throw ConfigurationError("'\(names.url.key)' must be an address such as http://127.0.0.1:4318.") }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
        headers = try reader.texts(names.headers).map { try Self.header($0) }
        interval = .seconds(try reader.integer(names.interval, in: 1...3_600))
        serviceName = reader.text(names.serviceName) ?? "northern"
        let told = try Self.tiers(reader)
        let millionths = try Self.millionths(reader)
        // Providers may be told of a trace whose spans nobody is sent: the caller's.
        rule = url == nil && told.isEmpty ? nil : TraceRule(millionths: millionths, told: told)
        if url == nil { rule = rule.map { TraceRule(millionths: 0, told: $0.told, capacity: 0) } }
    }

    private static func header(_ text: String) throws -> (name: String, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        let isSound =
            parts.count == 2 && !parts[0].isEmpty
            && parts[0].utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") }
            && parts[1].utf8.allSatisfy { 0x20...0x7E ~= $0 }
        // What stands there isn't shown: it is a secret.
        guard isSound else {
            throw ConfigurationError(
                "'\(TelemetrySetting.headers.key)' must be header fields as 'name=value', with semicolons between them."
            )
        }
        return (parts[0], parts[1])
    }

    private static func tiers(_ reader: SettingReader) throws -> Set<Tier> {
        try Set(
            reader.list(TelemetrySetting.told).map { text in
                guard let tier = Tier(rawValue: String(text)) else {
                    let known = Tier.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ConfigurationError("'\(TelemetrySetting.told.key)' names tiers: \(known).")
                }
                return tier
            })
    }

    /// A share as a decimal number, in whole millionths.
    private static func millionths(_ reader: SettingReader) throws -> UInt64 {
        guard let share = reader.text(TelemetrySetting.ratio).flatMap({ Double($0) }), 0...1 ~= share else {
            throw ConfigurationError("'\(TelemetrySetting.ratio.key)' must be a number from 0 to 1, such as 0.05.")
        }
        return UInt64((share * 1_000_000).rounded())
    }
}

/// What is configured of telemetry.
enum TelemetrySetting {
    static let url = Setting(
        "telemetry.otlp_url",
        "An OpenTelemetry collector that traces and metrics are sent to (OTLP over HTTP, as JSON), without '/v1/traces': "
            + "http://127.0.0.1:4318.", zero: "nothing is sent")
    static let headers = Setting(
        "telemetry.otlp_headers",
        "Header fields that go with what is sent, such as 'authorization=Bearer …': a list, or one text with semicolons "
            + "between them.", isSecret: true)
    static let ratio = Setting(
        "telemetry.trace_ratio",
        "Which share of the requests is traced, from 0 to 1, of those whose caller doesn't say. A caller's 'traceparent' "
            + "decides where there is one.", default: "1")
    static let interval = Setting(
        "telemetry.interval_seconds", "How often traces and metrics are sent.", default: "10")
    static let serviceName = Setting(
        "telemetry.service_name", "The name under which the collector knows this gateway.", default: "northern")
    static let told = Setting(
        "telemetry.propagate_to",
        "The tiers whose providers are told which trace a request belongs to ('traceparent' and 'tracestate'), with commas "
            + "between them. It lets providers join what they see.", zero: "no provider is told")

    static let all = [url, headers, ratio, interval, serviceName, told]
}
