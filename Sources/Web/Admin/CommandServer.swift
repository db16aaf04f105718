import Hummingbird
import HummingbirdCore
public import Logging

/// What commands on the same machine ask the running gateway for, with the reply that the admin API would give.
///
/// It listens on a Unix socket that the gateway's own user alone may open, and so asks for no token.
public struct CommandServer: Sendable {
    /// Where `northern reload` sends its request.
    public static let reloadPath = "/reload"

    private let configuration: any ConfigurationPort
    private let logger: Logger

    public init(configuration: any ConfigurationPort, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter socketPath: where the socket is made. One that an earlier process left is replaced.
    /// - Throws: when the socket can't be made there.
    public func run(socketPath: String) async throws {
        let application = Application(router: router(), socketPath: socketPath, logger: logger, onReady: {})
        try await application.runUntilCancelled()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorReplies { _, _ in nil })
        router.post(RouterPath(Self.reloadPath)) { _, _ in try await configuration.reload().reply() }
        return router
    }
}
