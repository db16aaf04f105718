import Synchronization

/// What all writers of the journal share with the threads behind them.
final class Journal: Sendable {
    let options: LedgerOptions
    let directory: Directory
    let drainBell = Bell()
    let syncBell = Bell()
    private let lanesInUse: Mutex<[JournalLane]>
    private let undrained: Atomic<Int>
    private let refused = Atomic<Int>(0)
    private let closed = Atomic<Bool>(false)

    init(_ directory: Directory, options: LedgerOptions) throws(FileError) {
        self.directory = directory
        self.options = options
        let inherited = try JournalLane(inheriting: directory)
        lanesInUse = Mutex([inherited])
        undrained = Atomic(inherited.segments.reduce(0) { $0 + $1.committedBytes - $1.drainedBytes })
    }

    var lanes: [JournalLane] { lanesInUse.withLock { $0 } }

    /// Bytes that the store doesn't have yet; never fewer than there are.
    var undrainedBytes: Int { undrained.load(ordering: .relaxed) }

    /// Bytes that the disk didn't take.
    var refusedBytes: Int { refused.load(ordering: .relaxed) }

    /// A writer has so many more of them.
    func refused(_ count: Int) { refused.add(count, ordering: .relaxed) }

    /// Nothing is written any more.
    var isClosed: Bool { closed.load(ordering: .sequentiallyConsistent) }

    func makeLane() throws(FileError) -> (lane: JournalLane, first: JournalSegment) {
        let lane = lanesInUse.withLock { lanes in
            // The first lane is the one of the earlier process.
            let lane = JournalLane(directory, number: lanes.count - 1)
            lanes.append(lane)
            return lane
        }
        return (lane, try lane.begin())
    }

    /// A writer has written.
    func committed(_ count: Int, to segment: JournalSegment) {
        undrained.add(count, ordering: .sequentiallyConsistent)
        segment.commit(count)
        drainBell.ring()
        syncBell.ring()
    }

    /// The store has a segment up to a position.
    func drained(_ segment: JournalSegment, to position: Int) {
        undrained.subtract(position - segment.drainedBytes, ordering: .relaxed)
        segment.drain(to: position)
    }

    /// Whether there are files that nobody needs any more.
    var hasFinished: Bool { lanes.contains { $0.hasFinished } }

    /// Keeps the files that nobody needs any more for the next use, or removes them.
    ///
    /// What was in them is gone then, so the disk has to have it elsewhere.
    func retireFinished() {
        for lane in lanes {
            for segment in lane.takeFinished() {
                reportingTrouble { () throws(FileError) in
                    if isClosed || !lane.keep(segment) { try segment.discard() }
                }
            }
            for spare in isClosed ? lane.takeSpares() : [] {
                reportingTrouble { () throws(FileError) in try spare.discard() }
            }
        }
    }

    /// Has the disk catch up with the operating system.
    func sync() {
        let lanes = lanes
        let behind = lanes.flatMap(\.segments).filter { !$0.isSynced }
        guard !behind.isEmpty else { return }
        // A file that its directory has lost is lost.
        if lanes.reduce(false, { $1.takeNewFiles() || $0 }) {
            reportingTrouble { () throws(FileError) in try directory.sync() }
        }
        for segment in behind { reportingTrouble { () throws(FileError) in try segment.sync() } }
    }

    var needsSync: Bool { lanes.contains { $0.segments.contains { !$0.isSynced } } }

    /// Nothing is written afterwards. What the disk has refused is tried a last time.
    func close() {
        closed.store(true, ordering: .sequentiallyConsistent)
        for lane in lanes {
            writeBacklog(of: lane)
            lane.seal()
        }
    }

    private func writeBacklog(of lane: JournalLane) {
        guard let segment = lane.segments.last, !lane.backlog.withLock({ $0.isEmpty }) else { return }
        do throws(FileError) {
            try lane.writeBacklog(to: segment, of: self)
        } catch {
            options.onEvent(.entriesLost(bytes: lane.backlog.withLock { $0.count }, error))
        }
    }

    private func reportingTrouble(_ work: () throws(FileError) -> Void) {
        do { try work() } catch { options.onEvent(.fileTrouble(error)) }
    }
}
