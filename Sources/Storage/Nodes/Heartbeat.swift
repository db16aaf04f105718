import Domain
import Synchronization

/// When a node is to say the next time that it is there.
final class Heartbeat: Sendable {
    private let next: Mutex<Timestamp>

    init(at first: Timestamp) { next = Mutex(first) }

    /// A clock that was set back by more than a moment makes it due, too.
    func isDue(at now: Timestamp) -> Bool {
        next.withLock { $0 <= now || $0 > now.adding(seconds: 600) }
    }

    func worked(at now: Timestamp, every seconds: Int64) {
        next.withLock { $0 = now.adding(seconds: seconds) }
    }
}
