public import CustodyLog
public import Domain
import Foundation
import Synchronization

/// Publishes what the ledger has recorded: signs checkpoints of the log, and never two that contradict each other. What
/// witnesses say of one comes under it later.
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
    private let witnesses: [VerifierKey]
    /// Nil before the first, while it isn't sure which one the store has, and while another node publishes.
    private let last: Mutex<PublishedCheckpoint?>
    /// Held by whoever publishes, so that file and store have the same; with the right that it was last done with.
    private let publishing = Mutex<LogClaim?>(nil)

    private static let fileName = "checkpoint"

    /// - Parameters:
    ///   - directory: the data directory.
    ///   - origin: the log's name; nil for the one that it has, or one that is made up for it.
    ///   - witnesses: whose cosignatures are taken.
    /// - Throws: ``LogOriginUnusable``, ``LogContradiction``, ``LogKeyUnusable``, ``StoreError`` or ``FileError``.
    public init(
        _ ledger: Ledger, directory: String, origin: String?, witnesses: [VerifierKey] = [], at now: Timestamp
    ) throws {
        self.ledger = ledger
        self.witnesses = witnesses
        name = try ledger.store.settleOrigin(origin)
        self.origin = name.text
        local = LocalLog(store: ledger.store, directory: directory)
        keys = try LogKeys(ledger.store, directory: directory, name: name, at: now)
        folder = try Directory("\(directory)/custody-log")
        last = Mutex(try ledger.store.publishedCheckpoint())
        try compareWithFile()
    }

    /// Signs a checkpoint and publishes it, if there is anything new to say and no other node has that to do.
    ///
    /// - Returns: whether there was.
    /// - Throws: ``StoreError``, ``FileError``, ``LogKeyUnusable``, ``LogClaimLost`` or ``NoteError``; nothing was published then, and the
    ///   next try makes up for it.
    @discardableResult
    public func publish(at now: Timestamp) throws -> Bool {
        try publishing.withLock { former in
            guard let (edge, claim) = try ledger.drainer.publishableEdge() else {
                former = nil
                last.withLock { $0 = nil }
                return false
            }
            // Another node has published meanwhile, and got cosignatures.
            if former != claim {
                let stored = try ledger.store.publishedCheckpoint()
                last.withLock { $0 = stored }
                former = claim
            }
            let signers = try keys.inForce(at: now)
            guard isNew(edge.size, signedBy: signers) else { return false }
            // The entries first: a checkpoint of what a power cut takes back would be followed by one of something else.
            try ledger.store.sync()
            let note = try Checkpoint(origin: name, size: edge.size, root: edge.root).signed(by: signers)
            try publish(PublishedCheckpoint(size: edge.size, note: note), under: claim)
            return true
        }
    }

    private func isNew(_ size: Int, signedBy signers: [SigningKey]) -> Bool {
        guard let published else { return true }
        // Cosignatures have other names.
        let keyIDs = published.note.signatures.filter { $0.name == name }.map(\.keyID)
        return published.size < size || keyIDs != signers.map(\.verifierKey.id)
    }

    private func publish(_ checkpoint: PublishedCheckpoint, under claim: LogClaim) throws {
        last.withLock { $0 = nil }
        try write(checkpoint.note.bytes)
        try ledger.store.publish(checkpoint, under: claim)
        last.withLock { $0 = checkpoint }
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
        let size = try ledger.logEdge().size
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

/// What witnesses are asked with, and what becomes of their answers.
extension TransparencyLog {
    /// The last checkpoint; nil before the first, and for a moment while another takes its place. Waits for nothing.
    public var published: PublishedCheckpoint? { last.withLock { $0 } }

    /// Shows that the log of a checkpoint goes on from what it was when it had so many entries.
    ///
    /// - Throws: ``StoreError``, ``NotInTree`` for more entries than the checkpoint has, or ``TileIncomplete``.
    public func consistencyProof(from size: Int, to checkpoint: PublishedCheckpoint) throws -> ConsistencyProof {
        try ledger.store.consistencyProof(from: size, to: checkpoint.size)
    }

    /// Puts a witness's cosignature under a checkpoint, as long as it is the last one.
    ///
    /// - Parameter answer: the witness's lines.
    /// - Returns: whether it still was the last one.
    /// - Throws: ``NoteError`` where no line is a cosignature by this witness, ``StoreError`` or ``FileError``. The
    ///   checkpoint stays what it was, or is published anew without the cosignature.
    public func add(_ answer: [UInt8], by witness: VerifierKey, to checkpoint: PublishedCheckpoint) throws -> Bool {
        try publishing.withLock { _ in
            // With the lines that it has by now, of other witnesses.
            guard let published, published.note.text == checkpoint.note.text,
                let claim = try ledger.drainer.publishableEdge()?.claim
            else { return false }
            let note = try published.note.cosigned(answer, by: witnesses.filter { $0 == witness })
            if note != published.note {
                try publish(PublishedCheckpoint(size: published.size, note: note), under: claim)
            }
            return true
        }
    }
}

extension TransparencyLog: PublishedLog {
    public func checkpoint() throws -> String? { try local.checkpoint() }
    public func tile(_ path: String) throws -> [UInt8]? { try local.tile(path) }

    public func identity() throws -> LogIdentity {
        let identity = try local.identity()
        return LogIdentity(
            origin: identity.origin, keys: identity.keys,
            witnesses: witnesses.map { LogIdentity.Witness(name: $0.name.text, verifierKey: $0.text) })
    }
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
