public import Domain

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
    private var buffer: [UInt8] = []
    private var rotationSize: Int

    convenience init(_ journal: Journal) throws(FileError) {
        let (lane, segment) = try journal.makeLane()
        self.init(journal, lane: lane, segment: segment)
    }

    init(_ journal: Journal, lane: JournalLane, segment: JournalSegment) {
        self.journal = journal
        self.lane = lane
        self.segment = segment
        rotationSize = journal.options.segmentSize
    }

    public var hasRoom: Bool {
        // Requests that are refused append nothing, so that nobody else would try again.
        if buffer.count >= Self.unwrittenLimit { try? commit() }
        return buffer.count < Self.unwrittenLimit
            && journal.undrainedBytes + buffer.count < journal.options.journalLimit
    }

    public func append(_ entry: LedgerEntry) { JournalFrame.append(entry, to: &buffer) }

    public func commit() throws(JournalError) {
        guard !buffer.isEmpty else { return }
        guard !journal.isClosed else { throw .stopped }
        let (written, error) = buffer.withUnsafeBytes { segment.file.append($0) }
        if written > 0 { journal.committed(written, to: segment) }
        if let error {
            buffer.removeFirst(written)
            throw .notWritten(error)
        }
        emptyBuffer()
        if segment.committedBytes >= rotationSize || segment.isDamaged { rotate() }
    }

    private func emptyBuffer() {
        if buffer.capacity > Self.keptCapacity {
            buffer = []
        } else {
            buffer.removeAll(keepingCapacity: true)
        }
    }

    func go(onWith next: JournalSegment) {
        segment = next
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
