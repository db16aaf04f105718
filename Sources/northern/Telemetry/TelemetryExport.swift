import AsyncHTTPClient
import Domain
import Gateway
import Logging
import NIOCore
import NIOHTTP1
import Pipeline
import Providers
import ServiceLifecycle
import Synchronization
import Web
import Wire

/// Sends traces and metrics to a collector, every few seconds, for as long as the gateway runs.
///
/// Nobody waits for it: what comes while the collector is away is kept up to a limit, and beyond it lost and counted.
struct TelemetryExport: Service {
    let server: GatewayServer
    let inForce: ConfigurationInForce
    let metrics: ServerMetrics
    let tally: TelemetryTally
    let logger: Logger
    private let start = wallClock()
    private let instance = randomHex(bytes: 16)
    private let traces = OTLPTraces(
        providers: Dictionary(everyProvider.map { ($0.facts.id, $0.facts.telemetryName) }) { first, _ in first })

    init(
        _ server: GatewayServer, inForce: ConfigurationInForce, metrics: ServerMetrics, tally: TelemetryTally,
        logger: Logger
    ) {
        self.server = server
        self.inForce = inForce
        self.metrics = metrics
        self.tally = tally
        self.logger = logger
    }

    /// A request with more spans is divided.
    private static let mostRequests = 512
    /// How long a collector may take.
    private static let patience = TimeAmount.seconds(5)

    func run() async throws {
        try await HTTPClient.withHTTPClient(
            configuration: .direct(connect: Self.patience, read: Self.patience)
        ) { client in
            let held = await cancelWhenGracefulShutdown { await exportAgainAndAgain(with: client) }
            // The last ones: the data plane has stopped by now.
            _ = await export(held, with: client)
            try await gracefulShutdown()
        }
    }

    /// - Returns: what the collector didn't take the last time, once the task is cancelled.
    private func exportAgainAndAgain(with client: HTTPClient) async -> [FinishedRequest] {
        var held: [FinishedRequest] = []
        while (try? await Task.sleep(for: inForce.configuration.telemetry.interval)) != nil {
            held = await export(held, with: client)
        }
        return held
    }

    /// - Parameter held: what the collector didn't take the last time.
    /// - Returns: what it may take the next time.
    private func export(_ held: [FinishedRequest], with client: HTTPClient) async -> [FinishedRequest] {
        let configuration = inForce.configuration.telemetry
        guard let url = configuration.url else { return [] }
        let resource = TelemetryResource(serviceName: configuration.serviceName, instance: instance)
        let post = OTLPPost(client: client, url: url, headers: configuration.headers, patience: Self.patience)
        let new = (try? await server.takeFinishedRequests()) ?? []
        let kept = await send(held, new, post, resource)
        await sendMetrics(post, resource)
        return kept
    }

    private func send(
        _ held: [FinishedRequest], _ new: [FinishedRequest], _ post: OTLPPost, _ resource: TelemetryResource
    ) async -> [FinishedRequest] {
        var kept: [FinishedRequest] = []
        for (requests, isSecondTry) in [(held, true), (new, false)] {
            for begin in stride(from: 0, to: requests.count, by: Self.mostRequests) {
                let batch = Array(requests[begin..<min(begin + Self.mostRequests, requests.count)])
                switch await post.send(traces.json(batch, of: resource), to: "/v1/traces") {
                case .taken: tally.note(.sent, batch.count)
                case .later where !isSecondTry: kept += batch
                case .later, .refused: tally.note(.failed, batch.count)
                }
            }
        }
        return kept
    }

    private func sendMetrics(_ post: OTLPPost, _ resource: TelemetryResource) async {
        do {
            let json = OTLPMetrics(start: start).json(
                try await metrics.plainMetrics(), try await metrics.histograms(), of: resource, at: wallClock())
            let verdict = await post.send(json, to: "/v1/metrics")
            if tally.changed(isTaken: verdict == .taken) {
                if verdict == .taken {
                    logger.notice("The telemetry collector takes what it is sent")
                } else {
                    logger.warning("The telemetry collector doesn't take what it is sent; no request waits for it")
                }
            }
        } catch {
            logger.debug("The metrics could not be read", metadata: ["error": "\(error)"])
        }
    }
}

/// What has become of traced requests.
final class TelemetryTally: Sendable {
    enum Result: String, CaseIterable { case sent, failed }

    private let state = Mutex<(counts: [Result: Int], isTaken: Bool?)>(([:], nil))

    func note(_ result: Result, _ count: Int) { state.withLock { $0.counts[result, default: 0] += count } }

    /// - Returns: whether it was otherwise before; at the beginning, it is news only that it fails.
    func changed(isTaken: Bool) -> Bool {
        state.withLock { state in
            defer { state.isTaken = isTaken }
            return isTaken != (state.isTaken ?? true)
        }
    }

    func metric(dropped: Int) -> Metric {
        let counts = state.withLock { $0.counts }
        let samples = Result.allCases.map { ($0.rawValue, counts[$0] ?? 0) } + [("dropped", dropped)]
        return Metric(
            name: "northern_telemetry_requests_total",
            help: "Traced requests, by whether the collector was told of them.", kind: .counter,
            samples: samples.map { Metric.Sample(labels: ["result": $0.0], value: Double($0.1)) })
    }
}

/// One collector.
private struct OTLPPost {
    let client: HTTPClient
    let url: String
    let headers: [(name: String, value: String)]
    let patience: TimeAmount

    enum Verdict { case taken, later, refused }

    func send(_ json: JSON, to path: String) async -> Verdict {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        request.headers.replaceOrAdd(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: json.bytes()))
        do {
            let reply = try await client.execute(request, timeout: patience)
            // Read and thrown away, so that the connection can be used again.
            _ = try? await reply.body.collect(upTo: 1 << 16)
            switch reply.status.code {
            case 200..<300: return .taken
            // OTLP specification, "Failures": these may pass.
            case 429, 502, 503, 504: return .later
            default: return .refused
            }
        } catch {
            return .later
        }
    }
}
