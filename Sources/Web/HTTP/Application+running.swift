import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

extension Application {
    /// Runs until the task is cancelled. Requests under way then have a few seconds to finish.
    func runUntilCancelled() async throws {
        var configuration = ServiceGroupConfiguration(services: [self], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        let group = ServiceGroup(configuration: configuration)
        // In a task of its own: a cancelled one would break off in the middle of requests.
        let running = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await running.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}

extension Application {
    /// One that listens on a Unix socket, which only its owner may open. One that an earlier process left is replaced.
    ///
    /// - Parameter onReady: called once, when the socket takes connections.
    init<Router: HTTPResponderBuilder>(
        router: Router, socketPath: String, logger: Logger, onReady: @escaping @Sendable () -> Void
    ) where Router.Responder == Responder {
        self.init(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socketPath)),
            onServerRunning: { _ in
                do {
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: socketPath)
                } catch {
                    logger.error("The socket is open to other users of this machine", metadata: ["error": "\(error)"])
                }
                onReady()
            },
            logger: logger)
    }
}
