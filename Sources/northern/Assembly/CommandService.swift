import Logging
import ServiceLifecycle
import Web

/// Takes what commands ask of the running gateway, as long as it runs.
struct CommandService: Service {
    let server: CommandServer
    let dataDirectory: String
    let logger: Logger

    func run() async throws {
        do {
            let socket = try CommandSocket.path(in: dataDirectory)
            try await cancelWhenGracefulShutdown { try await server.run(socketPath: socket) }
        } catch {
            // Signals and the admin API do what commands would.
            logger.warning("Commands can't reach this gateway", metadata: ["reason": "\(error)"])
        }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }
}

/// Where a running gateway takes what commands ask of it: one in each data directory.
enum CommandSocket {
    /// - Throws: ``ConfigurationError`` where the path is longer than a socket may have.
    static func path(in dataDirectory: String) throws -> String {
        let path = "\(dataDirectory)/command.sock"
        // sun_path of unix(7), with its end.
        guard path.utf8.count < 108 else {
            throw ConfigurationError(
                "The path of '\(Settings.dataDirectory.key)' is too long for a socket in it. Choose a shorter one, or send "
                    + "the gateway SIGHUP.")
        }
        return path
    }
}
