import Providers

/// How long an upstream may take for each part of its reply.
public struct ReplyTimeouts: Hashable, Sendable {
    /// Until its reply begins. One that isn't streamed begins when it is complete.
    public var firstByte: Duration
    /// Until a stream says something.
    public var firstToken: Duration
    /// How long it may send nothing at all once its reply has begun.
    public var silence: Duration
    /// How long a stream may say nothing although bytes come, as those do that only keep it open.
    public var stall: Duration
    /// For the whole request, with all attempts; zero: as long as it takes.
    public var total: Duration

    public init(
        firstByte: Duration = .seconds(600), firstToken: Duration = .seconds(600), silence: Duration = .seconds(300),
        stall: Duration = .seconds(600), total: Duration = .zero
    ) {
        self.firstByte = firstByte
        self.firstToken = firstToken
        self.silence = silence
        self.stall = stall
        self.total = total
    }
}

/// Notices that an upstream takes too long. It is told how a reply stands from time to time, as once a second: so nothing is
/// measured where bytes are moved, and a time-out comes up to one such look late.
struct ReplyWatch {
    private let timeouts: ReplyTimeouts
    private var beganAt: Duration?
    private var attempt = 0
    private var attemptBeganAt = Duration.zero
    private var bytes = 0
    private var bytesCameAt = Duration.zero
    private var pieces = 0
    private var pieceCameAt = Duration.zero

    init(_ timeouts: ReplyTimeouts) { self.timeouts = timeouts }

    /// How a reply stands.
    struct Sight {
        /// The number of the attempt, from 1.
        let attempt: Int
        /// False between two attempts.
        let isUnderWay: Bool
        let isStreamed: Bool
        let hasBegun: Bool
        /// Bytes that came.
        let bytes: Int
        /// What of them said something.
        let pieces: Int
        /// Whether the caller takes nothing at the moment, so that nothing is read.
        let isHeldUp: Bool
    }

    enum Finding: Hashable {
        /// The upstream has taken too long.
        case overdue(UpstreamFault)
        /// All attempts together have.
        case expired(UpstreamFault)
    }

    /// - Parameter now: of a clock that is never set.
    mutating func look(at sight: Sight, now: Duration) -> Finding? {
        let began = beganAt ?? now
        beganAt = began
        if timeouts.total > .zero, now - began > timeouts.total {
            return .expired(.timeout("The request has taken longer than \(timeouts.total.text) in all."))
        }
        guard sight.isUnderWay else { return nil }
        note(sight, now)
        guard !sight.isHeldUp else { return nil }
        return fault(of: sight, now).map { .overdue($0) }
    }

    private mutating func note(_ sight: Sight, _ now: Duration) {
        if sight.attempt != attempt {
            attempt = sight.attempt
            attemptBeganAt = now
            bytes = 0
            pieces = 0
            bytesCameAt = now
            pieceCameAt = now
        }
        if sight.bytes != bytes || sight.isHeldUp || !sight.hasBegun { bytesCameAt = now }
        if sight.pieces != pieces || sight.isHeldUp { pieceCameAt = now }
        bytes = sight.bytes
        pieces = sight.pieces
    }

    private func fault(of sight: Sight, _ now: Duration) -> UpstreamFault? {
        guard sight.hasBegun else {
            return now - attemptBeganAt > timeouts.firstByte
                ? .timeout("Its reply didn't begin within \(timeouts.firstByte.text).") : nil
        }
        if now - bytesCameAt > timeouts.silence {
            return .timeout("It sent nothing for \(timeouts.silence.text) in the middle of its reply.")
        }
        guard sight.isStreamed else { return nil }
        let (limit, since) =
            sight.pieces == 0
            ? (timeouts.firstToken, attemptBeganAt) : (timeouts.stall, pieceCameAt)
        guard now - since > limit else { return nil }
        return UpstreamFault(
            .stalled, status: 504,
            message: "It kept its stream open, and said nothing for \(limit.text).")
    }
}

extension UpstreamFault {
    fileprivate static func timeout(_ message: String) -> UpstreamFault {
        UpstreamFault(.timeout, status: 504, message: message)
    }
}

extension Duration {
    fileprivate var text: String { "\(self / .seconds(1)) s".replacing(".0 s", with: " s") }
}
