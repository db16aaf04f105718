public import Domain
import Synchronization

/// Why entries were not written.
public enum JournalError: Error, Sendable, CustomStringConvertible {
    /// The disk didn't take them all. What it didn't take is tried again with the next commit.
    case notWritten(FileError)
    /// The ledger was stopped.
    case stopped

    public var description: String {
        switch self {
        case .notWritten(let error): "The custody journal can't be written, so no request is let through. \(error)"
        case .stopped: "The custody journal was closed: the gateway is about to end."
        }
    }
}

/// The journal of one event loop. Used from that loop only.
public final class JournalWriter: CustodyJournal {
    /// Bytes that may wait for a disk that refuses them. They are in memory, so it is far below the journal's limit.
    static let unwrittenLimit = 16 << 20
    /// A larger buffer is given back after use.
    private static let keptCapacity = 1 << 20

    private let journal: Journal
    private let lane: JournalLane
    private var segment: JournalSegment
    private var seed: UInt64
    private var buffer = JournalBuffer()
    /// Bytes in the lane's backlog.
    private var refused = 0 {
        didSet { journal.refused(refused - oldValue) }
    }
    private var rotationSize: Int

    convenience init(_ journal: Journal) throws(FileError) {
        let (lane, segment) = try journal.makeLane()
        self.init(journal, lane: lane, segment: segment)
    }

    init(_ journal: Journal, lane: JournalLane, segment: JournalSegment) {
        self.journal = journal
        self.lane = lane
        self.segment = segment
        seed = segment.seed ?? 0
        rotationSize = journal.options.segmentSize
    }

    public var hasRoom: Bool {
        // Requests that are refused append nothing, so that nobody else would try again.
        if unwritten >= Self.unwrittenLimit { try? commit() }
        return unwritten < Self.unwrittenLimit && journal.undrainedBytes + unwritten < journal.options.journalLimit
    }

    private var unwritten: Int { buffer.count + refused }

    public func append(_ entry: LedgerEntry) { JournalFrame.append(entry, seed: seed, to: &buffer) }

    public func commit() throws(JournalError) {
        guard !buffer.isEmpty || refused > 0 else { return }
        guard !journal.isClosed else { throw .stopped }
        do throws(FileError) {
            try refused == 0 ? write() : writeBehindRefused()
        } catch {
            throw .notWritten(error)
        }
        if segment.committedBytes >= rotationSize || segment.isDamaged { rotate() }
    }

    private func write() throws(FileError) {
        let length = buffer.count
        JournalFrame.appendEnd(seed: seed, to: &buffer)
        let (count, error) = segment.file.put(buffer.bytes, at: segment.committedBytes)
        buffer.shorten(to: length)
        // All frames and half of the mark are all frames.
        let written = min(count, length)
        if written > 0 { journal.committed(written, to: segment) }
        if let error, written < length {
            refuse(UnsafeRawBufferPointer(rebasing: buffer.bytes[written...]))
            throw error
        }
        buffer.removeAll(keepingCapacityUpTo: Self.keptCapacity)
    }

    private func refuse(_ bytes: UnsafeRawBufferPointer) {
        refused = lane.backlog.withLock { backlog in
            backlog.add(bytes)
            return backlog.count
        }
        buffer.removeAll(keepingCapacityUpTo: Self.keptCapacity)
    }

    private func writeBehindRefused() throws(FileError) {
        refuse(buffer.bytes)
        // Also after an error: some of it may have been taken.
        defer { refused = lane.backlog.withLock { $0.count } }
        try lane.writeBacklog(to: segment, of: journal)
    }

    func go(onWith next: JournalSegment) {
        segment = next
        seed = next.seed ?? 0
        rotationSize = journal.options.segmentSize
    }

    /// Begins another file. Only ever between two frames: a frame is never in two files.
    private func rotate() {
        do throws(FileError) {
            let next = try lane.begin()
            segment.seal()
            go(onWith: next)
        } catch {
            // The file at hand is as good as any, so nothing is refused; the next try is some way off.
            rotationSize = segment.committedBytes + journal.options.segmentSize
            journal.options.onEvent(.fileTrouble(error))
        }
    }
}
