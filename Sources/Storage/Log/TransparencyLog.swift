import CustodyLog
public import Domain
import Foundation
import Synchronization

/// Publishes what the ledger has recorded: signs checkpoints of the log, and never two that contradict each other.
///
/// A checkpoint is signed only once the disk has the entries that it is of. It is written to a file beside the store before
/// anybody gets it: so a store that is older than what was published, because somebody has restored a copy, is noticed at
/// the start.
public final class TransparencyLog: Sendable {
    public let origin: String
    private let ledger: Ledger
    private let local: LocalLog
    private let keys: LogKeys
    private let folder: Directory
    private let name: KeyName
    /// The last one that was published, and which keys have signed it.
    private let last: Mutex<(size: Int, keyIDs: [UInt32])>

    private static let fileName = "checkpoint"

    /// - Parameters:
    ///   - directory: the data directory.
    ///   - origin: the log's name; nil for the one that it has, or one that is made up for it.
    /// - Throws: ``LogOriginUnusable``, ``LogContradiction``, ``LogKeyUnusable``, ``StoreError`` or ``FileError``.
    public init(_ ledger: Ledger, directory: String, origin: String?, at now: Timestamp) throws {
        self.ledger = ledger
        name = try ledger.store.settleOrigin(origin)
        self.origin = name.text
        local = LocalLog(store: ledger.store, directory: directory)
        keys = try LogKeys(ledger.store, directory: directory, name: name, at: now)
        folder = try Directory("\(directory)/custody-log")
        let published = try ledger.store.publishedCheckpoint()
        last = Mutex((published?.size ?? -1, published.map { $0.note.signatures.map(\.keyID) } ?? []))
        try compareWithFile()
    }

    /// Signs a checkpoint and publishes it, if there is anything new to say.
    ///
    /// - Returns: whether there was.
    /// - Throws: ``StoreError``, ``FileError``, ``LogKeyUnusable`` or ``NoteError``; nothing was published then, and the
    ///   next try makes up for it.
    @discardableResult
    public func publish(at now: Timestamp) throws -> Bool {
        let signers = try keys.inForce(at: now)
        let edge = ledger.logEdge
        let keyIDs = signers.map(\.verifierKey.id)
        guard last.withLock({ $0.size < edge.size || $0.keyIDs != keyIDs }) else { return false }
        // The entries first: a checkpoint of what a power cut takes back would be followed by one of something else.
        try ledger.store.sync()
        let note = try Checkpoint(origin: name, size: edge.size, root: edge.root).signed(by: signers)
        try write(note.bytes)
        try ledger.store.publish(note, size: edge.size)
        last.withLock { $0 = (edge.size, keyIDs) }
        return true
    }

    /// Replaces the file as a whole, so that it is always one checkpoint or the other.
    private func write(_ note: [UInt8]) throws(FileError) {
        let path = folder.path(of: Self.fileName)
        let draft = path + ".new"
        let file = try OpenFile(draft, flags: O_WRONLY | O_CREAT | O_TRUNC)
        if let error = note.withUnsafeBytes({ file.put($0, at: 0) }).error { throw error }
        try file.sync()
        guard rename(draft, path) == 0 else { throw FileError("write", path) }
        try folder.sync()
    }

    /// What the file says was published has to be a beginning of the log that the store has.
    private func compareWithFile() throws {
        let path = folder.path(of: Self.fileName)
        guard let bytes = try Self.read(path) else { return }
        guard let note = try? SignedNote(parsing: bytes),
            let verified = try? VerifiedCheckpoint(note, keys: try keys.all().map(\.key)),
            verified.checkpoint.origin == origin
        else { throw LogContradiction.unreadable(path) }
        let published = verified.checkpoint
        let size = ledger.logEdge.size
        guard published.size <= size else { throw LogContradiction.shorter(published: published.size, size, path) }
        let root = try ledger.store.root(ofFirst: published.size)
        guard root == published.root else { throw LogContradiction.other(published: published.size, path) }
    }

    private static func read(_ path: String) throws -> [UInt8]? {
        guard access(path, F_OK) == 0 else { return nil }
        let file = try OpenFile(path, flags: O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: SignedNote.byteLimit + 1)
        let count = try bytes.withUnsafeMutableBytes { try file.fill($0, from: 0) }
        return Array(bytes.prefix(count))
    }
}

extension TransparencyLog: PublishedLog {
    public func checkpoint() throws -> String? { try local.checkpoint() }
    public func tile(_ path: String) throws -> [UInt8]? { try local.tile(path) }
    public func identity() throws -> LogIdentity { try local.identity() }
}

/// The log's name can't be the one that is configured.
public struct LogOriginUnusable: Error, Sendable, CustomStringConvertible {
    let origin: String
    /// The one that it has; nil where it is the name itself that can't be.
    let present: String?

    public var description: String {
        guard let present else {
            return
                "'\(origin)' can't be the name of a log: it has white space or a plus sign. Choose a URL without its "
                + "scheme, such as 'gateway.example.org/log'."
        }
        return
            "The custody log is named '\(present)' and has published checkpoints, so its name can't become '\(origin)'. "
            + "Set 'custody.log_origin' back, or begin with a new data directory."
    }
}

/// The store doesn't have the log that was published.
public enum LogContradiction: Error, Sendable {
    case unreadable(String)
    case shorter(published: Int, Int, String)
    case other(published: Int, String)
}

extension LogContradiction: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path):
            "The file '\(path)', which holds the last checkpoint that was published, is no checkpoint of this log. Restore "
                + "it, or the whole data directory, from the backup."
        case .shorter(let published, let size, let path):
            "A checkpoint of \(published) entries was published ('\(path)'), and the store has \(size): it is an older copy. "
                + Self.hint
        case .other(let published, let path):
            "The first \(published) entries of the store's log aren't those that were published ('\(path)'). "
                + Self.hint
        }
    }

    private static let hint =
        "Restore the newest copy of the store together with the journal. If it is lost, begin with a new data directory, "
        + "since a log never goes back, and keep the old one for its records."
}
