import Gateway
import Logging
import ServiceLifecycle
import Storage

/// Brings stored credentials to the event loops when they change, whichever process wrote them, and notes their use.
struct StoredCredentialService: Service {
    let credentials: StoredCredentials
    let logger: Logger

    private static let secondsBetweenNotes = 30

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var seen = try credentials.store.changeCounter()
            for second in 1... {
                try await Task.sleep(for: .seconds(1))
                if second.isMultiple(of: Self.secondsBetweenNotes) { await credentials.noteUses() }
                do {
                    let counter = try credentials.store.changeCounter()
                    if counter != seen { try credentials.publish() }
                    seen = counter
                } catch {
                    logger.error("The credentials could not be read again", metadata: ["error": "\(error)"])
                }
            }
        }
        credentials.stop()
        await credentials.noteUses()
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }
}
