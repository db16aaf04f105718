import Domain
import Synchronization

/// What the keys have left of their limits, one object for each key, whichever table it stands in.
final class Allowances: Sendable {
    struct Known {
        let allowance: Allowance
        /// As they were read last.
        var limits: KeyLimits
    }

    private let known = Mutex<[APIKey.ID: Known]>([:])

    /// - Parameters:
    ///   - sharing: where other nodes use the same limits.
    ///   - spending: asked for where the key had no limits before.
    func allowance(
        of key: APIKey.ID, _ limits: KeyLimits, sharing: LimitSharing?, _ spending: () throws -> Spending
    ) rethrows -> Allowance {
        try known.withLock { known in
            if let allowance = known[key]?.allowance {
                known[key]?.limits = limits
                return allowance
            }
            let spending = try spending()
            let allowance = sharing.map { Allowance(sharing: spending, term: $0.term) } ?? Allowance(spending)
            known[key] = Known(allowance: allowance, limits: limits)
            return allowance
        }
    }

    var all: [APIKey.ID: Known] { known.withLock { $0 } }
}

/// The node that shares limits with others, and until when it holds what may be used in a minute.
struct LimitSharing: Sendable {
    let node: Node
    let term: PaceTerm
}
