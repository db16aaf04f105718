import Domain
import Foundation
import Gateway
import Logging
import NIOCore
import Providers
import ServiceLifecycle
import Storage
import Synchronization

/// The data plane's end: it was started with the node.
struct DataPlaneService: Service {
    let server: GatewayServer

    func run() async throws {
        try await gracefulShutdown()
        try await server.stop(grace: .seconds(30))
    }
}

/// Waits until everything listens.
final class Readiness: Sendable {
    private let state = Mutex<(controlPlane: Bool, adminPort: Int?)>((false, nil))
    private let onReady: @Sendable (Int) -> Void

    init(_ onReady: @escaping @Sendable (Int) -> Void) { self.onReady = onReady }

    func controlPlaneIsUp() {
        report(
            state.withLock {
                $0.controlPlane = true
                return $0
            })
    }

    func adminIsUp(port: Int) {
        report(
            state.withLock {
                $0.adminPort = port
                return $0
            })
    }

    /// Each of the two comes once, so both are there once only.
    private func report(_ now: (controlPlane: Bool, adminPort: Int?)) {
        if now.controlPlane, let port = now.adminPort { onReady(port) }
    }
}

/// Brings new and revoked keys to the event loops, whichever process wrote them.
struct KeyWatcher: Service {
    let keys: StoredKeys
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var seen = try keys.changeCounter()
            while true {
                try await Task.sleep(for: .seconds(1))
                do {
                    let counter = try keys.changeCounter()
                    if counter != seen { try keys.publish() }
                    seen = counter
                } catch {
                    logger.error("The keys could not be read again", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}

/// Keeps a credential that has to be fetched in force, for as long as the gateway runs.
struct CredentialService: Service {
    let renewal: CredentialRenewal

    init(_ issued: IssuedCredentials, server: GatewayServer, logger: Logger) {
        renewal = CredentialRenewal(
            issued.issuer, named: issued.account, slots: issued.slots, server: server,
            means: CredentialRenewal.Means(clock: wallClock, pause: Self.pause, read: readFile), logger: logger)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await renewal.run() }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }

    /// A minute at most: whoever waits looks at the clock again, which may have been set, or have gone on while the
    /// machine slept.
    private static func pause(until end: Timestamp) async throws {
        let remaining = end.microseconds - wallClock().microseconds
        try await Task.sleep(for: .microseconds(max(1_000, min(remaining, 60_000_000))))
    }
}

/// Up to some bytes of a file; nil when it can't be read.
func readFile(_ path: String, most: Int) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    return (try? file.read(upToCount: most)).map { Array($0) }
}
