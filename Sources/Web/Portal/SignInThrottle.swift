import Domain
import Synchronization

/// Slows down whoever guesses passwords, by account and by network.
///
/// It begins anew with the process. An account is slowed down by a minute at the most, and not at all for a network that
/// it was signed in to from: nobody shuts another out.
final class SignInThrottle: Sendable {
    private struct Tries {
        var count = 0
        var blockedUntil = Timestamp(seconds: 0)
        var last = Timestamp(seconds: 0)
    }

    private struct State {
        var tries: [String: Tries] = [:]
        var familiar: Set<String> = []
    }

    private let state = Mutex(State())

    private static let forgottenAfter: Int64 = 3_600
    private static let mostEntries = 20_000

    /// Counts a try, before anybody knows whether it is right: several at once are several.
    ///
    /// - Returns: after how many seconds to come again; nil: go on.
    func admit(account: String, network: String, at now: Timestamp) -> Int64? {
        state.withLock { state in
            if state.tries.count >= Self.mostEntries { Self.forget(&state, at: now) }
            let isFamiliar = state.familiar.contains("\(account) \(network)")
            let kinds =
                [(key: "n \(network)", free: 20, most: Int64(900))]
                + (isFamiliar ? [] : [(key: "a \(account)", free: 5, most: 60)])
            let waits = kinds.compactMap { kind -> Int64? in
                let end = state.tries[kind.key]?.blockedUntil ?? now
                return end > now ? max(1, (end.microseconds - now.microseconds + 999_999) / 1_000_000) : nil
            }
            if let wait = waits.max() { return wait }
            for kind in kinds {
                var tries = state.tries[kind.key] ?? Tries()
                if tries.last.adding(seconds: Self.forgottenAfter) < now { tries = Tries() }
                tries.count += 1
                tries.last = now
                if tries.count >= kind.free {
                    let wait = min(kind.most, Int64(1) << min(20, Int64(tries.count - kind.free)))
                    tries.blockedUntil = now.adding(seconds: wait)
                }
                state.tries[kind.key] = tries
            }
            return nil
        }
    }

    /// The try was right. The network's other tries still count: with one account of one's own, nobody gets to guess at
    /// all others.
    func succeeded(account: String, network: String) {
        state.withLock { state in
            state.tries["a \(account)"] = nil
            if var tries = state.tries["n \(network)"] {
                tries.count = max(0, tries.count - 1)
                tries.blockedUntil = Timestamp(seconds: 0)
                state.tries["n \(network)"] = tries
            }
            if state.familiar.count >= Self.mostEntries { state.familiar.removeAll() }
            state.familiar.insert("\(account) \(network)")
        }
    }

    private static func forget(_ state: inout State, at now: Timestamp) {
        state.tries = state.tries.filter { $0.value.last.adding(seconds: forgottenAfter) >= now }
        // Still too many: those that are slowed down stay, as it is for them.
        if state.tries.count >= mostEntries { state.tries = state.tries.filter { $0.value.blockedUntil > now } }
        if state.tries.count >= mostEntries { state.tries.removeAll() }
    }

    /// Who has one IPv6 address has a whole /64.
    static func network(of address: String?) -> String {
        guard let address = address.flatMap({ IPAddress($0) })?.unwrapped else { return "unknown" }
        guard address.version == .v6 else { return address.description }
        return String(address.bits >> 64, radix: 16)
    }
}
