import Dispatch
import Foundation
import Synchronization

/// A thread that works some time after its bell was rung, and sleeps in between.
final class BackgroundThread: Sendable {
    /// Pauses without work after which it waits for its bell. Whoever rings has to wake the thread, and is in the middle
    /// of a request: as long as requests keep coming, the thread looks by itself.
    private static let longestIdling = 20

    private enum State { case new, running, ended }

    private let name: String
    private let bell: Bell
    private let delay: Duration
    private let isNeeded: @Sendable () -> Bool
    private let work: @Sendable () -> Duration?
    private let state = Mutex(State.new)
    private let isStopping = Atomic<Bool>(false)
    private let stopSignal = DispatchSemaphore(value: 0)
    private let endSignal = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - delay: gathers what comes in close succession, so that it is worked off at once.
    ///   - work: returns nil when done, or how long to wait before it is tried again.
    init(
        name: String, bell: Bell, delay: Duration, isNeeded: @escaping @Sendable () -> Bool,
        work: @escaping @Sendable () -> Duration?
    ) {
        self.name = name
        self.bell = bell
        self.delay = delay
        self.isNeeded = isNeeded
        self.work = work
    }

    /// Does nothing the second time, or after the stop.
    func start() {
        state.withLock { state in
            guard state == .new else { return }
            state = .running
            Thread {
                Thread.current.name = self.name
                self.run()
            }.start()
        }
    }

    /// Asks it to end soon.
    func cancel() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        bell.ring()
        stopSignal.signal()
    }

    /// Returns once it has ended; what it is working on is finished first.
    func stop() {
        cancel()
        state.withLock { state in
            if state == .running { endSignal.wait() }
            state = .ended
        }
    }

    private func run() {
        while !hasToStop {
            bell.wait(unless: { hasToStop || isNeeded() })
            var idlePauses = 0
            while !hasToStop, idlePauses < Self.longestIdling {
                pause(delay)
                idlePauses = isNeeded() ? 0 : idlePauses + 1
                if idlePauses == 0 { workUntilDone() }
            }
        }
        endSignal.signal()
    }

    private func workUntilDone() {
        while !hasToStop, let delay = work() { pause(delay) }
    }

    private var hasToStop: Bool { isStopping.load(ordering: .sequentiallyConsistent) }

    private func pause(_ duration: Duration) {
        guard !hasToStop else { return }
        _ = stopSignal.wait(timeout: .now() + duration.inSeconds)
    }
}
