import AsyncHTTPClient
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

/// Publishes a checkpoint of the custody log once a second, where there is anything new.
struct CheckpointService: Service {
    let log: TransparencyLog
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                publish()
                try await Task.sleep(for: .seconds(1))
            }
        }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }

    func publish() {
        do {
            try log.publish(at: wallClock())
        } catch {
            logger.error("No checkpoint could be published", metadata: ["error": "\(error)"])
        }
    }
}

/// Has the journals' writers try again once a second what the disk has refused.
struct JournalRetryService: Service {
    let ledger: Ledger
    let server: GatewayServer

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                if ledger.refusedBytes > 0 { for loop in server.loops { loop.retryJournal() } }
            }
        }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }
}

/// Deletes records that are older than they are to be, once an hour.
struct RetentionService: Service {
    let store: Store
    /// Days; nil: for ever.
    let usual: Int?
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                let pause: Duration = deletedAll() ? .seconds(3_600) : .milliseconds(100)
                try await Task.sleep(for: pause)
            }
        }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }

    /// - Returns: false where there may be more.
    private func deletedAll() -> Bool {
        do {
            let count = try store.deleteExpiredRecords(usual: usual, at: wallClock())
            if count > 0 {
                logger.notice("Custody records were deleted, as they were old enough", metadata: ["count": "\(count)"])
            }
            return count == 0
        } catch {
            logger.error("Old custody records could not be deleted", metadata: ["error": "\(error)"])
            return true
        }
    }
}

/// Keeps a credential that has to be fetched in force, for as long as the gateway runs.
struct CredentialService: Service {
    let renewal: CredentialRenewal

    init(_ issued: IssuedCredentials, server: GatewayServer, logger: Logger) {
        renewal = CredentialRenewal(
            issued.issuer, named: issued.account, slots: issued.slots, server: server,
            means: CredentialRenewal.Means(clock: wallClock, pause: pauseOnWallClock, read: readFile), logger: logger)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await renewal.run() }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }
}

/// Keeps the lists of addresses as new as their sources, for as long as the gateway runs.
struct AddressListService: Service {
    let lists: AddressLists
    let configuration: GatewayConfiguration
    let server: GatewayServer
    let logger: Logger

    func run() async throws {
        try await HTTPClient.withHTTPClient(configuration: AddressListDownload.clientConfiguration) { client in
            try? await cancelWhenGracefulShutdown { try await refresh(with: AddressListDownload(client)) }
            // A service that ends before it is told to would end all others.
            try await gracefulShutdown()
        }
    }

    private func refresh(with download: AddressListDownload) async throws {
        let means = AddressListRefresh.Means(
            dataDirectory: configuration.dataDirectory, download: download,
            publish: { [server] catalogs in
                for loop in server.loops { loop.change { $0.replace(catalogs: catalogs) } }
            },
            clock: wallClock, pause: pauseOnWallClock, chance: { Double.random(in: 0...1) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (publisher, source) in configuration.addressLists {
                let refresh = AddressListRefresh(
                    publisher: publisher, source: source, lists: lists, means: means, logger: logger)
                group.addTask { try await refresh.run() }
            }
            try await group.waitForAll()
        }
    }
}

/// Up to some bytes of a file; nil when it can't be read.
func readFile(_ path: String, most: Int) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    return (try? file.read(upToCount: most)).map { Array($0) }
}
