import AsyncHTTPClient
import CustodyLog
import Logging
import ServiceLifecycle
import Storage
import Synchronization

/// Has witnesses cosign what was published, as long as the gateway runs. Nothing waits for them.
struct WitnessService: Service {
    let log: TransparencyLog
    let witnesses: [Witness]
    let tally: WitnessTally
    let logger: Logger

    init(log: TransparencyLog, witnesses: [Witness], logger: Logger) {
        self.log = log
        self.witnesses = witnesses
        tally = WitnessTally(witnesses)
        self.logger = logger
    }

    func run() async throws {
        try await HTTPClient.withHTTPClient(configuration: WitnessCall.clientConfiguration) { client in
            try? await cancelWhenGracefulShutdown { try await askAll(with: WitnessCall(client)) }
            // A service that ends before it is told to would end all others.
            try await gracefulShutdown()
        }
    }

    private func askAll(with call: WitnessCall) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for witness in witnesses {
                let rounds = WitnessRounds(witness: witness, log: log, call: call, tally: tally, logger: logger)
                group.addTask { try await rounds.run() }
            }
            try await group.waitForAll()
        }
    }
}

/// Asks one witness, again and again. ``WitnessCourse`` says when; this acts.
struct WitnessRounds: Sendable {
    let witness: Witness
    let log: TransparencyLog
    let call: WitnessCall
    let tally: WitnessTally
    let logger: Logger
    var pace: Duration = .seconds(4)

    /// Goes on until it is cancelled.
    @concurrent
    func run() async throws {
        var course = WitnessCourse(of: witness.key, pace: pace)
        while true {
            if let checkpoint = log.published { try await look(at: checkpoint, &course) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func look(at checkpoint: PublishedCheckpoint, _ course: inout WitnessCourse) async throws {
        var action = course.happened(.looked(checkpoint), at: .now)
        while case .ask(let size) = action {
            let answer = await answer(for: checkpoint, from: size)
            // Whoever is told to end has no failure to tell of.
            try Task.checkCancellation()
            action = course.happened(.answered(answer, published: log.published?.size ?? .max), at: .now)
        }
        act(action, on: checkpoint)
    }

    private func answer(for checkpoint: PublishedCheckpoint, from size: Int) async -> WitnessAnswer {
        do {
            let proof = try log.consistencyProof(from: size, to: checkpoint)
            return await call.answer(
                of: witness, to: WitnessRequest(from: size, proof: proof, checkpoint: checkpoint.note))
        } catch {
            return .failure("What it wants to see of the log can't be read: \(error)")
        }
    }

    private func act(_ action: WitnessCourse.Action, on checkpoint: PublishedCheckpoint) {
        switch action {
        case .wait, .ask: break
        case .add(let lines, let hasRecovered):
            if hasRecovered { logger.notice("A witness cosigns checkpoints again", metadata: metadata) }
            add(lines, to: checkpoint)
            tally.count(witness, hasCosigned: true)
        case .giveUp(let trouble, let isNews):
            if isNews { report(trouble) }
            tally.count(witness, hasCosigned: false)
        }
    }

    private func add(_ lines: [UInt8], to checkpoint: PublishedCheckpoint) {
        do {
            let isLast = try log.add(lines, by: witness.key, to: checkpoint)
            logger.debug(
                isLast ? "A checkpoint was cosigned" : "A checkpoint was cosigned after the next one was published",
                metadata: metadata)
        } catch {
            logger.error(
                "A cosignature could not be published",
                metadata: metadata.merging(["error": "\(error)"]) { $1 })
        }
    }

    private func report(_ trouble: WitnessTrouble) {
        let metadata = metadata.merging(["error": "\(trouble)"]) { $1 }
        if trouble.isFork {
            logger.error("A witness has seen another history of the custody log", metadata: metadata)
        } else {
            logger.warning("A witness doesn't cosign checkpoints, which are published without it", metadata: metadata)
        }
    }

    private var metadata: Logger.Metadata { ["witness": "\(witness.name)", "url": "\(witness.url)"] }
}

/// How often each witness has cosigned, and how often it hasn't.
final class WitnessTally: Sendable {
    struct Count: Hashable, Sendable {
        let name: String
        var cosigned = 0
        var failed = 0
    }

    private let state: Mutex<[Count]>

    init(_ witnesses: [Witness]) { state = Mutex(witnesses.map { Count(name: $0.name) }) }

    var counts: [Count] { state.withLock { $0 } }

    func count(_ witness: Witness, hasCosigned: Bool) {
        state.withLock { counts in
            guard let index = counts.firstIndex(where: { $0.name == witness.name }) else { return }
            if hasCosigned { counts[index].cosigned += 1 } else { counts[index].failed += 1 }
        }
    }
}
