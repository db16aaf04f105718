import Domain
import Gateway
import Logging
import NIOCore
import Providers
import ServiceLifecycle
import Storage
import Synchronization
import Upstream
import Wire

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
            var seen = try keys.store.changeCounter()
            while true {
                try await Task.sleep(for: .seconds(1))
                do {
                    let counter = try keys.store.changeCounter()
                    if counter != seen { try keys.publish() }
                    seen = counter
                } catch {
                    logger.error("The keys could not be read again", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}

/// Keeps an access token of a Google service account in force: renewed ahead of its end, one request at a time, the old
/// one in use as long as it lasts.
struct GoogleTokenRenewal: Service {
    let account: GoogleServiceAccount
    let name: String
    let server: GatewayServer
    let logger: Logger

    /// Seconds before its end at which a token is renewed.
    private static let lead: Int64 = 240

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var failures = 0
            while true {
                do {
                    let token = try await renewed()
                    failures = 0
                    let remaining = token.expiresAt.seconds - wallClock().seconds
                    // A token that lives shorter than the lead is renewed at half of its life.
                    try await Task.sleep(for: .seconds(max(1, max(remaining - Self.lead, remaining / 2))))
                } catch let error as CancellationError {
                    throw error
                } catch {
                    failures += 1
                    logger.error(
                        "No access token could be obtained", metadata: ["credential": "\(name)", "error": "\(error)"])
                    try await Task.sleep(for: .seconds(min(60, 1 << min(failures, 6))))
                }
            }
        }
    }

    private func renewed() async throws -> AccessToken {
        let now = wallClock()
        let request = try account.tokenRequest(at: now)
        let endpoint = account.tokenEndpoint
        let reply = try await server.onOneLoop { $0.exchangeCredential(request, at: endpoint) }
        let token = try reply.body.withUnsafeBytes { bytes in
            Result { () throws(GoogleCredentialError) in
                try AccessToken(reply: bytes, status: reply.head.status, at: now)
            }
        }.get()
        let credential = Credential.bearer(token.value)
        for loop in server.loops { loop.change { [name] in $0.replace(credential: credential, named: name) } }
        return token
    }
}
