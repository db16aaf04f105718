import Domain
import Gateway
import Logging
import Pipeline
import Providers
import Storage
import Web

/// Reads the configuration again while the gateway runs: all of it takes the place of what is in force, or nothing does.
///
/// What can fail is done before anything changes: it is read, checked as at a start, credentials that have to be fetched
/// are fetched, and what each event loop needs is made. Then the admin audit has its entry, and the loops have theirs.
actor ConfigurationReload: ConfigurationPort {
    private let load: @Sendable () async throws -> GatewayConfiguration
    /// Catalogue files beside the configured ones.
    private let routes: [CatalogSource]
    private let inForce: ConfigurationInForce
    private let means: Means
    private let logger: Logger
    /// One at a time, in the order in which they were asked for.
    private var last: Task<ReloadOutcome, Never>?

    /// What it acts on.
    struct Means: Sendable {
        let server: GatewayServer
        let store: Store
        let credentials: StoredCredentials
        let renewals: ConfiguredCredentials
        let addressLists: AddressLists
        let log: LogOutput
        let settings: @Sendable (GatewayConfiguration) throws -> GatewaySettings
    }

    init(
        of inForce: ConfigurationInForce, load: @escaping @Sendable () async throws -> GatewayConfiguration,
        routes: [CatalogSource], means: Means, logger: Logger
    ) {
        self.load = load
        self.routes = routes
        self.inForce = inForce
        self.means = means
        self.logger = logger
    }

    func configuration() -> ConfigurationStatus { inForce.status }

    func reload() async -> ReloadOutcome {
        let before = last
        let task = Task {
            _ = await before?.value
            return await readAgain()
        }
        last = task
        return await task.value
    }

    private func readAgain() async -> ReloadOutcome {
        do {
            let draft = try await draft()
            let changed = inForce.edition.text.changes(to: draft.text)
            let isSame = changed.isEmpty && draft.offersTheSame(as: inForce.offer)
            if !isSame { try await putInForce(draft) }
            inForce.note(waitingForRestart: draft.waitingForRestart)
            return report(isSame ? .unchanged : .applied, changed: changed)
        } catch {
            return report(.refused, reason: "\(error)")
        }
    }

    // MARK: Before anything changes

    private func draft() async throws -> ConfigurationInForce.Edition {
        let read = try await load()
        let configuration = read.settled(by: inForce.started)
        let sources = try CatalogSource.configured(configuration) + routes
        let stored = CredentialReading.names(of: try means.store.credentials())
        let text = try read.reading.text(
            startedWith: inForce.started.reading, catalogs: sources, digest: means.store.auditDigest)
        var edition = ConfigurationInForce.Edition(
            configuration, try Offer(configuration, sources: sources, stored: stored), text)
        edition.waitingForRestart = read.reading.waitingForRestart(since: inForce.started.reading)
        return edition
    }

    /// What has to be fetched is fetched before it is needed, unless nothing that leads to it has changed.
    private func issued(for draft: ConfigurationInForce.Edition) async throws -> [String: IssuedCredential]? {
        let before = inForce.edition
        guard draft.credentialsDiffer(from: before) else { return nil }
        var found: [String: IssuedCredential] = [:]
        for issued in draft.offer.issuedCredentials {
            let credential = try await CredentialRenewal(issued, server: means.server, logger: logger).issued()
            for slot in issued.slots { found[slot] = credential }
        }
        return found
    }

    // MARK: The change

    private func putInForce(_ draft: ConfigurationInForce.Edition) async throws {
        let before = inForce.edition
        let issued = try await issued(for: draft)
        let settings = try means.settings(draft.configuration)
        let key = means.credentials.keys.current
        let prepared = try means.server.prepare {
            try draft.serving(issued: issued, fingerprintedBy: key, settings)
        }
        let now = wallClock()
        // Before a record can name them.
        try means.store.keep(draft.offer.routes.map { PriceVersion($0, at: now) })
        try means.store.noteConfiguration(
            from: before.text.audited(comparedWith: draft.text), to: draft.text.audited(comparedWith: before.text))
        // From here on nothing fails.
        if issued != nil { await means.renewals.stop() }
        await means.addressLists.guardRegions(of: draft.offer.routes.map(\.route))
        try await prepared.putInForce()
        inForce.replace(by: draft, at: now)
        means.log.change(to: draft.configuration.logLevel, draft.configuration.logFormat)
        if issued != nil { means.renewals.start(draft.offer.issuedCredentials) }
        try means.credentials.adopt(draft.offer, draft.configuration.storedCredentials)
    }

    // MARK: Telling

    private func report(
        _ result: ReloadOutcome.Result, reason: String? = nil, changed: [String] = []
    ) -> ReloadOutcome {
        inForce.note(result, reason, at: wallClock())
        let status = inForce.status
        var metadata: Logger.Metadata = ["digest": "\(status.digest)", "version": "\(status.version)"]
        if !status.waitingForRestart.isEmpty {
            metadata["restart_needed"] = "\(status.waitingForRestart.joined(separator: " "))"
        }
        switch result {
        case .applied:
            metadata["changed"] = "\(changed.joined(separator: " "))"
            metadata["routes"] = "\(status.routes.count)"
            logger.notice("Another configuration is in force", metadata: metadata)
        case .unchanged: logger.notice("The configuration says what is in force already", metadata: metadata)
        case .refused:
            metadata["reason"] = "\(reason ?? "")"
            logger.error(
                "The configuration can't be worked with, and the one before stays in force", metadata: metadata)
        }
        return ReloadOutcome(result, reason: reason, changed: changed, status: status)
    }
}

extension ConfigurationInForce.Edition {
    /// Stored credentials decide about it too.
    fileprivate func offersTheSame(as other: Offer) -> Bool {
        offer.routes.map(\.route.id) == other.routes.map(\.route.id)
    }

    /// Whether anything that credentials come from is different: a setting of a provider, or a file.
    fileprivate func credentialsDiffer(from other: Self) -> Bool {
        let own = Set(ProviderSetting.all.map(\.key))
        let mine = configuration.reading
        let others = other.configuration.reading
        return mine.files != others.files
            || mine.settings.filter { own.contains($0.key) } != others.settings.filter { own.contains($0.key) }
            || Set(offer.issuedCredentials.flatMap(\.slots)) != Set(other.offer.issuedCredentials.flatMap(\.slots))
    }

    /// What one event loop serves it with.
    ///
    /// - Parameter issued: what was fetched, by the slots it goes to; nil: what the loop has stays.
    fileprivate func serving(
        issued: [String: IssuedCredential]?, fingerprintedBy key: MasterKey, _ settings: GatewaySettings
    ) throws -> sending ServingConfiguration {
        let slots = offer.credentialSlots(fingerprintedBy: key)
        for (name, credential) in issued ?? [:] { slots[name]?.put(credential) }
        let shelves = slots.mapValues { CredentialShelf($0) }
        return ServingConfiguration(
            bindings: try offer.bindings(CredentialShelves(shelves)), credentials: slots, shelves: shelves,
            keeping: issued == nil ? Set(offer.issuedCredentials.flatMap(\.slots)) : [],
            jurisdiction: configuration.jurisdiction, retries: configuration.upstream.retries,
            timeouts: configuration.upstream.timeouts, connectTimeout: configuration.upstream.connectTimeout,
            settings: settings)
    }
}
