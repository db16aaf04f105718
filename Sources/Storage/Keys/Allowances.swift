import Domain
import Synchronization

/// What the keys have left of their limits, one object for each key, whichever table it stands in.
final class Allowances: Sendable {
    private let known = Mutex<[APIKey.ID: Allowance]>([:])

    /// - Parameter spending: asked for where the key had no limits before.
    func allowance(of key: APIKey.ID, _ spending: () throws -> Spending) rethrows -> Allowance {
        try known.withLock { known in
            if let allowance = known[key] { return allowance }
            let allowance = Allowance(try spending())
            known[key] = allowance
            return allowance
        }
    }
}
