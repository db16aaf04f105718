import Domain
import Foundation
import Logging
import NIOCore
import Storage
import Synchronization
import Testing

@testable import Web

struct FixedCatalog: CatalogReader {
    let all: [Route]
    func routes() -> [Route] { all }
}

struct FixedMetrics: MetricsSource {
    let all: [Metric]
    func metrics() async throws -> [Metric] { all }
}

struct FixedMappings: RouteMappingReader {
    var all: [RouteMapping] = []
    func mappings(ended: Bool, atMost limit: Int) async throws -> [RouteMapping] {
        Array(all.filter { ($0.ended != nil) == ended }.prefix(limit))
    }
}

/// One request a drift, the newest first.
struct FixedDrifts: DriftReader {
    var all: [RecordedDrift] = []

    func drifts(before request: RequestID?, ofAtMost limit: Int) async throws -> DriftPage {
        let later = request.flatMap { id in all.firstIndex { $0.request == id } }.map { $0 + 1 } ?? 0
        let page = Array(all.dropFirst(later).prefix(limit))
        return DriftPage(drifts: page, next: page.count < limit ? nil : page.last?.request)
    }
}

/// The newest first.
struct FixedPIIAudit: PIIAuditReader {
    var all: [PIIAuditEntry] = []

    func piiAudit(_ query: PIIAuditQuery) async throws -> [PIIAuditEntry] {
        let later = query.before.flatMap { id in all.firstIndex { $0.request == id } }.map { $0 + 1 } ?? 0
        let asked = all.dropFirst(later).filter { entry in
            query.organization.map { entry.organization == $0.rawValue } ?? true
                && query.since.map { entry.time >= $0 } ?? true && query.until.map { entry.time < $0 } ?? true
        }
        return Array(asked.prefix(query.limit))
    }
}

struct FixedHealth: EndpointHealthReader {
    var all: [EndpointHealth] = []
    func endpointHealth() async throws -> [EndpointHealth] { all }
}

/// The store's own, as the gateway has it.
struct StoreAudit: AdminAuditReader {
    let store: Store

    func entries(_ query: AdminAuditQuery) async throws -> [AdminAuditEntry] { try store.adminAudit(query) }

    func entry(_ id: AdminAuditEntry.ID, within reach: AuditReach) async throws -> AdminAuditEntry? {
        try store.adminAuditEntry(id, within: reach)
    }

    func receipt(_ id: AdminAuditEntry.ID, within reach: AuditReach) async throws -> CustodyReceipt? {
        try store.adminAuditReceipt(id, within: reach)
    }
}

struct FixedAddressLists: AddressListReader {
    var all: [AddressListStatus] = []
    func addressLists(at now: Timestamp) async throws -> [AddressListStatus] { all }
}

/// Keys in memory, made with what they were asked to be.
final class KeyBook: KeyAdministration {
    struct Broken: Error {}

    private let state = Mutex<[APIKey]>([])
    /// Throws at everything.
    let isBroken: Bool

    init(isBroken: Bool = false) { self.isBroken = isBroken }

    func keys() async throws -> [APIKey] {
        guard !isBroken else { throw Broken() }
        return state.withLock { $0 }
    }

    func createKey(_ draft: KeyDraft) async throws -> (key: APIKey, secret: APIKeySecret) {
        guard !isBroken else { throw Broken() }
        return state.withLock { keys in
            let key = APIKey(
                id: "key_\(keys.count + 1)", organization: draft.organization ?? .default, name: draft.name,
                hint: "ni_\(draft.environment)_abcd", policy: draft.policy, createdAt: .now,
                expiresAt: draft.expiresAt)
            keys.append(key)
            return (key, APIKeySecret("ni_\(draft.environment)_abcdSECRET"))
        }
    }

    func updateKey(_ id: APIKey.ID, _ change: @Sendable (APIKey) throws -> KeyChange) async throws -> APIKey? {
        try replace(id) { old in
            let change = try change(old)
            return APIKey(
                id: old.id, organization: old.organization, name: change.name, hint: old.hint, policy: change.policy,
                createdAt: old.createdAt, expiresAt: change.expiresAt, revokedAt: old.revokedAt)
        }
    }

    func rotateKey(_ id: APIKey.ID, overlap: Duration) async throws -> (key: APIKey, secret: APIKeySecret)? {
        let key = try replace(id) { old in
            APIKey(
                id: old.id, organization: old.organization, name: old.name, hint: "ni_live_wxyz", policy: old.policy,
                createdAt: old.createdAt, expiresAt: old.expiresAt)
        }
        return key.map { ($0, APIKeySecret("ni_live_wxyz\(overlap.components.seconds)")) }
    }

    func lastUses() async throws -> [APIKey.ID: Timestamp] { ["key_1": .now] }

    func revokeKey(_ id: APIKey.ID) async throws -> APIKey? {
        try replace(id) { old in
            APIKey(
                id: old.id, organization: old.organization, name: old.name, hint: old.hint, policy: old.policy,
                createdAt: old.createdAt, expiresAt: old.expiresAt, revokedAt: .now)
        }
    }

    private func replace(_ id: APIKey.ID, by other: (APIKey) throws -> APIKey) throws -> APIKey? {
        try state.withLock { keys in
            guard let index = keys.firstIndex(where: { $0.id == id }) else { return nil }
            keys[index] = try other(keys[index])
            return keys[index]
        }
    }
}

extension Timestamp {
    /// 2026-11-23 06:00 UTC.
    static let now = Timestamp(seconds: 1_795_413_600)
}

extension Route {
    static func make(
        _ id: Route.ID = "bedrock/model-ca", name: String = "Model", tier: Tier = .managedCanadianCloud,
        region: String = "ca-central-1", processing: [String] = ["CA"], exposure: [String] = ["CA", "US"],
        input: String = "0.125", output: String = "10", takesImages: Bool = true, lifecycle: Lifecycle = Lifecycle()
    ) throws -> Route {
        let prices = TokenPrices(
            input: try #require(TokenPrice(dollarsPerMillion: input)),
            output: try #require(TokenPrice(dollarsPerMillion: output)))
        func places(_ codes: [String]) throws -> JurisdictionSet {
            JurisdictionSet(try codes.map { try #require(Jurisdiction($0)) })
        }
        return Route(
            id: id, name: name, provider: ProviderID(rawValue: "bedrock"), upstreamModel: "model",
            endpoint: Endpoint(isTLS: true, host: "example.test", port: 443, pathPrefix: ""), tier: tier,
            residency: Residency(
                region: region, jurisdiction: try #require(Jurisdiction("CA")), processing: try places(processing),
                storage: try places(["CA"]), exposure: try places(exposure)),
            prices: PriceSnapshot(id: "p", cost: prices, charge: prices),
            capabilities: Capabilities(
                supportsVision: takesImages, supportsFunctionCalling: true, modalities: ["text"], contextWindow: 1,
                maximumOutputTokens: 1, basis: .route),
            lifecycle: lifecycle, fallbacks: [],
            retention: Retention(days: nil, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform)
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs the control plane on a socket of its own while something is done with it.
func withControlPlane<Result: Sendable>(
    _ routes: [Route] = [], publicURL: String? = nil,
    do work: @Sendable @escaping (HTTPClient) async throws -> Result
) async throws -> Result {
    // Sockets have short names: a directory of the tests' own would be too long on some machines.
    let path = "/tmp/ni-web-\(UUID().uuidString.prefix(8)).sock"
    let plane = ControlPlane(catalog: FixedCatalog(all: routes), publicURL: publicURL, logger: .silent)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let client = HTTPClient(address: try SocketAddress(unixDomainSocketPath: path))
    return try await whileRunning(work, client) { ready in
        try await plane.run(socketPath: path) { ready(0) }
    }
}

/// Runs the admin server on a port of its own while something is done with it.
func withAdminServer<Result: Sendable>(
    token: String? = "secret-token", people: Store? = nil, keys: KeyBook = KeyBook(), mappings: [RouteMapping] = [],
    drifts: [RecordedDrift] = [], piiAudit: [PIIAuditEntry] = [], addressLists: [AddressListStatus] = [],
    money: MoneyPorts? = nil, metrics: [Metric] = [], credentials: (any CredentialAdministration)? = nil,
    readiness: AdminServer.Readiness = .ready,
    do work: @Sendable @escaping (HTTPClient) async throws -> Result
) async throws -> Result {
    let directory = NSTemporaryDirectory() + "northern-web-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let store =
        try people
        ?? Store(
            path: directory + "/northern.sqlite", passwordCost: PasswordCost(rounds: 16, blockSize: 1, parallelism: 1))
    let server = AdminServer(
        token: token.flatMap { AdminToken($0) }, people: store,
        keys: keys, credentials: credentials, mappings: FixedMappings(all: mappings),
        drifts: FixedDrifts(all: drifts), piiAudit: FixedPIIAudit(all: piiAudit),
        addressLists: FixedAddressLists(all: addressLists), adminAudit: StoreAudit(store: store), money: money,
        metrics: FixedMetrics(all: metrics), readiness: { readiness }, clock: { .now }, logger: .silent)
    return try await whileRunning(work, nil) { ready in
        try await server.run(host: "127.0.0.1", port: 0, onReady: ready)
    }
}

private func whileRunning<Result: Sendable>(
    _ work: @Sendable @escaping (HTTPClient) async throws -> Result, _ client: HTTPClient?,
    run: @Sendable @escaping (@escaping @Sendable (Int) -> Void) async throws -> Void
) async throws -> Result {
    let (ready, signal) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            try await run { signal.yield($0) }
            return nil
        }
        group.addTask {
            guard let port = await ready.first(where: { _ in true }) else { return nil }
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            return try await work(client ?? HTTPClient(address: address))
        }
        var result: Result?
        while let next = try await group.next() {
            if let next { result = next }
            // The server ends because it is cancelled, and the group waits until it has.
            group.cancelAll()
        }
        return try #require(result)
    }
}
