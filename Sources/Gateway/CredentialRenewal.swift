public import Domain
public import Logging
import NIOCore
public import Providers
import Upstream
import Wire

/// Keeps one credential in force on all event loops: fetched at the start, renewed ahead of its end, one question at a
/// time, the old one in use as long as it lasts. ``RenewalSchedule`` decides, this acts.
public struct CredentialRenewal: Sendable {
    private let issuer: any CredentialIssuer
    private let name: String
    private let slots: [String]
    private let server: GatewayServer
    private let means: Means
    private let logger: Logger

    /// What it acts with besides the network.
    public struct Means: Sendable {
        let clock: @Sendable () -> Timestamp
        let pause: @Sendable (_ end: Timestamp) async throws -> Void
        let read: @Sendable (_ file: String, _ most: Int) -> [UInt8]?

        /// - Parameters:
        ///   - pause: waits until a time, or for less; throws once nobody wants the credential any more.
        ///   - read: up to some bytes of a file; nil when it can't be read.
        public init(
            clock: @escaping @Sendable () -> Timestamp,
            pause: @escaping @Sendable (_ end: Timestamp) async throws -> Void,
            read: @escaping @Sendable (_ file: String, _ most: Int) -> [UInt8]?
        ) {
            self.clock = clock
            self.pause = pause
            self.read = read
        }
    }

    /// - Parameters:
    ///   - name: what logs call the credential.
    ///   - slots: the names under which event loops keep it.
    public init(
        _ issuer: any CredentialIssuer, named name: String, slots: [String], server: GatewayServer, means: Means,
        logger: Logger
    ) {
        self.issuer = issuer
        self.name = name
        self.slots = slots
        self.server = server
        self.means = means
        self.logger = logger
    }

    /// Goes on until the credential lasts for good, or until it is cancelled.
    ///
    /// Never on an event loop: some issuers sign with RSA, which takes half a millisecond.
    @concurrent
    public func run() async throws {
        var schedule = RenewalSchedule()
        while true {
            switch schedule.step(at: means.clock()) {
            case .rest: return
            case .wait(let end): try await means.pause(end)
            case .ask: try await renew(&schedule)
            }
        }
    }

    private func renew(_ schedule: inout RenewalSchedule) async throws {
        do throws(CredentialError) {
            let issued = try await issued()
            let change = schedule.obtained(issued, at: means.clock())
            publish(issued)
            report(change, of: issued)
        } catch {
            try Task.checkCancellation()
            let now = means.clock()
            report(schedule.failed(mayPass: error.isTransient, at: now), after: error)
        }
    }

    private func publish(_ issued: IssuedCredential) {
        for loop in server.loops {
            loop.change { [slots] state in
                for slot in slots { state.replace(credential: issued, named: slot) }
            }
        }
    }

    // MARK: Asking

    /// No issuer takes as many steps: roles that lead to roles are few.
    private static let mostSteps = 32

    /// Asks for it once.
    public func issued() async throws(CredentialError) -> IssuedCredential {
        var answers: [CredentialAnswer] = []
        while answers.count < Self.mostSteps {
            switch try issuer.next(after: answers, at: means.clock()) {
            case .done(let issued): return try checked(issued)
            case .read(let file): answers.append(content(of: file))
            case .ask(let call): answers.append(try await answer(to: call))
            }
        }
        throw CredentialError(.malformed, issuer: issuer.name, "It leads from one question to the next without an end.")
    }

    private func checked(_ issued: IssuedCredential) throws(CredentialError) -> IssuedCredential {
        guard issued.isGood(at: means.clock()) else {
            throw CredentialError(
                .unavailable, issuer: issuer.name, "It gave what has expired already. Check that the clock is right.")
        }
        return issued
    }

    private func content(of file: String) -> CredentialAnswer {
        let bytes = means.read(file, CredentialAnswer.mostBytes)
        return CredentialAnswer(status: bytes == nil ? 404 : 200, body: bytes ?? [], askedAt: means.clock())
    }

    private func answer(to call: CredentialCall) async throws(CredentialError) -> CredentialAnswer {
        let now = means.clock()
        do {
            let reply = try await server.onOneLoop { $0.exchangeCredential(call.request, at: call.endpoint) }
            let headers = reply.head.all.map { ($0.name.lowercased(), $0.value) }
            return CredentialAnswer(
                status: reply.head.status, headers: Dictionary(headers) { first, _ in first }, body: reply.body,
                askedAt: now)
        } catch {
            let reason = (error as? UpstreamFault)?.message ?? "It can't be reached."
            throw CredentialError(.unavailable, issuer: issuer.name, "\(call.endpoint.authority): \(reason)")
        }
    }

    // MARK: Telling

    private func report(_ change: RenewalSchedule.Change, of issued: IssuedCredential) {
        let metadata: Logger.Metadata = [
            "credential": "\(name)", "source": "\(issuer.name)",
            "expires": "\(issued.expiresAt.map { "\($0)" } ?? "never")",
        ]
        if change == .obtained {
            logger.notice("A credential was obtained", metadata: metadata)
        } else {
            logger.debug("A credential was renewed", metadata: metadata)
        }
    }

    private func report(_ change: RenewalSchedule.Change, after error: CredentialError) {
        var metadata: Logger.Metadata = ["credential": "\(name)", "error": "\(error)"]
        if case .kept(let end) = change {
            metadata["expires"] = "\(end)"
            logger.warning("A credential could not be renewed; the one in force is used on", metadata: metadata)
        } else {
            logger.error("There is no credential; what needs it is answered with 503", metadata: metadata)
        }
    }
}
