import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite struct BackgroundThreadTests {
    private final class Queue: Sendable {
        let pending = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        let rounds = Atomic<Int>(0)
        var isDone: Bool { pending.load(ordering: .sequentiallyConsistent) == 0 }
    }

    private func thread(_ name: String, _ bell: Bell, _ queue: Queue, delay: Duration) -> BackgroundThread {
        BackgroundThread(
            name: name, bell: bell, delay: delay, isNeeded: { !queue.isDone },
            work: {
                queue.rounds.add(1, ordering: .relaxed)
                queue.done.add(queue.pending.exchange(0, ordering: .sequentiallyConsistent), ordering: .relaxed)
                return nil
            })
    }

    @Test func `no ring is lost, however it falls together with going to sleep`() {
        let (bell, queue) = (Bell(), Queue())
        let thread = thread("no-ring-lost", bell, queue, delay: .zero)
        thread.start()
        for number in 0..<20_000 {
            queue.pending.add(1, ordering: .sequentiallyConsistent)
            bell.ring()
            // Half of the time it is about to sleep now, half of the time it sleeps.
            while number.isMultiple(of: 2), !queue.isDone { sched_yield() }
        }
        #expect(becomesTrue { queue.done.load(ordering: .relaxed) == 20_000 })
        thread.stop()
    }

    @Test func `a thread without work isn't given the processor at all`() {
        let (bell, queue) = (Bell(), Queue())
        let thread = thread("idle-thread", bell, queue, delay: .milliseconds(1))
        thread.start()
        queue.pending.add(1, ordering: .sequentiallyConsistent)
        bell.ring()
        #expect(becomesTrue { queue.isDone })
        // On a busy machine it takes a while until it sleeps.
        #expect(becomesTrue { sleeps("idle-thread", for: 0.1) })
        thread.stop()
    }

    @Test func `work that fails is tried again after a while, until it is stopped`() {
        let tries = Atomic<Int>(0)
        let thread = BackgroundThread(
            name: "fails", bell: Bell(), delay: .zero, isNeeded: { true },
            work: {
                tries.add(1, ordering: .relaxed)
                return tries.load(ordering: .relaxed) < 3 ? .milliseconds(1) : .seconds(3_600)
            })
        thread.start()
        #expect(becomesTrue { tries.load(ordering: .relaxed) == 3 })
        thread.stop()
        #expect(tries.load(ordering: .relaxed) == 3)
    }

    @Test func `stopping what never started, or twice, returns`() {
        let thread = thread("never", Bell(), Queue(), delay: .seconds(3_600))
        thread.stop()
        thread.start()
        thread.stop()
        let sleeping = self.thread("sleeping", Bell(), Queue(), delay: .seconds(3_600))
        sleeping.start()
        sleeping.stop()
        sleeping.stop()
    }

    private func sleeps(_ name: String, for seconds: TimeInterval) -> Bool {
        guard let before = try? contextSwitches(ofThread: name), before > 0 else { return false }
        Thread.sleep(forTimeInterval: seconds)
        return (try? contextSwitches(ofThread: name)) == before
    }

    /// How often threads of this name were given the processor.
    private func contextSwitches(ofThread name: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").reduce(0) { sum, task in
            let status = (try? String(contentsOfFile: "/proc/self/task/\(task)/status", encoding: .utf8)) ?? ""
            guard status.hasPrefix("Name:\t\(name)\n") else { return sum }
            let counts = status.split(separator: "\n").filter { $0.contains("ctxt_switches") }
            return sum + counts.compactMap { $0.split(separator: "\t").last.flatMap { Int($0) } }.reduce(0, +)
        }
    }
}
