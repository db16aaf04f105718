import Domain
import Synchronization

/// Moves what is in the journal to the store.
///
/// Where it is in each file is known in memory only. A process that starts reads everything that is left: the store takes
/// an entry twice without harm.
final class Drainer: Sendable {
    private struct State {
        var reader = JournalReader()
        var entries: [LedgerEntry] = []
        /// Tries that failed since the last one that didn't.
        var failures = 0
    }

    private let journal: Journal
    private let store: Store
    /// Held by whoever drains, so that the next one finds everything drained.
    private let state = Mutex(State())

    init(_ journal: Journal, store: Store) {
        self.journal = journal
        self.store = store
    }

    /// Returns once the store has everything that was committed before the call.
    ///
    /// - Returns: how many entries that were.
    /// - Throws: ``StoreError`` or ``FileError``. Whatever the store doesn't have stays in the journal then.
    @discardableResult
    func drain() throws -> Int {
        guard journal.undrainedBytes > 0 else { return 0 }
        return try state.withLock { state in
            var count = 0
            var stretches = journal.lanes.flatMap(\.segments).map(JournalReader.Stretch.init)
            while let batch = try read(&stretches, &state) {
                try store.record(batch)
                count += batch.count
                for stretch in stretches { settle(stretch) }
            }
            for stretch in stretches { settle(stretch) }
            journal.removeFinished()
            return count
        }
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

    /// The next entries, from as many files as it takes; nil at the end.
    private func read(_ stretches: inout [JournalReader.Stretch], _ state: inout State) throws -> [LedgerEntry]? {
        state.entries.removeAll(keepingCapacity: true)
        let limit = journal.options.batchSize
        for index in stretches.indices where state.entries.count < limit {
            try state.reader.read(&stretches[index], limit: limit, into: &state.entries)
        }
        return state.entries.isEmpty ? nil : state.entries
    }

    /// The store has what was read of it. What can't be read is given up: nothing later would make it readable.
    private func settle(_ stretch: JournalReader.Stretch) {
        guard let damage = stretch.damage else { return journal.drained(stretch.segment, to: stretch.position) }
        if !stretch.segment.isDamaged {
            stretch.segment.markDamaged()
            journal.options.onEvent(
                .segmentDamaged(path: stretch.segment.path, offset: damage, unreadableBytes: stretch.end - damage))
        }
        journal.drained(stretch.segment, to: stretch.end)
    }
}
