import Domain
import Gateway
import Logging
import ServiceLifecycle
import Storage
import Web

/// The control plane, as long as the gateway runs.
struct ControlPlaneService: Service {
    let controlPlane: ControlPlane
    let socket: String
    let onReady: @Sendable () -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await controlPlane.run(socketPath: socket, onReady: onReady)
        }
    }
}

/// The admin listener, as long as the gateway runs.
struct AdminService: Service {
    let server: AdminServer
    let host: String
    let port: Int
    let certificate: AdminCertificate?
    let onReady: @Sendable (Int) -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await server.run(host: host, port: port, tls: certificate?.configuration, onReady: onReady)
        }
    }
}

/// The routes that are offered, for the pages.
struct OfferedRoutes: CatalogReader {
    let inForce: ConfigurationInForce

    func routes() -> [Route] { inForce.edition.routes }
}

extension StoredKeys: KeyAdministration {
    func keys() async throws -> [APIKey] { try store.keys(of: nil) }

    func createKey(_ draft: KeyDraft) async throws -> (key: APIKey, secret: APIKeySecret) {
        let made = try store.createKey(
            name: draft.name, organization: draft.organization ?? .default, policy: draft.policy,
            environment: draft.environment == .test ? .test : .live, expiresAt: draft.expiresAt, hashedBy: hasher,
            at: wallClock())
        try publish()
        return made
    }

    func updateKey(_ id: APIKey.ID, _ change: @Sendable (APIKey) throws -> KeyChange) async throws -> APIKey? {
        let key = try store.updateKey(id) { $0.changed(to: try change($0)) }
        try publish()
        return key
    }

    func rotateKey(_ id: APIKey.ID, overlap: Duration) async throws -> (key: APIKey, secret: APIKeySecret)? {
        let end = wallClock().adding(seconds: overlap.components.seconds)
        let rotated = try store.rotateKey(id, environment: nil, oldSecretUntil: end, hashedBy: hasher)
        try publish()
        return rotated
    }

    func lastUses() async throws -> [APIKey.ID: Timestamp] { try store.lastUses() }

    func revokeKey(_ id: APIKey.ID) async throws -> APIKey? {
        // The store takes the beginning of a secret too, for people on a command line.
        guard id.hasPrefix("key_") else { return nil }
        do {
            let revoked = try store.revokeKey(id, at: wallClock())
            try publish()
            return revoked
        } catch is KeyNotFound {
            return nil
        }
    }
}

extension APIKey {
    fileprivate func changed(to change: KeyChange) -> APIKey {
        APIKey(
            id: id, organization: organization, name: change.name, hint: hint, policy: change.policy,
            createdAt: createdAt, expiresAt: change.expiresAt, revokedAt: revokedAt)
    }
}

/// What keys have mapped, and had mapped before.
struct StoredMappings: RouteMappingReader {
    let store: Store

    func mappings(ended: Bool, atMost limit: Int) async throws -> [RouteMapping] {
        try store.mappings(ended: ended, atMost: limit)
    }
}

/// What the event loops and the ledger have counted.
struct ServerMetrics: MetricsSource {
    let server: GatewayServer
    let ledger: Ledger
    let addressLists: AddressLists
    let witnesses: WitnessTally
    let inForce: ConfigurationInForce
    let telemetry: TelemetryTally

    func metrics() async throws -> [Metric] { try await plainMetrics() + histograms().map(\.metric) }

    func histograms() async throws -> [HistogramFamily] { HistogramFamily.all(try await server.measuredRoutes()) }

    /// All but the histograms.
    func plainMetrics() async throws -> [Metric] {
        let counters = try await server.counters()
        let now = wallClock()
        let lists = await addressLists.addressLists(at: now)
        return [
            Metric(
                name: "northern_replies_total", help: "Replies to callers, by HTTP status.", kind: .counter,
                samples: counters.replies.sorted { $0.key < $1.key }.map {
                    Metric.Sample(labels: ["status": String($0.key)], value: Double($0.value))
                }),
            Metric(
                name: "northern_requests_total", help: "Requests with a valid key, by outcome.", kind: .counter,
                samples: CustodyRecord.Outcome.allCases.map {
                    Metric.Sample(labels: ["outcome": $0.rawValue], value: Double(counters.outcomes[$0] ?? 0))
                }),
            Metric(
                name: "northern_tokens_total", help: "Tokens, by direction.", kind: .counter,
                samples: [
                    Metric.Sample(labels: ["direction": "input"], value: Double(counters.inputTokens)),
                    Metric.Sample(labels: ["direction": "output"], value: Double(counters.outputTokens)),
                ]),
            gauge("northern_requests_active", "Requests being answered.", counters.activeRequests),
            Metric(
                name: "northern_caller_faults_total",
                help: "Callers that were turned away or cut off, by why.", kind: .counter,
                samples: CallerFault.allCases.map {
                    Metric.Sample(labels: ["reason": $0.rawValue], value: Double(counters.faults[$0] ?? 0))
                }),
            gauge("northern_connections", "Connections of callers.", counters.connections),
            gauge(
                "northern_journal_undrained_bytes", "Bytes of custody records that wait for the store.",
                ledger.undrainedBytes),
            Metric(
                name: "northern_drifts_total",
                help: "Upstreams that were found to be other than their route says, by kind.", kind: .counter,
                samples: Drift.Kind.allCases.map {
                    Metric.Sample(labels: ["kind": $0.rawValue], value: Double(counters.drifts[$0] ?? 0))
                }),
            Metric(
                name: "northern_upstream_attempts_total", help: "Requests to upstreams, further tries included.",
                kind: .counter, samples: [Metric.Sample(value: Double(counters.attempts))]),
            Metric(
                name: "northern_circuits_opened_total",
                help: "How often an endpoint was left alone after it had failed too often in a row.",
                kind: .counter, samples: [Metric.Sample(value: Double(counters.openedCircuits))]),
            Metric(
                name: "northern_address_list_age_seconds",
                help: "How long ago the list of a publisher's addresses that is in force was published.", kind: .gauge,
                samples: lists.compactMap { list in
                    list.publishedAt.map {
                        Metric.Sample(
                            labels: ["publisher": list.publisher.rawValue], value: Double(now.seconds - $0.seconds))
                    }
                }),
            Metric(
                name: "northern_journal_failures_total", help: "Writes that the custody journal's disk didn't take.",
                kind: .counter, samples: [Metric.Sample(value: Double(counters.journalFailures))]),
            Metric(
                name: "northern_witness_cosignatures_total",
                help: "How often a witness was asked to cosign a checkpoint, by what came of it.", kind: .counter,
                samples: witnesses.counts.flatMap { count in
                    [("ok", count.cosigned), ("failed", count.failed)].map {
                        Metric.Sample(labels: ["witness": count.name, "result": $0.0], value: Double($0.1))
                    }
                }),
            telemetry.metric(dropped: counters.droppedTraces),
        ] + inForce.metrics
    }

    private func gauge(_ name: String, _ help: String, _ value: Int) -> Metric {
        Metric(name: name, help: help, kind: .gauge, samples: [Metric.Sample(value: Double(value))])
    }
}
