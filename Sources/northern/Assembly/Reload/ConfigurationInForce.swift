import Domain
import Synchronization
import Web

/// The configuration that is in force, and what it has been made into, for whoever asks at the moment.
final class ConfigurationInForce: Sendable {
    struct Edition: Sendable {
        var configuration: GatewayConfiguration
        var offer: Offer
        var text: ConfigurationText
        /// Settings whose value in the file waits for a restart.
        var waitingForRestart: [String] = []
        /// The offer's, for pages: an event loop's routes stay on that loop.
        var routes: [Route]

        init(_ configuration: GatewayConfiguration, _ offer: Offer, _ text: ConfigurationText) {
            self.configuration = configuration
            self.offer = offer
            self.text = text
            routes = offer.routes.map { $0.route.copy() }
        }
    }

    /// What a start has settled for good.
    let started: GatewayConfiguration
    private let state: Mutex<State>

    fileprivate struct State {
        var edition: Edition
        var version = 1
        var since: Timestamp
        var last: ConfigurationStatus.LastReload?
        var counts: [ReloadOutcome.Result: Int] = [:]
    }

    init(_ edition: Edition, since now: Timestamp) {
        started = edition.configuration
        state = Mutex(State(edition: edition, since: now))
    }

    var edition: Edition { state.withLock { $0.edition } }
    var configuration: GatewayConfiguration { edition.configuration }
    var offer: Offer { edition.offer }

    func replace(by edition: Edition, at now: Timestamp) {
        state.withLock {
            $0.edition = edition
            $0.version += 1
            $0.since = now
        }
    }

    /// What the file says of what only a restart changes may be another thing, whatever else has changed.
    func note(waitingForRestart keys: [String]) { state.withLock { $0.edition.waitingForRestart = keys } }

    func note(_ result: ReloadOutcome.Result, _ reason: String?, at now: Timestamp) {
        state.withLock {
            $0.last = ConfigurationStatus.LastReload(at: now, result: result, reason: reason)
            $0.counts[result, default: 0] += 1
        }
    }

    var status: ConfigurationStatus { state.withLock { $0.status } }

    var metrics: [Metric] { state.withLock { $0.metrics } }
}

extension ConfigurationInForce.State {
    fileprivate var status: ConfigurationStatus {
        ConfigurationStatus(
            version: version, digest: edition.text.digest, since: since,
            settings: Settings.all.map {
                ConfigurationStatus.Setting(
                    key: $0.key, value: edition.text.settings[$0.key], isSecret: $0.isSecret,
                    isReloadable: $0.isReloadable)
            },
            files: edition.text.files, routes: edition.offer.routes.map(\.route.id), leftOut: edition.offer.leftOut,
            waitingForRestart: edition.waitingForRestart, lastReload: last)
    }

    fileprivate var metrics: [Metric] {
        [
            Metric(
                name: "northern_configuration_reloads_total",
                help: "How often the configuration was read again, by what came of it.", kind: .counter,
                samples: ReloadOutcome.Result.allCases.map {
                    Metric.Sample(labels: ["result": $0.rawValue], value: Double(counts[$0] ?? 0))
                }),
            Metric(
                name: "northern_configuration_last_reload_successful",
                help: "Whether the last reload was taken: 0 where the files can't be worked with.", kind: .gauge,
                samples: [Metric.Sample(value: last?.result == .refused ? 0 : 1)]),
            Metric(
                name: "northern_configuration_in_force_since_seconds",
                help: "When what is in force came into force, in seconds since 1970.", kind: .gauge,
                samples: [Metric.Sample(value: Double(since.seconds))]),
            Metric(
                name: "northern_configuration_info",
                help: "The digest of what is in force: nodes that serve alike have the same.", kind: .gauge,
                samples: [Metric.Sample(labels: ["digest": String(edition.text.digest.prefix(16))], value: 1)]),
            Metric(
                name: "northern_configuration_restart_needed",
                help: "How many settings have a value in the file that only a restart puts in force.", kind: .gauge,
                samples: [Metric.Sample(value: Double(edition.waitingForRestart.count))]),
        ]
    }
}
