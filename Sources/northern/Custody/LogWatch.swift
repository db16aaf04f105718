import CustodyLog
import Domain

/// Looks at a log, again and again: what it has now, against what it had when it was looked at last.
struct LogWatch {
    let place: LogAddress
    /// Nil where nothing is kept.
    let copy: LogCopy?
    /// Those that are trusted.
    let keys: [VerifierKey]

    /// What was found of a log in which nothing is wrong.
    struct Sight {
        /// Where the log is.
        let name: String
        let latest: VerifiedCheckpoint
        /// What the log had when it was looked at last.
        let known: Checkpoint?
        /// How many entries were looked at.
        let entries: Int
        /// Ids of further keys of the log's name that have signed, and aren't trusted here.
        let unknownKeys: [String]
    }

    /// - Parameter looksAtAll: whether what the copy has is downloaded and compared too.
    /// - Throws: ``LogFinding``, ``LogUnreachable``, or ``ConfigurationError``.
    func look(looksAtAll: Bool) async throws -> Sight {
        let (source, note) = try await place.log()
        let seen = try copy?.checkpoint()
        do {
            let latest = try verified(note)
            let known = try seen.map { try knownCheckpoint($0) }
            let entries = try await LogAudit.run(
                of: source, at: latest, since: known, into: copy, looksAtAll: looksAtAll)
            return Sight(
                name: source.name, latest: latest, known: known, entries: entries, unknownKeys: unknownKeys(of: latest))
        } catch let fault as LogFault {
            var checkpoints = ["checkpoint": note]
            if let seen { checkpoints["checkpoint-before"] = seen }
            throw LogFinding(fault: fault, evidence: try? copy?.keep(fault, checkpoints))
        }
    }

    private func verified(_ note: [UInt8]) throws -> VerifiedCheckpoint {
        do {
            return try VerifiedCheckpoint(SignedNote(parsing: note), keys: keys)
        } catch CheckpointError.note(.noKnownSignature), CheckpointError.notSignedByLog {
            throw LogFault.noCheckpoint(
                "no key that is trusted here has signed it. If the operator has announced a new key, give it with --key."
            )
        } catch {
            throw LogFault.noCheckpoint(printable("\(error)"))
        }
    }

    private func unknownKeys(of checkpoint: VerifiedCheckpoint) -> [String] {
        let origin = KeyName(checkpoint.checkpoint.origin)
        return checkpoint.note.signatures
            .filter { signature in
                signature.name == origin && !keys.contains { $0.name == origin && $0.id == signature.keyID }
            }
            .map(\.keyIDText)
    }

    /// It was verified before it was kept, maybe by a key that isn't trusted any more.
    private func knownCheckpoint(_ note: [UInt8]) throws -> Checkpoint {
        do { return try Checkpoint(SignedNote(parsing: note)) } catch {
            throw ConfigurationError(
                "'\(copy?.path ?? "")/checkpoint' isn't a checkpoint any more, so something has changed it here. Audit the "
                    + "log into another --state.")
        }
    }
}

/// A fault of a log, and where what shows it was put.
struct LogFinding: Error {
    let fault: LogFault
    /// A directory; nil where nothing is kept.
    let evidence: String?

    /// What there is to do about it.
    var advice: String {
        let kept =
            evidence.map { "What shows it is in '\($0)'. Keep it: the log's own signatures are part of it." }
            ?? "Nothing of it was kept: do it again with a --state that can be written, so that there is something to show."
        return "\(kept) Then ask the operator, and compare with what others have seen of the log."
    }
}
