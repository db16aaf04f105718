import CustodyLog
import Storage

/// When a witness is asked to cosign the log's checkpoint, from which size on, and what its answers mean (C2SP
/// tlog-witness, section "add-checkpoint"). A value: tell it what happened, and it says what to do.
///
/// What the witness has cosigned last isn't kept anywhere: the witness knows, and says so.
struct WitnessCourse: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Event: Sendable {
        /// This is the log's last checkpoint.
        case looked(PublishedCheckpoint)
        /// - published: how many entries of the log anybody may know by now.
        case answered(WitnessAnswer, published: Int)
    }

    enum Action: Hashable, Sendable {
        case wait
        /// Ask for the checkpoint that was looked at last, with a proof from this size on.
        case ask(from: Int)
        /// These lines have its cosignature of that checkpoint.
        case add([UInt8], hasRecovered: Bool)
        /// - isNews: whether it hasn't been so before.
        case giveUp(WitnessTrouble, isNews: Bool)
    }

    private let key: VerifierKey
    /// The shortest time between two checkpoints that the witness is asked for.
    private let pace: Duration
    /// The one that was looked at last.
    private var checkpoint: PublishedCheckpoint?
    /// Entries of the last checkpoint that the witness has cosigned, as far as is known.
    private var cosignedSize = 0
    /// The witness has corrected that size for this checkpoint already.
    private var isCorrected = false
    /// When it may be asked again; nil: now.
    private var earliest: Instant?
    /// In a row.
    private var failures = 0
    private var trouble: WitnessTrouble?

    init(of key: VerifierKey, pace: Duration = .seconds(4)) {
        self.key = key
        self.pace = pace
    }

    mutating func happened(_ event: Event, at now: Instant) -> Action {
        switch event {
        case .looked(let newest): return looked(at: newest, now)
        case .answered(.failure(let reason), _): return giveUp(WitnessTrouble(reason), now)
        case .answered(.reply(let status, let lines), let published):
            guard let checkpoint else { return .wait }
            switch status {
            case 200: return cosigned(checkpoint, lines, now)
            case 409: return corrected(checkpoint, by: WitnessRequest.conflictSize(in: lines), published, now)
            default: return giveUp(WitnessTrouble(status: status), now)
            }
        }
    }

    private mutating func looked(at newest: PublishedCheckpoint, _ now: Instant) -> Action {
        let isNew = newest.note.text != checkpoint?.note.text
        checkpoint = newest
        // Of an empty log there is nothing to say.
        guard newest.size > 0, !newest.note.hasLine(of: key), isTime(now, isNew: isNew) else { return .wait }
        isCorrected = false
        earliest = now + pace
        return .ask(from: cosignedSize)
    }

    /// While records come there is a checkpoint each second, and cosignatures of the one before come too late. So it is
    /// asked right after one was published, if another may come soon.
    private func isTime(_ now: Instant, isNew: Bool) -> Bool {
        guard let earliest else { return true }
        return now >= (isNew ? earliest : earliest + .seconds(1))
    }

    private mutating func cosigned(_ checkpoint: PublishedCheckpoint, _ lines: [UInt8], _ now: Instant) -> Action {
        do { _ = try checkpoint.note.cosigned(lines, by: [key]) } catch {
            return giveUp(WitnessTrouble("Its answer isn't its cosignature. \(error)"), now)
        }
        let hasRecovered = trouble != nil
        (cosignedSize, failures, trouble) = (checkpoint.size, 0, nil)
        return .add(lines, hasRecovered: hasRecovered)
    }

    private mutating func corrected(
        _ checkpoint: PublishedCheckpoint, by size: Int?, _ published: Int, _ now: Instant
    ) -> Action {
        if let size, size > published { return giveUp(.otherLog(cosigned: size, published: published), now) }
        if cosignedSize == checkpoint.size, size == nil || size == cosignedSize {
            return giveUp(.otherRoot(size: cosignedSize), now)
        }
        guard let size, size != cosignedSize, !isCorrected else {
            return giveUp(WitnessTrouble("It answers with a conflict, and doesn't say with what."), now)
        }
        (cosignedSize, isCorrected) = (size, true)
        // Somebody else has shown it a newer checkpoint, which is looked at next.
        return size > checkpoint.size ? .wait : .ask(from: size)
    }

    private mutating func giveUp(_ reason: WitnessTrouble, _ now: Instant) -> Action {
        let isNews = trouble == nil || reason.isFork && trouble?.isFork == false
        if isNews { trouble = reason }
        earliest = now + pace * (1 << failures)
        failures = min(failures + 1, Self.mostDoublings)
        return .giveUp(reason, isNews: isNews)
    }

    /// How often the pause between failures becomes twice as long.
    private static let mostDoublings = 4
}

/// What came back from a witness.
enum WitnessAnswer: Hashable, Sendable {
    case reply(status: Int, [UInt8])
    /// Nothing that can be used, and why.
    case failure(String)
}

/// Why a witness hasn't cosigned.
struct WitnessTrouble: Hashable, Sendable, CustomStringConvertible {
    let description: String
    /// What the witness has seen of the log contradicts the log.
    let isFork: Bool

    init(_ description: String) {
        self.description = description
        isFork = false
    }

    private init(fork description: String) {
        self.description = description + " " + Self.hint
        isFork = true
    }

    init(status: Int) {
        switch status {
        case 422:
            self.init(fork: "What it has cosigned before is no beginning of this log.")
        case 403, 404:
            self.init(
                "It answered with status \(status): it doesn't know this log, or not its key. Give its operator what "
                    + "'/.well-known/ni-keys.json' has.")
        default: self.init("It answered with status \(status).")
        }
    }

    static func otherLog(cosigned: Int, published: Int) -> WitnessTrouble {
        WitnessTrouble(fork: "It has cosigned \(cosigned) entries, and this log has published \(published).")
    }

    static func otherRoot(size: Int) -> WitnessTrouble {
        WitnessTrouble(fork: "It has cosigned another log of \(size) entries.")
    }

    private static let hint =
        "Either the store is older than what was published, or something else signs with this log's key. Stop the gateway, "
        + "keep the data directory as it is, and ask the witness's operator for the checkpoint that it has."
}
