import Domain

/// What a log commits itself to: so many entries, under this root (C2SP tlog-checkpoint, section "Note text").
public struct Checkpoint: Sendable {
    /// Which log it is.
    public let origin: String
    /// Entries of the log.
    public let size: Int
    public let root: MerkleHash
    /// Further lines, of no meaning here.
    public let extensionLines: [String]

    public init(origin: KeyName, size: Int, root: MerkleHash) {
        self.origin = origin.text
        self.size = size
        self.root = root
        extensionLines = []
    }

    /// Reads the text of a note. That says nothing about who has signed it: see ``VerifiedCheckpoint``.
    ///
    /// - Throws: ``CheckpointError``.
    public init(_ note: SignedNote) throws(CheckpointError) {
        let lines = note.text.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 3 else { throw .tooFewLines }
        guard lines.allSatisfy({ !$0.isEmpty }) else { throw .emptyLine }
        guard let size = Decimal.decoded(lines[1]) else { throw .size }
        guard let root = MerkleHash(base64: lines[2]), size > 0 || root == .emptyTree else { throw .root }
        origin = String(decoding: lines[0], as: UTF8.self)
        self.size = size
        self.root = root
        extensionLines = lines.dropFirst(3).map { String(decoding: $0, as: UTF8.self) }
    }

    public var head: TreeHead { TreeHead(size: size, root: root) }

    /// What is signed.
    public var text: [UInt8] {
        Array(([origin, String(size), root.base64] + extensionLines).map { $0 + "\n" }.joined().utf8)
    }

    /// - Throws: ``NoteError``, where the origin has an empty line or a control character.
    public func signed(by keys: [SigningKey]) throws(NoteError) -> SignedNote {
        try SignedNote(signing: text, with: keys)
    }
}

extension Checkpoint: Hashable {
    // By bytes: Unicode takes for equal what isn't.
    public static func == (left: Checkpoint, right: Checkpoint) -> Bool { left.text == right.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A checkpoint that its log has signed: there is no other way to get one.
public struct VerifiedCheckpoint: Hashable, Sendable {
    public let note: SignedNote
    public let checkpoint: Checkpoint
    /// By keys of the log, at least one; a log that changes its key signs with both for a while.
    public let logSignatures: [VerifiedSignature]
    /// By known witnesses.
    public let cosignatures: [VerifiedSignature]

    /// - Parameter keys: those that are trusted, of logs and of witnesses.
    /// - Throws: ``CheckpointError``; also where a key that is known has signed, but not under the name of this log.
    public init(_ note: SignedNote, keys: [VerifierKey]) throws(CheckpointError) {
        let checkpoint = try Checkpoint(note)
        let signatures: [VerifiedSignature]
        do { signatures = try note.verified(by: keys) } catch { throw .note(error) }
        self.note = note
        self.checkpoint = checkpoint
        logSignatures = signatures.filter {
            $0.key.kind == .ed25519 && $0.key.name.text.hasSameBytes(as: checkpoint.origin)
        }
        cosignatures = signatures.filter { $0.key.kind == .cosignature }
        guard !logSignatures.isEmpty else { throw .notSignedByLog }
    }
}

/// Why a note isn't taken for a checkpoint.
public enum CheckpointError: Error, Hashable, Sendable {
    case note(NoteError)
    case tooFewLines, emptyLine, size, root
    /// It is signed by keys that are known, but by none of the log it speaks of.
    case notSignedByLog
}

extension CheckpointError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .note(let error): "\(error)"
        case .tooFewLines: "A checkpoint has three lines: the log's name, the number of its entries, and the root."
        case .emptyLine: "A line of the checkpoint is empty."
        case .size: "The checkpoint's second line isn't a number of entries."
        case .root: "The checkpoint's third line isn't the root of a log of that size."
        case .notSignedByLog: "No known key of the log that the checkpoint is of has signed it."
        }
    }
}
