import Crypto
import CustodyLog
import Domain
import Foundation
import Gateway
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Pipeline
import Privacy
import ProviderSimulator
import Providers
import Routing
import Storage
import Synchronization
import Upstream
import Wire

/// A whole gateway on a port of its own: real sockets, a real store and ledger in a temporary directory, and one strict
/// simulator as the upstream of all routes.
final class TestGateway: Sendable {
    let server: GatewayServer
    let simulator: ProviderSimulator
    let store: Store
    private let hasher: KeyHasher
    let ledger: Ledger
    let transparencyLog: TransparencyLog
    let directory: TemporaryDirectory
    let keys: TestKeys
    let log: CapturedLog
    /// What the journal does instead of its work.
    let journalFault: DiskFault
    let mappingFault: DiskFault
    let clock: TestClock
    private let lastTag = Atomic<Int>(0)
    private let publishing = Mutex(())

    struct Options: Sendable {
        var bodyLimit = 16 << 20
        var ledger = LedgerOptions()
        /// A machine with much else to do lets minutes pass between two steps of a test.
        var timeouts = UpstreamClient.Timeouts(connect: .seconds(300), idle: .seconds(300))
        var idleTimeout = TimeAmount.seconds(300)
        var limits = ListenLimits.patient
        var certificate: ServedCertificate?
        var replyTimeouts = ReplyTimeouts()
        /// Most tests want to see each failure by itself.
        var retries = RetryPolicy(limit: 0)
        var pingInterval = TimeAmount.seconds(15)
        /// Routes beside the usual ones.
        var routes: [TestRoute] = []
        /// For how many seconds the simulator's tokens are good.
        var tokenLifetime = 3_600
        /// What an earlier gateway has left: its data and its keys.
        var left: (directory: TemporaryDirectory, keys: TestKeys)?
        var catalogs = AddressCatalogs()
        /// Whose cosignatures the log takes.
        var witnesses: [VerifierKey] = []
        /// Whose certificates are trusted; nil: there is no TLS.
        var trusted: NIOSSLTrustRoots?
        var resolver: any AddressResolver = SystemResolver(threads: .singleton)
        var mediaURLs = MediaURLPolicy.pass
        /// Routes of other forms, to a simulator on a port.
        var bindings: @Sendable (_ port: Int) throws -> [RouteBinding] = { _ in [] }
    }

    private init(
        server: GatewayServer, simulator: ProviderSimulator, store: Store, hasher: KeyHasher, ledger: Ledger,
        directory: TemporaryDirectory, keys: TestKeys, transparencyLog: TransparencyLog, log: CapturedLog,
        journalFault: DiskFault,
        mappingFault: DiskFault, clock: TestClock
    ) {
        self.server = server
        self.simulator = simulator
        self.store = store
        self.hasher = hasher
        self.ledger = ledger
        self.directory = directory
        self.keys = keys
        self.transparencyLog = transparencyLog
        self.log = log
        self.journalFault = journalFault
        self.mappingFault = mappingFault
        self.clock = clock
    }

    static func start(_ options: Options = Options()) async throws -> TestGateway {
        let group = MultiThreadedEventLoopGroup.singleton
        let clock = TestClock()
        let simulator = try await ProviderSimulator.start(
            .forGateways(clock, tokenLifetime: options.tokenLifetime), group: group)
        let directory = options.left?.directory ?? TemporaryDirectory()
        let store = try Store(path: directory.database)
        let hasher = try KeyHasher(directory: directory.path)
        let keys = try options.left?.keys ?? TestKeys(in: store, hasher: hasher)
        let ledger = try Ledger(directory: directory.path, store: store, at: clock.now(), options: options.ledger)
        let transparencyLog = try TransparencyLog(
            ledger, directory: directory.path, origin: "gateway.test/log", witnesses: options.witnesses,
            at: clock.now())
        let log = CapturedLog()
        let journalFault = DiskFault()
        let mappingFault = DiskFault()
        let lexicon = try Lexicon.shared
        let engine = SubstitutionEngine(
            finder: try EntityFinder(lexicon: lexicon), lexicon: lexicon,
            key: StandInKey([UInt8](repeating: 7, count: 32)))
        let routes = TestRoute.usual(at: simulator.port) + options.routes
        let server = try await GatewayServer.start(
            host: "127.0.0.1", port: 0, certificate: options.certificate, group: group
        ) { loop in
            let bindings = try routes.map { try $0.binding() }
            let slots = zip(routes, bindings).map { ($0.id, $1.slot) }
            return LoopState(
                eventLoop: loop,
                snapshot: ServingSnapshot(
                    keys: try store.keyDirectory(hasher: hasher, at: clock.now()),
                    bindings: try bindings.map(\.binding) + options.bindings(simulator.port),
                    mappings: try store.mappingsInForce(), jurisdiction: .canada, version: "test",
                    retries: options.retries, timeouts: options.replyTimeouts),
                credentials: Dictionary(uniqueKeysWithValues: slots),
                upstream: UpstreamClient(
                    eventLoop: loop, tls: try options.trusted.map(Self.context), timeouts: options.timeouts,
                    catalogs: options.catalogs,
                    resolver: options.resolver, clock: clock.now),
                journal: FaultyJournal(try ledger.makeJournal(), journalFault), archive: ledger, log: transparencyLog,
                mappings: FaultyMappingBook(book: store, fault: mappingFault),
                settings: settings(options, engine),
                threads: .singleton, logger: log.logger, clock: clock.now)
        }
        ledger.start()
        return TestGateway(
            server: server, simulator: simulator, store: store, hasher: hasher, ledger: ledger, directory: directory,
            keys: keys, transparencyLog: transparencyLog,
            log: log, journalFault: journalFault, mappingFault: mappingFault, clock: clock)
    }

    func stop() async throws {
        // A test may have stopped them already.
        try? await server.stop(grace: .zero)
        ledger.stop()
        try? await simulator.stop()
    }

    private static func settings(_ options: Options, _ engine: SubstitutionEngine) -> GatewaySettings {
        var settings = GatewaySettings(
            bodyLimit: options.bodyLimit, idleTimeout: options.idleTimeout, pingInterval: options.pingInterval,
            policyDigest: digest, contentKey: { _ in ContentDigestKey(contentSecret) },
            substitutionEngine: { _ in engine })
        settings.limits = options.limits
        settings.mediaURLs = options.mediaURLs
        return settings
    }

    private static func context(trusting roots: NIOSSLTrustRoots) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = roots
        return try NIOSSLContext(configuration: configuration)
    }

    static let contentSecret = [UInt8](repeating: 9, count: 32)

    @Sendable
    private static func digest(_ policy: KeyPolicy) -> String {
        SHA256.hash(data: Array(policy.canonicalText.utf8)).prefix(8)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Entries of the log that are of changes, and not of requests: its keys were made.
    var changes: Int {
        get throws { try store.adminAudit(AdminAuditQuery(.everything, limit: 1_000)).count }
    }

    /// Brings the keys, as the store has them now, to the event loops.
    func publishKeys() async throws {
        // Tests share a gateway: keys that were read earlier mustn't arrive later.
        try publishing.withLock { _ in
            for loop in server.loops {
                let keys = try store.keyDirectory(hasher: hasher, at: clock.now())
                loop.change { $0.replace(keys: keys) }
            }
        }
        // Each loop has done it once it has answered something else.
        _ = try await server.counters()
    }

    /// A key of its own for a test, known to every event loop.
    func makeKey(_ policy: KeyPolicy) async throws -> (id: APIKey.ID, secret: String) {
        let made = try store.createKey(
            name: "test", organization: .default, policy: policy, environment: .test, hashedBy: hasher,
            at: TestClock.start)
        try await publishKeys()
        return (made.key.id, made.secret.text)
    }

    // MARK: What tests ask

    /// A text that no other test of this gateway sends, to find a request by.
    func tag() -> String { "tag\(lastTag.add(1, ordering: .relaxed).newValue)x" }

    /// The requests with a text in their bodies that reached the simulator.
    func upstreamRequests(with tag: String) -> [RecordedRequest] {
        // A suite leaves hundreds of requests, which a debug build searches slowly as strings.
        simulator.requests().filter { Data($0.body).range(of: Data(tag.utf8)) != nil }
    }

    /// Sends a request on a connection of its own, and reads the whole reply.
    func reply(to call: TestCall) async throws -> TestReply {
        let client = try await TestClient.connect(to: self)
        defer { client.leave() }
        try await client.send(call)
        return try await client.reply()
    }

    /// The custody record of the request that a reply belongs to.
    func record(of reply: TestReply, key: String? = nil) async throws -> JSON {
        try await record(reply.requestID, key: key)
    }

    func record(_ id: String, key: String? = nil) async throws -> JSON {
        try await self.reply(to: .get("/api/usage/custody/\(id)", key: key ?? keys.main)).json
    }
}

extension ListenLimits {
    /// On a machine with much else to do, minutes may pass between two steps of a test.
    static var patient: ListenLimits {
        var limits = ListenLimits()
        limits.headTime = .seconds(300)
        limits.bodyTime = .seconds(300)
        limits.stalledTime = .seconds(300)
        limits.handshakeTime = .seconds(300)
        return limits
    }
}

extension SimulatorSettings {
    /// Refuses what the providers would refuse, and knows every model.
    fileprivate static func forGateways(_ clock: TestClock, tokenLifetime: Int) -> SimulatorSettings {
        var settings = SimulatorSettings()
        settings.now = { Int(clock.now().seconds) }
        settings.tokenLifetime = tokenLifetime
        settings.externalID = roleExternalID
        settings.strict = true
        settings.models = .any
        settings.record = 10_000
        return settings
    }
}

extension SimulatorSettings {
    /// What the simulator's roles want to hear.
    static let roleExternalID = "external-id-of-the-tests"
}

/// The secrets of keys of each kind.
struct TestKeys: Sendable {
    /// For all tiers.
    let main: String
    /// For `customer_premises` only.
    let premisesOnly: String
    /// For `managed_canadian_cloud` only.
    let cloudOnly: String
    /// For one route only.
    let oneRoute: String
    /// Forbids fallbacks unless a request allows them.
    let withoutFallbacks: String
    let revoked: String
    let expired: String
    /// For all tiers, of another organization.
    let otherOrganization: String

    init(in store: Store, hasher: KeyHasher) throws {
        let everything = KeyPolicy(tiers: Set(Tier.allCases))
        func make(_ policy: KeyPolicy, of organization: OrganizationID = .default, expires: Timestamp? = nil) throws
            -> (key: APIKey, secret: String)
        {
            let made = try store.createKey(
                name: "test", organization: organization, policy: policy, environment: .test, expiresAt: expires,
                hashedBy: hasher, at: TestClock.start)
            return (made.key, made.secret.text)
        }
        main = try make(everything).secret
        premisesOnly = try make(KeyPolicy(tiers: [.customerPremises])).secret
        cloudOnly = try make(KeyPolicy(tiers: [.managedCanadianCloud])).secret
        oneRoute = try make(KeyPolicy(tiers: Set(Tier.allCases), routes: [Family.vertex.route])).secret
        withoutFallbacks = try make(KeyPolicy(tiers: Set(Tier.allCases), allowsFallbacks: false)).secret
        let revoked = try make(everything)
        _ = try store.revokeKey(revoked.key.id, at: TestClock.start)
        self.revoked = revoked.secret
        expired = try make(everything, expires: TestClock.start.adding(seconds: -1)).secret
        otherOrganization = try make(everything, of: OrganizationID(rawValue: "org_other")).secret
    }
}

/// A clock that goes on by a millisecond whenever it is read, from 2026-11-23 on.
final class TestClock: Sendable {
    static let start = Timestamp(seconds: 1_795_413_600)
    private let readings = Atomic<Int64>(0)
    private let passed = Atomic<Int64>(0)

    @Sendable
    func now() -> Timestamp {
        let count = readings.add(1, ordering: .relaxed).newValue
        let passed = passed.load(ordering: .sequentiallyConsistent)
        return Timestamp(microseconds: Self.start.microseconds + count * 1_000).adding(seconds: passed)
    }

    func pass(seconds: Int64) { passed.add(seconds, ordering: .sequentiallyConsistent) }
}
