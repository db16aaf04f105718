import Domain
import Foundation
import Gateway
import Providers
import Synchronization

/// The renewal of one credential of a gateway's, which goes on when the test says so, at the gateway's own clock.
final class TestRenewal: Sendable {
    private let gateway: TestGateway
    private let pauses: AsyncStream<Timestamp>
    private let goOn: AsyncStream<Void>.Continuation
    private let task: Task<Void, any Error>

    /// - Parameter files: what it may read.
    init(
        _ issuer: any CredentialIssuer, of family: Family, on gateway: TestGateway, files: [String: String] = [:]
    ) {
        let (pauses, paused) = AsyncStream.makeStream(of: Timestamp.self)
        let (signals, goOn) = AsyncStream.makeStream(of: Void.self)
        self.gateway = gateway
        self.pauses = pauses
        self.goOn = goOn
        let means = CredentialRenewal.Means(
            clock: gateway.clock.now,
            pause: { end in
                paused.yield(end)
                for await _ in signals { return }
                throw CancellationError()
            },
            read: { file, most in files[file].map { Array($0.utf8.prefix(most)) } })
        let renewal = CredentialRenewal(
            issuer, named: "\(family)", slots: [family.route], server: gateway.server, means: means,
            logger: gateway.log.logger)
        task = Task { try await renewal.run() }
    }

    /// Waits until there is nothing to do for a while. All event loops have the new credential then, if there is one.
    ///
    /// - Returns: for how many seconds.
    @discardableResult
    func isWaiting() async throws -> Int64 {
        for await end in pauses {
            _ = try await gateway.server.counters()
            return end.seconds - gateway.clock.now().seconds
        }
        throw CancellationError()
    }

    /// Time passes, the renewal has its turn, and waits again.
    @discardableResult
    func turn(after seconds: Int64) async throws -> Int64 {
        gateway.clock.pass(seconds: seconds)
        goOn.yield()
        return try await isWaiting()
    }

    func stop() { task.cancel() }
}
