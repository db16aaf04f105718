import CustodyLog
import Wire

/// Checks an export line by line: each record against the checkpoint that stands before it.
///
/// It remembers the indexes of the records and the checkpoints, and nothing else of what it has seen.
struct ExportCheck {
    private let keys: [VerifierKey]
    private(set) var findings = CheckFindings()
    private var line = 0
    /// The last one that was read, whoever has signed it.
    private var checkpoint: Checkpoint?
    /// By size.
    private var checkpoints: [Int: Checkpoint] = [:]
    private var signers: Set<String> = []
    private var witnessed = 0
    private var indexes: Set<Int> = []
    private var period: ClosedRange<String>?
    private var wrongLines = 0
    /// Whether the last line says that there is more.
    private var goesOn = false

    /// Bytes of a line: a record with all its attempts is far shorter.
    static let mostLineBytes = 4 << 20
    /// Of lines that are wrong so many are told, and the others are counted.
    private static let mostTold = 20

    init(keys: [VerifierKey]) { self.keys = keys }

    mutating func take(_ bytes: [UInt8]) {
        line += 1
        guard !bytes.isEmpty else { return }
        do {
            let value: JSON
            do { value = try JSON(parsing: bytes) } catch { throw RecordUnusable("It isn't JSON: \(error).") }
            goesOn = false
            if let note = value["checkpoint"]?.string { return try take(checkpoint: note) }
            if value.object?.members.count == 1, let next = value["next"] {
                goesOn = !next.isNull
                return
            }
            try take(record: value)
        } catch {
            wrongLines += 1
            if wrongLines <= Self.mostTold { findings.wrong("Line \(line): \(printable("\(error)"))") }
        }
    }

    private mutating func take(checkpoint text: String) throws {
        checkpoint = nil
        let note = try SignedNote(parsing: Array(text.utf8))
        let read = try Checkpoint(note)
        if !keys.isEmpty { try takeSignatures(of: note) }
        guard read.origin.utf8.elementsEqual((checkpoints.values.first ?? read).origin.utf8) else {
            throw RecordUnusable("The checkpoint is of another log than those before it.")
        }
        if let known = checkpoints[read.size], known.root != read.root {
            throw RecordUnusable(
                "There are two checkpoints of \(read.size) entries with different roots: the log has two histories. Keep this "
                    + "file, which shows it.")
        }
        checkpoints[read.size] = read
        checkpoint = read
    }

    private mutating func takeSignatures(of note: SignedNote) throws {
        let verified = try VerifiedCheckpoint(note, keys: keys)
        signers.formUnion(verified.logSignatures.map(\.key.text))
        if !verified.cosignatures.isEmpty { witnessed += 1 }
    }

    private mutating func take(record value: JSON) throws {
        guard let checkpoint else {
            throw RecordUnusable("It stands under no checkpoint, so nothing shows that the record is in the log.")
        }
        let record = try CommittedRecord(pair: value)
        guard let index = value["index"]?.int, let proof = InclusionProof(value["proof"]) else {
            throw RecordUnusable("It has no index, or no proof that is a list of hashes.")
        }
        guard proof.proves(.leaf(record.commitment), at: index, in: checkpoint.head) else {
            throw RecordUnusable(
                "The record isn't entry \(index) of the log: the record, its salt, its index or the proof was changed.")
        }
        guard indexes.insert(index).inserted else {
            throw RecordUnusable("The record, which is entry \(index) of the log, was in the file before.")
        }
        extendPeriod(to: record.record["opened_at"]?.string)
    }

    private mutating func extendPeriod(to time: String?) {
        guard let time else { return }
        let known = period ?? time...time
        period = min(known.lowerBound, time)...max(known.upperBound, time)
    }

    /// What there is to say once all lines were taken.
    mutating func end() {
        if wrongLines > Self.mostTold {
            findings.wrong("So are \(wrongLines - Self.mostTold) more lines. Have the records exported again.")
        }
        if let first = indexes.min(), let last = indexes.max() {
            let opened = period.map {
                " Their requests were opened from \(printable($0.lowerBound)) to \(printable($0.upperBound))."
            }
            findings.verified(
                "\(indexes.count) records are entries of the log, from entry \(first) to entry \(last).\(opened ?? "")")
        } else if wrongLines == 0 {
            findings.unchecked("The file has no records. Export another period.")
        }
        if goesOn { findings.unchecked("The file is a part of an export, and what comes after it isn't in it.") }
        endSignatures()
    }

    private mutating func endSignatures() {
        guard !checkpoints.isEmpty else { return }
        guard !keys.isEmpty else { return findings.unchecked(Self.noKey) }
        for signer in signers.sorted() { findings.verified("Checkpoints are signed by the key \(printable(signer)).") }
        if witnessed > 0 { findings.verified("\(witnessed) of them were seen by a witness.") }
        if checkpoints.count > 1 {
            findings.verified(
                "There are \(checkpoints.count) checkpoints, no two of one size. That they are of one history is for "
                    + "'northern custody audit' to say.")
        }
    }

    static let noKey =
        "Who has signed the log's checkpoint, because no key was given. Get the log's key from its operator by a way that you "
        + "trust, and give it with --key."
}

extension InclusionProof {
    /// - Parameter list: Base64 of each hash; nil for anything else, and for more than any log has.
    init?(_ list: JSON?) {
        guard let list = list?.array, list.count <= 64 else { return nil }
        let hashes = list.compactMap { $0.string.flatMap { MerkleHash(base64: $0) } }
        guard hashes.count == list.count else { return nil }
        self.init(hashes: hashes)
    }
}
