/// How the ledger works. The defaults suit a server.
public struct LedgerOptions: Sendable {
    /// Bytes after which a journal file is left for the next one. Small enough that the files in use stay in the
    /// processor's cache.
    public var segmentSize = 4 << 20
    /// Bytes that may wait for the store; from there on requests are refused.
    public var journalLimit = 1 << 30
    /// How much may be lost when the power fails. The end of the process alone loses nothing.
    public var syncInterval: Duration = .milliseconds(50)
    /// How long entries are gathered for a transaction. Reads don't wait for it. Requests that begin and end within it
    /// cost the store one row instead of two.
    public var drainInterval: Duration = .milliseconds(200)
    /// Bytes of the journal per transaction. Each writes some pages once more that it didn't fill, so it pays that they
    /// are large; others who write to the store wait for as long.
    public var batchSize = 16 << 20
    /// Seconds after which the node says again that it is there.
    public var heartbeat: Int64 = 2
    /// Seconds without a word after which others take its place in the log.
    public var term: Int64 = 8
    /// Whether limits, budgets and credits are shared with other nodes on the same store.
    public var sharesLimits = false
    /// Called for what an operator should know, from any thread. It must not ask the ledger in return.
    public var onEvent: @Sendable (LedgerEvent) -> Void = { _ in }

    public init() {}
}

/// Something about the ledger that an operator should know.
public enum LedgerEvent: Sendable {
    /// The earlier process had ended before the store had everything.
    case replayed(entries: Int)
    /// The earlier process had ended in the middle of requests; their records are closed now.
    case interrupted(records: Int)
    /// Whether the node gives records their entries in the log, and signs checkpoints, has changed.
    case logHeld(Bool)
    /// Another process serves as the same node: its data directory is a copy.
    case nodeTwice(Node)
    /// From some offset on a file of the journal holds no entries. It is kept, with `.damaged` at the end of its name.
    case segmentDamaged(path: String, offset: Int, unreadableBytes: Int)
    /// The store doesn't take records. They stay in the journal.
    case drainFailed(any Error, retryAfter: Duration)
    case drainRecovered
    /// A file of the journal couldn't be synced, begun or removed. No entry is lost by it.
    case fileTrouble(FileError)
    /// The disk has refused entries until the end. No request that they belong to was told that it is recorded.
    case entriesLost(bytes: Int, FileError)
}

extension LedgerEvent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .replayed(let entries):
            "Custody journal of the earlier process replayed: \(entries) entries"
        case .interrupted(let records):
            "Custody records closed as interrupted, because the earlier process had ended: \(records)"
        case .logHeld(true):
            "This node gives custody records their entries in the log now, and signs its checkpoints"
        case .logHeld(false):
            "Another node gives custody records their entries in the log now, and signs its checkpoints"
        case .nodeTwice(let node):
            "Another process serves as the node '\(node.id)' on the same store: one of the two data directories is a copy."
                + " Stop one, and remove '\(Node.fileName)' from its data directory"
        case .segmentDamaged(let path, let offset, let unreadableBytes):
            "Custody journal '\(path)' can't be read from byte \(offset) on (\(unreadableBytes) bytes);"
                + " it is kept as '\(path).….damaged'"
        case .drainFailed(let error, let delay):
            "Custody records wait in the journal, next try in \(delay): \(error)"
        case .drainRecovered:
            "The store takes custody records again"
        case .fileTrouble(let error):
            "\(error)"
        case .entriesLost(let bytes, let error):
            "Custody entries that the disk refused are lost (\(bytes) bytes). \(error)"
        }
    }
}
