import CustodyLog
import Domain
import Synchronization

/// Moves what is in the journal to the store.
///
/// Where it is in each file is known in memory only. A process that starts reads everything that is left: the store takes
/// an entry twice without harm.
final class Drainer: Sendable {
    private struct State {
        let batch: JournalBatch
        var sequencer: LogSequencer
        /// Tries that failed since the last one that didn't.
        var failures = 0
    }

    private let journal: Journal
    let store: Store
    private let node: Node
    /// Held by whoever drains, so that the next one finds everything drained.
    private let state: Mutex<State>

    /// - Throws: ``StoreError``.
    init(_ journal: Journal, store: Store, of node: Node) throws {
        self.journal = journal
        self.store = store
        self.node = node
        state = Mutex(State(batch: JournalBatch(), sequencer: try store.makeSequencer()))
    }

    /// The edge of the log as the store has it, with what others than the drainer have appended.
    ///
    /// - Throws: ``StoreError``.
    func logEdge() throws -> LogEdge {
        try state.withLock { state in
            state.sequencer = try store.brought(upToDate: state.sequencer)
            return state.sequencer.edge
        }
    }

    /// Works with the sequencer while nobody drains.
    func withSequencer<Value>(_ work: (inout LogSequencer) throws -> sending Value) rethrows -> sending Value {
        try state.withLock { state throws in try work(&state.sequencer) }
    }

    /// Closes whatever an earlier process of the node has left open.
    ///
    /// - Returns: how many records that were.
    /// - Throws: ``StoreError``.
    func closeInterrupted(at now: Timestamp) throws -> Int {
        try state.withLock { try store.closeInterrupted(of: node, at: now, sequencer: &$0.sequencer) }
    }

    /// Returns once the store has everything that was committed before the call.
    ///
    /// - Returns: how many entries that were.
    /// - Throws: ``StoreError`` or ``FileError``. Whatever the store doesn't have stays in the journal then.
    @discardableResult
    func drain() throws -> Int {
        guard journal.undrainedBytes > 0 || journal.hasFinished else { return 0 }
        return try state.withLock { state in
            let count = try drain(state.batch, &state.sequencer)
            try retireFinished()
            return count
        }
    }

    private func drain(_ batch: JournalBatch, _ sequencer: inout LogSequencer) throws -> Int {
        var count = 0
        var stretches = journal.lanes.flatMap(\.segments).map(JournalStretch.init)
        while stretches.contains(where: \.hasMore) {
            count += try store.record(batch, of: node, sequencer: &sequencer, limit: journal.options.batchSize) {
                try batch.readOn(in: &stretches)
            }
            for stretch in stretches { settle(stretch) }
        }
        for stretch in stretches { settle(stretch) }
        return count
    }

    /// Removes the files that the store has whole, or keeps them for the next use.
    func removeFinished() throws { try state.withLock { _ in try retireFinished() } }

    /// Only here does an entry leave the journal, and only after the disk has it in the store. Until then a power cut may
    /// take it out of the store again, since commits aren't synced: it is still in its file then, and where the drainer
    /// was in the file is forgotten too.
    private func retireFinished() throws {
        guard journal.hasFinished else { return }
        try store.sync()
        journal.retireFinished()
    }

    /// As ``drain()``, but reports what goes wrong.
    ///
    /// - Returns: how long to wait before the next try; nil when this one worked.
    func drainInBackground() -> Duration? {
        do {
            try drain()
            let failures = state.withLock { state in
                defer { state.failures = 0 }
                return state.failures
            }
            if failures > 0 { journal.options.onEvent(.drainRecovered) }
            return nil
        } catch {
            let failures = state.withLock { state in
                state.failures += 1
                return state.failures
            }
            let delay = min(Duration.milliseconds(100) * (1 << min(failures - 1, 10)), .seconds(10))
            journal.options.onEvent(.drainFailed(error, retryAfter: delay))
            return delay
        }
    }

    /// The store has what was read of it. What can't be read is given up: nothing later would make it readable.
    private func settle(_ stretch: JournalStretch) {
        guard let damage = stretch.damage else { return journal.drained(stretch.segment, to: stretch.position) }
        if !stretch.segment.isDamaged {
            stretch.segment.markDamaged()
            journal.options.onEvent(
                .segmentDamaged(path: stretch.segment.path, offset: damage, unreadableBytes: stretch.end - damage))
        }
        journal.drained(stretch.segment, to: stretch.end)
    }
}
