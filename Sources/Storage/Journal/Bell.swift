import Dispatch
import Synchronization

/// Wakes a thread that has nothing to do, and costs a load while it has.
final class Bell: Sendable {
    private let isAwaited = Atomic<Bool>(false)
    private let signal = DispatchSemaphore(value: 0)

    /// Called after the work was made visible with a sequentially consistent store.
    func ring() {
        guard isAwaited.load(ordering: .sequentiallyConsistent),
            isAwaited.exchange(false, ordering: .sequentiallyConsistent)
        else { return }
        signal.signal()
    }

    /// Waits for the next ring, unless there is work already.
    ///
    /// The question is asked after the announcement to wait: whoever makes work either is seen by the question or sees
    /// the announcement. So no ring is lost.
    func wait(unless hasWork: () -> Bool) {
        isAwaited.store(true, ordering: .sequentiallyConsistent)
        if hasWork(), isAwaited.exchange(false, ordering: .sequentiallyConsistent) { return }
        signal.wait()
    }
}
