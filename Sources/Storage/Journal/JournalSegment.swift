import Foundation
import Synchronization

/// One file of the journal. Its writer appends, one thread syncs, one at a time drains; none waits for another.
final class JournalSegment: Sendable {
    let file: OpenFile
    /// Of the checksums in it; nil when it isn't a journal file, or not of this version.
    let seed: UInt64?
    /// The frames may end before the file does.
    let isInherited: Bool
    /// Bytes that the operating system has; where the next frame begins.
    private let committed: Atomic<Int>
    /// Bytes that the store has, or that were given up as damaged. Changed under the drainer's lock only.
    private let drained: Atomic<Int>
    /// Bytes that the disk has. Changed by the syncing thread only.
    private let synced: Atomic<Int>
    private let sealed: Atomic<Bool>
    private let damaged = Atomic<Bool>(false)

    /// Begins in a file without frames: in a new one, or in one whose frames nobody needs any more.
    convenience init(in file: OpenFile) throws(FileError) {
        self.init(in: file, seed: .random(in: .min ... .max))
        var buffer = JournalBuffer()
        JournalHeader.append(seed: seed ?? 0, to: &buffer)
        if let error = file.put(buffer.bytes, at: 0).error { throw error }
    }

    /// - Parameter seed: what is in the file's header.
    init(in file: OpenFile, seed: UInt64) {
        self.file = file
        self.seed = seed
        isInherited = false
        committed = Atomic(JournalHeader.length)
        drained = Atomic(JournalHeader.length)
        // The header comes to the disk with the first frames. Without any it isn't missed.
        synced = Atomic(JournalHeader.length)
        sealed = Atomic(false)
    }

    /// What an earlier process has left. Nothing is appended to it.
    init(inheriting file: OpenFile) throws(FileError) {
        self.file = file
        let size = try file.size()
        seed = try Self.seed(in: file)
        isInherited = true
        committed = Atomic(size)
        drained = Atomic(seed == nil ? 0 : JournalHeader.length)
        synced = Atomic(0)
        sealed = Atomic(true)
    }

    private static func seed(in file: OpenFile) throws(FileError) -> UInt64? {
        var header: (UInt64, UInt64) = (0, 0)
        return try withUnsafeMutableBytes(of: &header) { bytes throws(FileError) in
            let count = try file.fill(bytes, from: 0)
            return JournalHeader.seed(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
    }

    var path: String { file.path }
    var committedBytes: Int { committed.load(ordering: .sequentiallyConsistent) }
    var drainedBytes: Int { drained.load(ordering: .relaxed) }
    var isSynced: Bool { synced.load(ordering: .relaxed) == committedBytes }

    func commit(_ count: Int) { committed.add(count, ordering: .sequentiallyConsistent) }
    func drain(to position: Int) { drained.store(position, ordering: .relaxed) }

    /// Puts the mark behind the last frame, for writers that had to leave it out.
    func markEnd() {
        var buffer = JournalBuffer()
        JournalFrame.appendEnd(seed: seed ?? 0, to: &buffer)
        // Without it a start after a kill would report damage behind the last frame, and no entry would be missing.
        _ = file.put(buffer.bytes, at: committedBytes)
    }

    /// Nothing is appended any more; ``committedBytes`` is final for whoever has seen this.
    var isSealed: Bool { sealed.load(ordering: .sequentiallyConsistent) }
    func seal() { sealed.store(true, ordering: .sequentiallyConsistent) }

    /// Something in it can't be read, and nothing after that either. Its writer begins another one when it sees this.
    var isDamaged: Bool { damaged.load(ordering: .relaxed) }
    func markDamaged() { damaged.store(true, ordering: .relaxed) }

    /// Nobody needs it any more.
    var isFinished: Bool { isSealed && drainedBytes == committedBytes }

    /// Has the disk catch up with the operating system.
    func sync() throws(FileError) {
        let target = committedBytes
        // Also after an error: Linux reports it once, then takes the lost pages for clean. Asking again proves nothing.
        defer { synced.store(target, ordering: .relaxed) }
        try file.syncContent()
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
