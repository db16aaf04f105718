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
import UnixSignals

/// The data plane's end: it was started with the node.
struct DataPlaneService: Service {
    let server: GatewayServer
    let delay: TimeAmount
    let grace: TimeAmount

    func run() async throws {
        try await gracefulShutdown()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Whoever says it twice doesn't want to wait.
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { server.hurry() }
            }
            group.addTask { try await server.stop(after: delay, grace: grace) }
            // The signals end with the stop, not the other way round.
            try await group.next()
            group.cancelAll()
        }
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

/// Does something again and again, for as long as the gateway runs.
struct RepeatingService: Service {
    /// Returns how long to wait before the next time.
    let work: @Sendable () -> Duration

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true { try await Task.sleep(for: work()) }
        }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }
}

extension TransparencyLog {
    /// Publishes a checkpoint where there is anything new, and says where that fails; the next try makes up for it.
    func publish(reportingTo logger: Logger) {
        do {
            try publish(at: wallClock())
        } catch {
            logger.error("No checkpoint could be published", metadata: ["error": "\(error)"])
        }
    }
}

extension GatewayServer {
    /// Has the writers of the journal try again what the disk has refused.
    func retryJournals(of ledger: Ledger) {
        guard ledger.refusedBytes > 0 else { return }
        for loop in loops { loop.retryJournal() }
    }
}

extension Store {
    /// Deletes some of the records that are older than they are to be.
    ///
    /// - Parameter usual: days, where nothing else was said for an organization; nil: for ever.
    /// - Returns: false where there may be more.
    func deletedAllExpired(usual: Int?, reportingTo logger: Logger) -> Bool {
        do {
            let count = try deleteExpiredRecords(usual: usual, at: wallClock())
            if count > 0 { logger.notice("Old custody records were deleted", metadata: ["count": "\(count)"]) }
            return count == 0
        } catch {
            logger.error("Old custody records could not be deleted", metadata: ["error": "\(error)"])
            return true
        }
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
