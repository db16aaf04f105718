import CustodyLog
public import Domain

/// Where custody records are kept: first in a journal that event loops append to, then in the store.
///
/// One per process and data directory. ``makeJournal()`` gives each event loop its writer; ``start()`` begins the threads
/// that bring entries to the disk and to the store.
public final class Ledger: Sendable {
    let store: Store
    private let lock: DirectoryLock
    /// Which of those that may share the store this is.
    public let node: Node
    let journal: Journal
    let drainer: Drainer
    let heartbeat: Heartbeat
    /// Nil where no other node can use the same store.
    let limits: LimitShares?
    private let draining: BackgroundThread
    private let syncing: BackgroundThread

    /// Takes the data directory for itself, and settles what an earlier process has left in it: journal entries go to the
    /// store, and records that are still open then are closed as interrupted. The log is the node's from then on, unless
    /// another has it.
    ///
    /// - Throws: ``DataDirectoryInUse``, ``NodeIDUnusable``, ``FileError`` or ``StoreError``.
    public init(directory: String, store: Store, at now: Timestamp, options: LedgerOptions = LedgerOptions()) throws {
        let data = try Directory(directory)
        lock = try DirectoryLock(data)
        journal = try Journal(Directory(data.path(of: "journal")), options: options)
        node = try Node(in: data)
        drainer = try Drainer(journal, store: store, of: node)
        heartbeat = Heartbeat(at: now.adding(seconds: options.heartbeat))
        self.store = store
        limits = options.sharesLimits ? LimitShares(store, of: node) : nil
        draining = Self.drainingThread(journal, drainer, lock)
        syncing = Self.syncingThread(journal)
        try store.register(node, at: now)
        _ = try drainer.keepLog(for: node, isStarting: true, until: now.adding(seconds: options.term), at: now)
        if let limits {
            store.sharing = LimitSharing(node: node, term: limits.term)
            limits.term.extend(to: now.adding(seconds: LimitShares.paceTerm))
        }
        try settle(at: now)
        // What the earlier process has held is settled by now.
        if limits != nil { try store.removeShares(of: node, pace: true) }
    }

    /// Threads end soon after; the journal stays as it is, for the next process.
    deinit {
        draining.cancel()
        syncing.cancel()
    }

    private func settle(at now: Timestamp) throws {
        let replayed = try drainer.drain()
        if replayed > 0 { journal.options.onEvent(.replayed(entries: replayed)) }
        try drainer.removeFinished()
        let interrupted = try drainer.closeInterrupted(at: now)
        if interrupted > 0 { journal.options.onEvent(.interrupted(records: interrupted)) }
    }

    /// A journal for one event loop.
    ///
    /// - Throws: ``FileError`` when its file can't be made.
    public func makeJournal() throws(FileError) -> JournalWriter { try JournalWriter(journal) }

    /// Begins to sync and to drain in the background. Until then entries wait in the journal.
    public func start() {
        draining.start()
        syncing.start()
    }

    /// The edge of the transparency log, with all closed records and all changes that the store has.
    ///
    /// - Throws: ``StoreError``.
    func logEdge() throws -> LogEdge { try drainer.logEdge() }

    /// Bytes that wait for the store.
    public var undrainedBytes: Int { journal.undrainedBytes }

    /// Bytes that the journal's disk has refused and that are tried again with each write; requests are refused meanwhile.
    public var refusedBytes: Int { journal.refusedBytes }

    /// Returns once the store has everything that was committed before the call.
    ///
    /// - Throws: ``StoreError`` or ``FileError``; nothing is lost then.
    public func drainNow() throws { try drainer.drain() }

    /// Ends the threads, brings the rest to the store and gives the data directory back. Entries that the disk has refused
    /// are tried a last time.
    ///
    /// Call it once no event loop writes any more: later commits throw ``JournalError/stopped``. When the store doesn't
    /// take the rest, it stays in the journal for the next start.
    public func stop() {
        draining.stop()
        syncing.stop()
        journal.close()
        journal.sync()
        do {
            try drainer.drain()
            try drainer.removeFinished()
        } catch {
            journal.options.onEvent(.drainFailed(error, retryAfter: .zero))
        }
        lock.release()
    }

    /// Holds the lock: the directory must not be anybody else's while it still works.
    private static func drainingThread(
        _ journal: Journal, _ drainer: Drainer, _ lock: DirectoryLock
    ) -> BackgroundThread {
        BackgroundThread(
            name: "ledger drain", bell: journal.drainBell, delay: journal.options.drainInterval,
            isNeeded: { journal.undrainedBytes > 0 },
            work: { withExtendedLifetime(lock) { drainer.drainInBackground() } })
    }

    private static func syncingThread(_ journal: Journal) -> BackgroundThread {
        BackgroundThread(
            name: "ledger sync", bell: journal.syncBell, delay: journal.options.syncInterval,
            isNeeded: { journal.needsSync },
            work: {
                journal.sync()
                return nil
            })
    }
}
