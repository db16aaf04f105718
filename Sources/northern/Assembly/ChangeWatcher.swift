import Logging
import ServiceLifecycle

/// Brings what has changed in the store to the event loops, whichever process or node has changed it.
struct ChangeWatcher: Service {
    /// What is watched, as the log calls it.
    let subject: String
    /// The counter as of what the event loops have; nil where that isn't known: the first time all are told.
    let seen: Int?
    /// Differs from the last time when there may be something new.
    let counter: @Sendable () throws -> Int
    let publish: @Sendable () throws -> Void
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var seen = seen
            while true {
                try await Task.sleep(for: .milliseconds(500))
                do {
                    let counter = try counter()
                    if counter != seen { try publish() }
                    seen = counter
                } catch {
                    logger.error("The \(subject) could not be read again", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
