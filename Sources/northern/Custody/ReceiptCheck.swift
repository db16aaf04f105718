import CustodyLog
import Wire

/// Checks a receipt: that the record in it, or another's copy of it, is in the log, and who has signed that.
struct ReceiptCheck {
    private(set) var findings = CheckFindings()
    /// What the receipt is about; nil where that can't be told.
    private(set) var record: JSON?
    private let keys: [VerifierKey]

    /// - Parameters:
    ///   - bytes: of the file.
    ///   - keys: those that are trusted. Without any it can't be checked who has signed.
    ///   - answer: the record as the custody API gave it; nil: the receipt's own.
    init(_ bytes: [UInt8], keys: [VerifierKey], answer: [UInt8]? = nil) {
        self.keys = keys
        do {
            let receipt = try ProofFile(parsing: bytes)
            let checkpoint = try Checkpoint(receipt.checkpoint)
            checkInclusion(in: checkpoint, by: receipt, answer)
            checkSignatures(of: receipt.checkpoint, checkpoint)
        } catch {
            findings.wrong("\(printable("\(error)")) Get the receipt again: GET /api/usage/custody/ID/receipt.")
        }
    }

    private mutating func checkInclusion(in checkpoint: Checkpoint, by receipt: ProofFile, _ answer: [UInt8]?) {
        guard let record = record(of: receipt, answer) else { return }
        self.record = record.record
        let log = "the log '\(printable(checkpoint.origin))'"
        if receipt.proof.proves(.leaf(record.commitment), at: receipt.index, in: checkpoint.head) {
            findings.verified(
                "The record's commitment is entry \(receipt.index) of \(log), under its checkpoint of \(checkpoint.size) "
                    + "entries.")
        } else {
            findings.wrong(
                "The record isn't entry \(receipt.index) of \(log): the record, its salt, its index, the proof or the "
                    + "checkpoint was changed. Get the receipt again, and keep this one if that one is good.")
        }
    }

    /// The record that is to be in the log. Where there are two, they must be the same.
    private mutating func record(of receipt: ProofFile, _ answer: [UInt8]?) -> CommittedRecord? {
        var own: CommittedRecord?
        if let extra = receipt.extra {
            do { own = try CommittedRecord(pair: try JSON(parsing: extra)) } catch {
                findings.wrong("The record in the receipt can't be read. \(error) Get the receipt again.")
            }
        }
        guard let answer else {
            if receipt.extra == nil {
                findings.unchecked(
                    "The receipt doesn't hold the record. Give it with --record, as the custody API has it.")
            }
            return own
        }
        do {
            let given = try CommittedRecord.Answer(answer)
            if given.index != receipt.index || own.map({ $0 != given.record }) ?? false {
                findings.wrong("The record given with --record isn't the receipt's. Compare their ids.")
            } else if own != nil {
                findings.verified("The record given with --record is the receipt's, byte for byte in canonical form.")
            }
            return own ?? given.record
        } catch {
            findings.wrong("The record given with --record can't be used. \(error)")
            return own
        }
    }

    private mutating func checkSignatures(of note: SignedNote, _ checkpoint: Checkpoint) {
        guard !keys.isEmpty else { return findings.unchecked(ExportCheck.noKey) }
        do {
            let verified = try VerifiedCheckpoint(note, keys: keys)
            for signature in verified.logSignatures {
                findings.verified(
                    "The log's checkpoint of \(checkpoint.size) entries is signed by the key "
                        + "\(printable(signature.key.text)), given with --key.")
            }
            for signature in verified.cosignatures { findings.verified(signature.witnessSentence) }
        } catch {
            findings.wrong(
                "The log's checkpoint isn't signed as it should be. \(printable("\(error)")) Ask the operator for the key that the log had at "
                    + "the time of the record.")
        }
    }
}
