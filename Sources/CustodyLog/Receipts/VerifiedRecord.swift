/// A record of which it was checked that the log has it: there is no other way to get one.
///
/// It means: a key that is trusted has signed a checkpoint of the log, and the log with that checkpoint has, at that
/// index, the commitment to exactly this record under exactly this salt.
public struct VerifiedRecord: Hashable, Sendable {
    public let commitment: Commitment
    public let index: Int
    /// Which log it is, how large it was, and who signed that.
    public let checkpoint: VerifiedCheckpoint

    /// - Parameter record: canonical JSON (RFC 8785).
    /// - Throws: ``RecordUnproven``.
    public init(
        _ record: [UInt8], salt: Salt, index: Int, proof: InclusionProof, in checkpoint: VerifiedCheckpoint
    ) throws(RecordUnproven) {
        let size = checkpoint.checkpoint.size
        guard 0..<size ~= index else { throw .indexBeyondLog(index: index, size: size) }
        let commitment = Commitment(salt: salt, record: record)
        guard proof.proves(.leaf(commitment), at: index, in: checkpoint.checkpoint.head) else { throw .notIncluded }
        self.commitment = commitment
        self.index = index
        self.checkpoint = checkpoint
    }

    /// Checks a receipt. Its extra data isn't looked at: read the record and the salt from it, or from elsewhere.
    ///
    /// - Parameter record: canonical JSON (RFC 8785).
    /// - Parameter keys: those that are trusted, of logs and of witnesses.
    /// - Throws: ``RecordUnproven``.
    public init(
        _ record: [UInt8], salt: Salt, receipt: ProofFile, keys: [VerifierKey]
    ) throws(RecordUnproven) {
        let checkpoint: VerifiedCheckpoint
        do { checkpoint = try VerifiedCheckpoint(receipt.checkpoint, keys: keys) } catch { throw .checkpoint(error) }
        try self.init(record, salt: salt, index: receipt.index, proof: receipt.proof, in: checkpoint)
    }
}

/// Why it isn't shown that a log has a record.
public enum RecordUnproven: Error, Hashable, Sendable {
    case checkpoint(CheckpointError)
    case indexBeyondLog(index: Int, size: Int)
    /// The record, the salt, the index or the proof isn't the one that the log has.
    case notIncluded
}

extension RecordUnproven: CustomStringConvertible {
    public var description: String {
        switch self {
        case .checkpoint(let error): "\(error)"
        case .indexBeyondLog(let index, let size):
            "The record is said to have index \(index) in a log of only \(size) entries."
        case .notIncluded:
            "The log doesn't have this record there: the record, its salt, its index or the proof was changed."
        }
    }
}
