import Foundation
import Synchronization

/// One file of the journal. Its writer appends, one thread syncs, one at a time drains; none waits for another.
final class JournalSegment: Sendable {
    let file: OpenFile
    /// Bytes that the operating system has.
    private let committed: Atomic<Int>
    /// Bytes that the store has, or that were given up as damaged. Changed under the drainer's lock only.
    private let drained = Atomic<Int>(0)
    /// Bytes that the disk has. Changed by the syncing thread only.
    private let synced = Atomic<Int>(0)
    private let sealed = Atomic<Bool>(false)
    private let damaged = Atomic<Bool>(false)

    /// - Parameter flags: of open(2).
    init(path: String, flags: Int32) throws(FileError) {
        file = try OpenFile(path, flags: flags)
        committed = Atomic(try file.size())
    }

    var path: String { file.path }
    var committedBytes: Int { committed.load(ordering: .sequentiallyConsistent) }
    var drainedBytes: Int { drained.load(ordering: .relaxed) }
    var isSynced: Bool { synced.load(ordering: .relaxed) == committedBytes }

    func commit(_ count: Int) { committed.add(count, ordering: .sequentiallyConsistent) }
    func drain(to position: Int) { drained.store(position, ordering: .relaxed) }

    /// Nothing is appended any more; ``committedBytes`` is final for whoever has seen this.
    var isSealed: Bool { sealed.load(ordering: .sequentiallyConsistent) }
    func seal() { sealed.store(true, ordering: .sequentiallyConsistent) }

    /// Something in it can't be read, and nothing after that either. Its writer begins another one when it sees this.
    var isDamaged: Bool { damaged.load(ordering: .relaxed) }
    func markDamaged() { damaged.store(true, ordering: .relaxed) }

    /// Has the disk catch up with the operating system.
    func sync() throws(FileError) {
        let target = committedBytes
        // Also after an error: Linux reports it once, then takes the lost pages for clean. Asking again proves nothing.
        defer { synced.store(target, ordering: .relaxed) }
        try file.sync()
    }

    /// Removes the file. A damaged one is kept under another name, for whoever wants to know what was in it.
    func discard() throws(FileError) {
        guard isDamaged else {
            guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
            return
        }
        let name = "\(path).\(RandomText.base62(count: 8)).damaged"
        guard rename(path, name) == 0 || errno == ENOENT else { throw FileError("rename", path) }
    }
}
