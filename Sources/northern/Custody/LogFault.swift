import CustodyLog

/// What a log that is what it says it is can't do, with what shows it.
struct LogFault: Error, CustomStringConvertible {
    /// What was found.
    let description: String
    /// What shows it, beside the checkpoints: a file's name, and its bytes.
    private(set) var evidence: [String: [UInt8]] = [:]

    init(_ description: String, evidence: [String: [UInt8]] = [:]) {
        self.description = description
        self.evidence = evidence
    }
}

/// About checkpoints.
extension LogFault {
    static func noCheckpoint(_ reason: String) -> LogFault {
        LogFault("What the log gives as its checkpoint can't be trusted: \(reason)")
    }

    static func otherOrigin(_ origin: String, known: String) -> LogFault {
        LogFault(
            "The checkpoint is of the log '\(printable(origin))', and what was seen before is of '\(printable(known))'. "
                + "For another log, use another --state.")
    }

    static func shrunk(to size: Int, from known: Int) -> LogFault {
        LogFault(
            "The log has gone back: its checkpoint is of \(size) entries, and it has signed one of \(known) before. "
                + "Entries were taken away, or an old checkpoint is shown.")
    }

    static func forked(at size: Int) -> LogFault {
        LogFault(
            "The log has two histories: it has signed two checkpoints of \(size) entries with different roots. No log that "
                + "only appends can do that.")
    }

    static func rewritten(before size: Int) -> LogFault {
        LogFault(
            "The log's history was rewritten: its first \(size) entries don't give the root that it has signed for them "
                + "before.")
    }

    static func otherRoot(at size: Int, since known: Int) -> LogFault {
        let history =
            known == 0
            ? "The tiles aren't those that were signed."
            : "The first \(known) entries are not those that were seen before, or the tiles aren't those that were signed."
        return LogFault(
            "The \(size) entries of the log don't give the root that its checkpoint is signed for. \(history)")
    }
}

/// About tiles.
extension LogFault {
    static func missing(_ id: LogTile.ID) -> LogFault {
        LogFault("The log doesn't have '\(id.path)', which its checkpoint covers.")
    }

    static func malformed(_ id: LogTile.ID, body: [UInt8]) -> LogFault {
        let what = id.layer == .entries ? "entries of 32 bytes" : "hashes"
        return LogFault(
            "'\(id.path)' isn't \(id.width) \(what), which is what the checkpoint says of it: it has \(body.count) bytes"
                + "\(body.count > LogTile.bodyByteCount(of: id) ? " or more" : "").",
            evidence: [id.evidenceName: body])
    }

    /// - Parameters:
    ///   - theirs: what the log has.
    ///   - ours: what the tiles below it come to.
    ///   - seen: how many entries were seen before: what they come to is known from then.
    static func wrong(_ theirs: LogTile, against ours: LogTile, seen: Int) -> LogFault {
        let evidence = [theirs.id.evidenceName: theirs.body, "computed-" + ours.id.evidenceName: ours.body]
        let entries = theirs.entriesOfFirstDifference(from: ours)
        guard entries.upperBound >= seen else {
            return LogFault(
                "The log's history was rewritten: by '\(theirs.id.path)', \(entries.words) isn't what was there when the log "
                    + "had \(seen) entries.", evidence: evidence)
        }
        let below = theirs.id.layer == .hashes(level: 0) ? "the entries" : "the tiles below it"
        return LogFault(
            "'\(theirs.id.path)' isn't what \(below) come to: it differs for \(entries.words).", evidence: evidence)
    }

    /// - Parameter known: what the log had there before.
    static func changed(_ theirs: LogTile, from known: LogTile) -> LogFault {
        LogFault(
            "'\(theirs.id.path)' has changed since it was seen before: it differs for "
                + "\(theirs.entriesOfFirstDifference(from: known).words). No log that only appends can do that.",
            evidence: [theirs.id.evidenceName: theirs.body, "before-" + known.id.evidenceName: known.body])
    }
}

extension LogTile.ID {
    /// A file's name for it.
    fileprivate var evidenceName: String { path.replacing("/", with: "-") }
}

extension LogTile {
    /// The entry, or the entries under the hash, where two tiles differ first.
    fileprivate func entriesOfFirstDifference(from other: LogTile) -> ClosedRange<Int> {
        let place = zip(bytes, other.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let index = (place ?? min(bytes.count, other.bytes.count)) / Commitment.byteCount
        let node = id.number * LogTile.fullWidth + index
        guard case .hashes(let level) = id.layer, level > 0 else { return node...node }
        // The node is part of a log that was read, so its entries have numbers.
        let first = node << (8 * level)
        return first...first + (1 << (8 * level)) - 1
    }
}

extension ClosedRange<Int> {
    fileprivate var words: String {
        lowerBound == upperBound ? "entry \(lowerBound)" : "what entries \(lowerBound) to \(upperBound) come to"
    }
}
