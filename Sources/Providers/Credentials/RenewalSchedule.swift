public import Domain

/// When a credential is asked for. A value: tell it what came of asking, and it says what to do next.
///
/// One question is under way at a time, because nothing is asked before the last answer was told.
public struct RenewalSchedule: Sendable {
    public enum Step: Hashable, Sendable {
        case ask
        case wait(until: Timestamp)
        /// The credential lasts, so there is nothing left to do.
        case rest
    }

    /// What has changed, for whoever tells it to people.
    public enum Change: Hashable, Sendable {
        /// There is a credential where there was none, or none any more.
        case obtained
        /// Another took the place of one that was still good.
        case renewed
        /// There is no new one. The one in force lasts for a while.
        case kept(until: Timestamp)
        /// There is none: what needs it is refused until there is.
        case missing
    }

    private enum Due {
        case now
        case at(Timestamp)
        case never
    }

    private enum Standing {
        case none
        case good(until: Timestamp?)
    }

    private var due = Due.now
    private var standing = Standing.none
    private var failures = 0

    public init() {}

    public func step(at now: Timestamp) -> Step {
        switch due {
        case .now: .ask
        case .at(let time): time <= now ? .ask : .wait(until: time)
        case .never: .rest
        }
    }

    /// - Parameter issued: which is good now.
    public mutating func obtained(_ issued: IssuedCredential, at now: Timestamp) -> Change {
        let change = isCovered(at: now) ? Change.renewed : .obtained
        failures = 0
        standing = .good(until: issued.expiresAt)
        // Never at once: an issuer may hand out what is about to expire.
        due = issued.renewsAt.map { .at(max($0, now.adding(seconds: Self.shortestWait))) } ?? .never
        return change
    }

    /// - Parameter mayPass: whether the reason can go away by itself.
    public mutating func failed(mayPass: Bool, at now: Timestamp) -> Change {
        var again = now.adding(seconds: Self.delay(after: failures, mayPass: mayPass))
        failures += 1
        guard case .good(let end?) = standing, now < end else {
            standing = .none
            due = .at(again)
            return .missing
        }
        // Once more when it runs out, and not only some minutes later.
        again = min(again, max(end, now.adding(seconds: Self.shortestWait)))
        due = .at(again)
        return .kept(until: end)
    }

    private func isCovered(at now: Timestamp) -> Bool {
        guard case .good(let end) = standing else { return false }
        return end.map { now < $0 } ?? true
    }

    // MARK: Waiting

    /// Seconds.
    private static let shortestWait: Int64 = 1
    private static let longestWait: Int64 = 60
    private static let longestWaitForPeople: Int64 = 300

    /// 1, 2, 4 and so on up to 60 seconds; from 10 up to 300 seconds for what somebody has to mend first.
    private static func delay(after failures: Int, mayPass: Bool) -> Int64 {
        let doublings = min(failures, 10)
        return mayPass
            ? min(shortestWait << doublings, longestWait) : min(10 << doublings, longestWaitForPeople)
    }
}
