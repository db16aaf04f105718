import Domain
import Gateway
import Logging
import Pipeline
import Providers
import Storage
import Synchronization

/// What of the store's credentials is in force, for the event loops.
struct CredentialReading: Sendable {
    var entries: [StoredCredentialEntry] = []
    /// Those that have to be fetched.
    var issued: [IssuedCredentials] = []
    /// Why some can't be used.
    var mistakes: [(id: ProviderCredential.ID, reason: String)] = []

    /// - Throws: ``CredentialUnopenable`` where one was sealed with a master key that isn't at hand: nothing is served with
    ///   half of what is stored.
    init(_ opened: [OpenedCredential], _ configuration: StoredCredentialConfiguration) throws {
        for entry in opened {
            if case .failure(let error) = entry.secret, case .unknownKey = error.reason { throw error }
            add(entry, configuration)
        }
    }

    /// One that can't be used is in force as well: what it is for is refused, and never sent with another one.
    private mutating func add(_ opened: OpenedCredential, _ configuration: StoredCredentialConfiguration) {
        let credential = opened.credential
        let shelves = CredentialAccount(credential.provider)?.credentialNames ?? []
        var fixed: Credential?
        do {
            let origin = try configuration.origin(
                of: try opened.secret.get(), credential.kind, for: credential.provider, named: credential.id)
            switch origin {
            case .fixed(let credential, _): fixed = credential
            case .issued(let issuer, let account):
                let version = StoredCredentialEntry(credential, shelves: shelves, fixed: nil).version
                issued.append(IssuedCredentials(account: account, issuer: issuer, slots: [version]))
            case .absent, .unusable: break
            }
        } catch {
            mistakes.append((credential.id, "\(error)"))
        }
        entries.append(StoredCredentialEntry(credential, shelves: shelves, fixed: fixed))
    }

    /// The names, in the catalogue, of the credentials that somebody has.
    static func names(of credentials: [ProviderCredential]) -> Set<String> {
        Set(credentials.flatMap { CredentialAccount($0.provider)?.credentialNames ?? [] })
    }
}

/// Credentials in the store, brought to the event loops whenever they change.
final class StoredCredentials: Sendable {
    let store: Store
    let keys: MasterKeys
    let server: GatewayServer
    let logger: Logger
    private let state: Mutex<(configuration: StoredCredentialConfiguration, offer: Offer)>
    private let renewals: CredentialRenewals
    /// Whoever has read them hands them on before others read them.
    private let oneAtATime = Mutex(())

    init(
        store: Store, keys: MasterKeys, configuration: StoredCredentialConfiguration, server: GatewayServer,
        offer: Offer, logger: Logger
    ) {
        self.store = store
        self.keys = keys
        state = Mutex((configuration, offer))
        self.server = server
        self.logger = logger
        renewals = CredentialRenewals(server: server, logger: logger)
    }

    var configuration: StoredCredentialConfiguration { state.withLock { $0.configuration } }
    var offer: Offer { state.withLock { $0.offer } }

    /// Another configuration is in force.
    func adopt(_ offer: Offer, _ configuration: StoredCredentialConfiguration) throws {
        state.withLock { $0 = (configuration, offer) }
        try publish()
    }

    /// Replaces what the event loops have, and renews what has to be.
    func publish() throws {
        try oneAtATime.withLock { _ in
            let reading = try CredentialReading(try store.openCredentials(keys), configuration)
            for (id, reason) in reading.mistakes {
                logger.error(
                    "A stored credential can't be used", metadata: ["credential": "\(id)", "error": "\(reason)"])
            }
            for loop in server.loops { loop.change { $0.replace(stored: reading.entries) } }
            renewals.replace(by: reading.issued)
        }
    }

    /// Writes down when each was last used.
    func noteUses() async {
        do {
            try store.noteCredentialUses(try await server.takeCredentialUses())
        } catch {
            logger.error("The uses of credentials could not be noted", metadata: ["error": "\(error)"])
        }
    }

    func stop() { renewals.replace(by: []) }
}

/// Renews stored credentials as long as they are in force.
private final class CredentialRenewals: Sendable {
    private let server: GatewayServer
    private let logger: Logger
    /// By the version of the credential.
    private let tasks = Mutex<[String: Task<Void, Never>]>([:])

    init(server: GatewayServer, logger: Logger) {
        self.server = server
        self.logger = logger
    }

    func replace(by issued: [IssuedCredentials]) {
        tasks.withLock { tasks in
            let wanted = Dictionary(issued.flatMap { one in one.slots.map { ($0, one) } }) { first, _ in first }
            for (version, task) in tasks where wanted[version] == nil {
                task.cancel()
                tasks[version] = nil
            }
            for (version, one) in wanted where tasks[version] == nil {
                let renewal = CredentialRenewal(one, server: server, logger: logger)
                tasks[version] = Task { try? await renewal.run() }
            }
        }
    }
}

extension CredentialRenewal {
    init(_ issued: IssuedCredentials, server: GatewayServer, logger: Logger) {
        self.init(
            issued.issuer, named: issued.account, slots: issued.slots, server: server,
            means: Means(clock: wallClock, pause: pauseOnWallClock, read: readFile), logger: logger)
    }
}
