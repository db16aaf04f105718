import NIOCore
import Pipeline
import Routing

/// How long is waited for providers, and what is done when they fail.
struct UpstreamConfiguration: Sendable {
    var connectTimeout: TimeAmount
    var timeouts: ReplyTimeouts
    var retries: RetryPolicy
    var breaker: CircuitBreaker.Settings

    private static let longestRest: Int64 = 300

    /// - Throws: ``ConfigurationError``.
    init(_ reader: SettingReader) throws {
        let names = UpstreamSetting.self
        let seconds = { (setting: Setting, least: Int) throws in
            Duration.seconds(try reader.integer(setting, in: least...86_400))
        }
        connectTimeout = .seconds(Int64(try reader.integer(names.connectTimeout, in: 1...3600)))
        timeouts = ReplyTimeouts(
            firstByte: try seconds(names.firstByteTimeout, 1), firstToken: try seconds(names.firstTokenTimeout, 1),
            silence: try seconds(names.silenceTimeout, 1), stall: try seconds(names.stallTimeout, 1),
            total: try seconds(names.totalTimeout, 0))
        retries = RetryPolicy(
            limit: try reader.integer(names.retries, in: 0...10),
            firstWait: .milliseconds(try reader.integer(names.retryWait, in: 0...60_000)),
            longestWait: .milliseconds(try reader.integer(names.longestRetryWait, in: 0...600_000)),
            longestRetryAfter: .seconds(try reader.integer(names.longestRetryAfter, in: 0...600)))
        breaker = CircuitBreaker.Settings(
            failures: try reader.integer(names.breakerFailures, in: 0...1_000_000),
            rest: Int64(try reader.integer(names.breakerRest, in: 1...86_400)), longestRest: Self.longestRest)
    }
}

/// What is configured of all providers alike.
enum UpstreamSetting {
    static let connectTimeout = Setting(
        "upstream.connect_timeout_seconds", "How long making a connection to a provider may take.", default: "5")
    static let firstByteTimeout = Setting(
        "upstream.first_byte_timeout_seconds",
        "How long a provider may take until its reply begins. One that isn't streamed begins when it is complete.",
        default: "600")
    static let firstTokenTimeout = Setting(
        "upstream.first_token_timeout_seconds", "How long a stream may take until it says something.", default: "600")
    static let silenceTimeout = Setting(
        "upstream.silence_timeout_seconds",
        "How long a provider may send nothing at all once its reply has begun.", default: "300")
    static let stallTimeout = Setting(
        "upstream.stall_timeout_seconds",
        "How long a stream may say nothing while the provider only keeps it open.", default: "600")
    static let totalTimeout = Setting(
        "upstream.total_timeout_seconds", "How long a request may take with all of its attempts.", default: "0",
        zero: "as long as the other limits let it")

    static let retries = Setting(
        "upstream.retries",
        "How often a route is asked again that can't be reached, is overloaded or has failed inside, before its fallbacks "
            + "have their turn.",
        default: "2")
    static let retryWait = Setting(
        "upstream.retry_wait_milliseconds",
        "The longest wait before the first time; each time it may be twice as long. Chance decides how much of it is "
            + "waited.",
        default: "250")
    static let longestRetryWait = Setting(
        "upstream.longest_retry_wait_milliseconds", "The longest of these waits.", default: "4000")
    static let longestRetryAfter = Setting(
        "upstream.longest_retry_after_seconds",
        "The longest wait that a provider may ask for. Where it asks for more, the fallbacks have their turn.",
        default: "1")
    static let breakerFailures = Setting(
        "upstream.breaker_failures", "After how many failures in a row an endpoint is left alone.", default: "10",
        zero: "it never is")
    static let breakerRest = Setting(
        "upstream.breaker_rest_seconds",
        "After how long one request tries it again; twice as long after each one that fails, up to five minutes.",
        default: "5")

    static let all: [Setting] = [
        connectTimeout, firstByteTimeout, firstTokenTimeout, silenceTimeout, stallTimeout, totalTimeout, retries,
        retryWait, longestRetryWait, longestRetryAfter, breakerFailures, breakerRest,
    ]
}
