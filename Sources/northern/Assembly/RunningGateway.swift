import CustodyLog
import Domain
import Foundation
import Gateway
import Glibc
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Pipeline
import Privacy
import Providers
import ServiceLifecycle
import Storage
import UnixSignals
import Upstream
import Web

/// One running gateway: the graph of everything, built here and nowhere else.
struct RunningGateway: Sendable {
    let configuration: GatewayConfiguration
    let server: GatewayServer
    private let certificate: WatchedCertificate<ServedCertificate>?
    private let adminCertificate: WatchedCertificate<AdminCertificate>?
    let store: Store
    let hasher: KeyHasher
    private let keys: StoredKeys
    private let credentials: StoredCredentials
    private let renewals: ConfiguredCredentials
    private let inForce: ConfigurationInForce
    private let reload: ConfigurationReload
    private let addressLists: AddressLists
    private let ledger: Ledger
    private let log: TransparencyLog
    let logger: Logger

    /// Where the control plane listens.
    private let controlPlaneSocket: String

    /// Opens the data directory and starts the data plane; ``run(onReady:)`` starts the rest.
    ///
    /// - Parameters:
    ///   - routes: catalogue files beside the configured ones.
    ///   - load: reads the configuration again.
    static func start(
        _ configuration: GatewayConfiguration, routes: [CatalogSource] = [],
        load: @escaping @Sendable () async throws -> GatewayConfiguration
    ) async throws -> RunningGateway {
        let output = LogOutput(configuration.logLevel, configuration.logFormat)
        let logger = output.makeLogger()
        raiseFileLimit()
        keepFreedMemory()
        let store = try Store(configuration)
        try store.confirmMasterKey(configuration)
        let hasher = try KeyHasher(directory: configuration.dataDirectory)
        let ledger = try Ledger(
            directory: configuration.dataDirectory, store: store, at: wallClock(),
            options: ledgerOptions(configuration, logger))
        let log = try TransparencyLog(
            ledger, directory: configuration.dataDirectory, origin: configuration.logOrigin,
            witnesses: configuration.witnesses.map(\.key), at: wallClock())
        let masterKeys = try configuration.storedCredentials.masterKeys(in: configuration.dataDirectory)
        let opened = try store.openCredentials(masterKeys)
        let reading = try CredentialReading(opened, configuration.storedCredentials)
        let sources = try CatalogSource.configured(configuration) + routes
        let offer = try Offer(
            configuration, sources: sources, stored: CredentialReading.names(of: opened.map(\.credential)))
        for (route, reason) in offer.leftOut {
            logger.debug(
                "A route of the catalogue is not offered", metadata: ["route": "\(route)", "reason": "\(reason)"])
        }
        for case (let provider, .unusable(let reason)) in offer.credentialOrigins {
            logger.warning(
                "A provider's credential can't be used", metadata: ["provider": "\(provider)", "reason": "\(reason)"])
        }
        // Before a record can name them.
        let now = wallClock()
        try store.keep(offer.routes.map { PriceVersion($0, at: now) })
        let socket = try controlPlaneSocket(in: configuration.dataDirectory)
        let addressLists = try AddressLists.configured(configuration, for: offer.routes.map(\.route), at: wallClock())
        let listen = configuration.listen
        let certificate = try listen.certificate.map { try WatchedCertificate<ServedCertificate>($0, logger) }
        let adminCertificate = try listen.adminCertificate.map { try WatchedCertificate<AdminCertificate>($0, logger) }
        // Names that callers choose may take long to be found: providers' names don't wait for them.
        let lookups = NIOThreadPool(numberOfThreads: 4)
        let makeSettings = { @Sendable (configuration: GatewayConfiguration) throws in
            try settings(configuration, socket, lookups)
        }
        let server = try await startServer(
            configuration, certificate?.served, offer, (masterKeys.current, reading), store, hasher, (ledger, log),
            await addressLists.inForce, makeSettings(configuration), logger)
        ledger.start()
        let credentials = StoredCredentials(
            store: store, keys: masterKeys, configuration: configuration.storedCredentials, server: server,
            offer: offer, logger: logger)
        try credentials.publish()
        let text = try configuration.reading.text(
            startedWith: configuration.reading, catalogs: sources, digest: store.auditDigest)
        let inForce = ConfigurationInForce(.init(configuration, offer, text), since: now)
        let renewals = ConfiguredCredentials(server: server, logger: logger)
        let reload = ConfigurationReload(
            of: inForce, load: load, routes: routes,
            means: .init(
                server: server, store: store, credentials: credentials, renewals: renewals,
                addressLists: addressLists, log: output, settings: makeSettings),
            logger: logger)
        return RunningGateway(
            configuration: configuration, server: server, certificate: certificate,
            adminCertificate: adminCertificate, store: store, hasher: hasher,
            keys: StoredKeys(store: store, ledger: ledger, hasher: hasher, server: server), credentials: credentials,
            renewals: renewals, inForce: inForce, reload: reload, addressLists: addressLists, ledger: ledger, log: log,
            logger: logger, controlPlaneSocket: socket)
    }

    private static func startServer(
        _ configuration: GatewayConfiguration, _ certificate: ServedCertificate?, _ offer: Offer,
        _ credentials: (key: MasterKey, stored: CredentialReading),
        _ store: Store, _ hasher: KeyHasher,
        _ custody: (ledger: Ledger, log: TransparencyLog), _ catalogs: AddressCatalogs, _ settings: GatewaySettings,
        _ logger: Logger
    ) async throws -> GatewayServer {
        let loops = configuration.eventLoops > 0 ? configuration.eventLoops : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        let tls = try NIOSSLContext.forProviders()
        let timeouts = UpstreamClient.Timeouts(connect: configuration.upstream.connectTimeout)
        let keys = try store.readKeys(hasher: hasher, at: wallClock())
        try custody.ledger.fillAllLimits(at: wallClock())
        let start = { @Sendable loop throws -> LoopState in
            let slots = offer.credentialSlots(fingerprintedBy: credentials.key)
            let shelves = Offer.shelves(slots)
            shelves.replace(credentials.stored.entries)
            let snapshot = ServingSnapshot(
                keys: keys.table(), bindings: try offer.bindings(shelves),
                mappings: try store.mappingsInForce(), jurisdiction: configuration.jurisdiction,
                version: Northern.version, retries: configuration.upstream.retries,
                timeouts: configuration.upstream.timeouts)
            return LoopState(
                eventLoop: loop, snapshot: snapshot, credentials: slots,
                upstream: UpstreamClient(
                    eventLoop: loop, tls: tls, timeouts: timeouts, catalogs: catalogs,
                    resolver: SystemResolver(threads: threads), clock: wallClock),
                journal: try custody.ledger.makeJournal(), archive: custody.ledger, log: custody.log, mappings: store,
                settings: settings,
                threads: threads, shelves: shelves, logger: logger, clock: wallClock)
        }
        do {
            return try await GatewayServer.start(
                host: configuration.host, port: configuration.port, certificate: certificate, group: group,
                makeState: start)
        } catch let error as IOError {
            throw ConfigurationError(
                "Callers can't be listened for on \(configuration.host):\(configuration.port) "
                    + "(\(String(cString: strerror(error.errnoCode)))). Choose another '\(Settings.port.key)', or end what "
                    + "listens there.")
        }
    }

    private static func settings(
        _ configuration: GatewayConfiguration, _ socket: String, _ lookups: NIOThreadPool
    ) throws -> GatewaySettings {
        var settings = GatewaySettings(
            bodyLimit: configuration.bodyLimit, controlPlaneSocket: socket,
            idleTimeout: configuration.listen.idleTimeout,
            policyDigest: { PolicyDigest.text(of: $0) })
        settings.proxies = TrustedProxies(configuration.proxies)
        settings.limits = configuration.listen.limits
        if settings.limits.connections == 0 { settings.limits.connections = connectionLimit() }
        settings.tracing = configuration.telemetry.rule
        if configuration.digestsContent {
            let keys = try ContentKeys(directory: configuration.dataDirectory)
            settings.contentKey = { keys.key(of: $0) }
        }
        let standIns = try StandInKeys(directory: configuration.dataDirectory)
        let lexicon = try Lexicon.shared
        let substitution = configuration.substitution
        let finder = try EntityFinder(lexicon: lexicon, allowed: substitution.allowed)
        settings.substitutionEngine = { organization in
            SubstitutionEngine(
                finder: finder, lexicon: lexicon, key: standIns.key(of: organization), usual: substitution.usual)
        }
        settings.recognizer = substitution.recognizer.map(PresidioAnalyzer.init)
        settings.mediaURLs = try configuration.images.policy(lookups: lookups)
        return settings
    }

    /// The control plane's socket is in the data directory, unless that has a longer path than a socket may have: then it
    /// is in a directory of its own that nobody else can enter.
    private static func controlPlaneSocket(in dataDirectory: String) throws -> String {
        let usual = "\(dataDirectory)/control.sock"
        guard usual.utf8.count > 100 else { return usual }
        let directory = FileManager.default.temporaryDirectory.path + "/northern-\(randomHex(bytes: 8))"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        return "\(directory)/control.sock"
    }

    /// Keys that were made meanwhile are known from now on.
    func publishKeys() throws { try keys.publish() }

    private func publishMappings() throws {
        for loop in server.loops {
            let (mappings, revision) = try store.allMappings()
            loop.change { $0.replace(allMappings: mappings, asOf: revision) }
        }
    }

    /// Serves until it is told to stop.
    ///
    /// - Parameter onReady: called once everything listens, with the port of the admin listener.
    func run(onReady: @escaping @Sendable (Int) -> Void) async throws {
        let readiness = Readiness { port in
            onReady(port)
            ProgramCode.unmapUntilUsed()
        }
        let telemetry = TelemetryTally()
        let witnessing = WitnessService(log: log, witnesses: configuration.witnesses, logger: logger)
        let serverMetrics = ServerMetrics(
            server: server, ledger: ledger, addressLists: addressLists, witnesses: witnessing.tally, inForce: inForce,
            telemetry: telemetry)
        var services: [any Service] = [
            controlPlane { readiness.controlPlaneIsUp() },
            admin(serverMetrics) { readiness.adminIsUp(port: $0) },
            ChangeWatcher(
                subject: "keys", seen: try keys.changeCounter(), counter: keys.changeCounter, publish: keys.publish,
                logger: logger),
            // What has changed between the reading of the loops and now isn't known.
            ChangeWatcher(
                subject: "mappings", seen: nil, counter: store.mappingRevision, publish: publishMappings,
                logger: logger),
            StoredCredentialService(credentials: credentials, logger: logger),
            RepeatingService { [log, ledger, server, logger] in
                ledger.beat(at: wallClock())
                log.publish(reportingTo: logger)
                server.retryJournals(of: ledger)
                return .seconds(1)
            },
            RepeatingService { [ledger] in
                ledger.fillLimits(at: wallClock())
                return .milliseconds(200)
            },
            RepeatingService { [store, inForce, logger] in
                let days = inForce.configuration.retentionDays
                let hasAll = store.deletedAllExpired(usual: days > 0 ? days : nil, reportingTo: logger)
                return hasAll ? .seconds(3_600) : .milliseconds(100)
            },
        ]
        services.append(ReloadSignal(reload: reload))
        services.append(
            CommandService(
                server: CommandServer(configuration: reload, logger: logger),
                dataDirectory: configuration.dataDirectory, logger: logger))
        services.append(
            TelemetryExport(server, inForce: inForce, metrics: serverMetrics, tally: telemetry, logger: logger))
        services.append(
            ConfiguredCredentialService(credentials: renewals, issued: inForce.offer.issuedCredentials))
        if !configuration.witnesses.isEmpty { services.append(witnessing) }
        if !configuration.addressLists.isEmpty {
            services.append(
                AddressListService(lists: addressLists, configuration: configuration, server: server, logger: logger))
        }
        if let certificate { services.append(certificate.service(logger)) }
        if let adminCertificate { services.append(adminCertificate.service(logger)) }
        // The last service is stopped first: callers are let finish before anything they need goes.
        services.append(
            DataPlaneService(
                server: server, delay: configuration.listen.drainDelay, grace: configuration.listen.drainTimeout))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        defer { closeCustody() }
        try await group.run()
    }

    /// Whatever was recorded last gets its checkpoint too.
    private func closeCustody() {
        ledger.stop()
        log.publish(reportingTo: logger)
        ledger.leave(at: wallClock())
    }

    private func controlPlane(_ onReady: @escaping @Sendable () -> Void) -> ControlPlaneService {
        ControlPlaneService(
            controlPlane: ControlPlane(
                catalog: OfferedRoutes(inForce: inForce), portal: portal, publicURL: configuration.publicURL,
                logger: logger),
            socket: controlPlaneSocket, onReady: onReady)
    }

    private var portal: Portal {
        Portal(
            people: store, keys: keys, records: StoredRecords(ledger: ledger, log: log),
            catalog: OfferedRoutes(inForce: inForce),
            identityProvider: configuration.signOn.map { OpenIDProvider($0, clock: wallClock, logger: logger) },
            administration: administration, clock: wallClock)
    }

    private var administration: PortalAdministration {
        PortalAdministration(
            piiAudit: StoredPIIAudit(ledger: ledger), adminAudit: StoredAdminAudit(store: store),
            drifts: StoredDrifts(ledger: ledger), health: ServedHealth(server: server),
            catalog: OfferedRoutes(inForce: inForce),
            credentials: credentials, money: money, usage: StoredUsage(ledger: ledger, store: store))
    }

    private var money: MoneyPorts {
        MoneyPorts(prices: StoredPrices(inForce: inForce, store: store), credits: ledger, rates: store)
    }

    private func admin(
        _ metrics: ServerMetrics, _ onReady: @escaping @Sendable (Int) -> Void
    ) -> AdminService {
        let limit = configuration.journalLimit
        let server = AdminServer(
            token: inForce.configuration.adminToken.flatMap { AdminToken($0) }, people: store, keys: keys,
            credentials: credentials,
            mappings: StoredMappings(store: store), drifts: StoredDrifts(ledger: ledger),
            piiAudit: StoredPIIAudit(ledger: ledger), addressLists: addressLists,
            adminAudit: StoredAdminAudit(store: store),
            money: money, configuration: reload,
            idempotency: StoredIdempotency(store: store, keys: credentials.keys),
            metrics: metrics,
            readiness: { [ledger, dataPlane = self.server] in
                guard !dataPlane.isDraining else { return .notReady("The gateway is stopping.") }
                guard ledger.refusedBytes == 0 else {
                    return .notReady("The disk doesn't take the custody journal: look whether it is full.")
                }
                return ledger.undrainedBytes < limit
                    ? .ready : .notReady("The custody journal is full: look at the store.")
            },
            clock: wallClock, logger: logger)
        return AdminService(
            server: server, host: configuration.adminHost, port: configuration.adminPort,
            certificate: adminCertificate?.served, onReady: onReady)
    }

    private static func ledgerOptions(_ configuration: GatewayConfiguration, _ logger: Logger) -> LedgerOptions {
        var options = LedgerOptions()
        options.journalLimit = configuration.journalLimit
        // Nobody else can have a file of the data directory open: its lock is held.
        options.sharesLimits = configuration.storeURL != nil
        options.onEvent = { event in
            switch event {
            case .replayed, .drainRecovered, .logHeld: logger.notice("\(event)")
            case .interrupted: logger.warning("\(event)")
            case .segmentDamaged, .drainFailed, .fileTrouble, .entriesLost, .nodeTwice: logger.error("\(event)")
            }
        }
        return options
    }

    /// Has glibc keep what is freed for the next large body, where it would give it back and fetch it anew page by page.
    ///
    /// The largest block that was ever freed tells it how much it may keep (mallopt(3), M_MMAP_THRESHOLD): this one is
    /// never touched, so it costs nothing.
    private static func keepFreedMemory() {
        UnsafeMutableRawPointer.allocate(byteCount: 16 << 20, alignment: 16).deallocate()
    }

    /// As many as have a file for the caller and one for a provider, with some left for everything else.
    private static func connectionLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return max(64, (Int(clamping: limit.rlim_cur) - 256) / 2)
    }

    /// Each stream has two sockets, so the usual 1,024 files are soon used up.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
