import Gateway
import Logging
import ServiceLifecycle
import Synchronization

/// Keeps the configured credentials that have to be fetched in force, until others take their place.
final class ConfiguredCredentials: Sendable {
    private let server: GatewayServer
    private let logger: Logger
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(server: GatewayServer, logger: Logger) {
        self.server = server
        self.logger = logger
    }

    func start(_ issued: [IssuedCredentials]) {
        let started = issued.map { issued in
            let renewal = CredentialRenewal(issued, server: server, logger: logger)
            return Task { _ = try? await renewal.run() }
        }
        tasks.withLock { $0 += started }
    }

    /// Nothing of theirs reaches an event loop afterwards.
    func stop() async {
        let stopped = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in stopped { task.cancel() }
        for task in stopped { await task.value }
    }
}

/// The same, for as long as the gateway runs.
struct ConfiguredCredentialService: Service {
    let credentials: ConfiguredCredentials
    let issued: [IssuedCredentials]

    func run() async throws {
        credentials.start(issued)
        try await gracefulShutdown()
        await credentials.stop()
    }
}
