import CustodyLog
import Domain

/// Follows a log from the checkpoint that was seen last to the one it has now: everything between is downloaded, and
/// everything is computed again from the entries up.
///
/// A few tiles are in memory at any time, whatever the size of the log.
struct LogAudit {
    private let source: any LogSource
    private let copy: LogCopy?
    /// What the log has now.
    private let latest: Checkpoint
    /// What it had when it was looked at last; nil for the first time.
    private let known: Checkpoint?
    private var edge = LogEdge()
    /// Entries that the copy has, and that aren't looked at again.
    private var start: Int
    /// Tiles that came, and haven't been asked for yet.
    private var fetched: [LogTile.ID: LogTile] = [:]

    /// Tiles of entries that are asked for at the same time, each with its hashes.
    private static let window = 8

    /// - Parameters:
    ///   - known: what the log had when it was looked at last; nil for the first time.
    ///   - copy: where the log's files are kept, those of the known checkpoint among them; nil: nowhere.
    ///   - looksAtAll: whether what the copy has is downloaded and compared too.
    /// - Returns: how many entries were looked at.
    /// - Throws: ``LogFault``, ``LogUnreachable``, or ``ConfigurationError`` where the copy can't be used.
    static func run(
        of source: any LogSource, at latest: VerifiedCheckpoint, since known: Checkpoint?, into copy: LogCopy?,
        looksAtAll: Bool = false
    ) async throws -> Int {
        if let known { try latest.checkpoint.isNoStepBack(from: known) }
        var audit = try LogAudit(source, latest.checkpoint, known, copy, looksAtAll: looksAtAll)
        try await audit.extend()
        guard audit.edge.root == audit.latest.root else {
            throw LogFault.otherRoot(at: audit.latest.size, since: audit.start)
        }
        try copy?.write(checkpoint: latest.note.bytes)
        if let known { copy?.removePartialTiles(of: known.size, unlessOf: audit.latest.size) }
        return audit.latest.size - audit.start
    }

    private init(
        _ source: any LogSource, _ latest: Checkpoint, _ known: Checkpoint?, _ copy: LogCopy?,
        looksAtAll: Bool
    ) throws {
        self.source = source
        self.copy = copy
        self.latest = latest
        self.known = known
        if let copy, let known, !looksAtAll { edge = try copy.edge(of: known) }
        start = edge.size
    }

    private mutating func extend() async throws {
        while edge.size < latest.size {
            let first = edge.size / LogTile.fullWidth
            let ids = (first..<first + Self.window).compactMap {
                LogTile.ID(.entries, number: $0, size: latest.size)
            }
            try await fetch(ids)
            for id in ids { try await take(try await tile(id)) }
        }
        for tile in edge.openTiles(changedSince: start) { try await check(tile) }
    }

    /// - Parameter entries: the tile that has the next entry, and maybe some that were taken before.
    private mutating func take(_ entries: LogTile) async throws {
        let before = edge.size % LogTile.fullWidth
        if before > 0, let seen = edge.openTiles().first(where: { $0.id.layer == .entries }),
            !entries.bytes.starts(with: seen.bytes)
        {
            throw LogFault.changed(entries, from: seen)
        }
        for commitment in entries.commitments.dropFirst(before) {
            for tile in edge.append(commitment) { try await check(tile) }
            if let known, edge.size == known.size, edge.root != known.root {
                throw LogFault.rewritten(before: known.size)
            }
        }
    }

    /// - Parameter ours: what was computed from the entries. Those themselves were what the log has.
    private mutating func check(_ ours: LogTile) async throws {
        if ours.id.layer != .entries {
            let theirs = try await tile(ours.id)
            guard theirs == ours else { throw LogFault.wrong(theirs, against: ours, seen: start) }
        }
        guard let copy else { return }
        if let known, ours.id.isCovered(bySize: known.size), let seen = try copy.tile(ours.id), seen != ours {
            throw LogFault.changed(ours, from: seen)
        }
        try copy.write(ours)
    }

    // MARK: What the log has

    /// Asks for tiles of entries, and for the hashes over them, all at the same time.
    private mutating func fetch(_ entries: [LogTile.ID]) async throws {
        let source = source
        fetched = try await withThrowingTaskGroup(of: LogTile.self) { group in
            for id in entries
                + entries.compactMap({ LogTile.ID(.hashes(level: 0), number: $0.number, size: latest.size) })
            {
                group.addTask { try await source.tile(id) }
            }
            return try await group.reduce(into: [:]) { $0[$1.id] = $1 }
        }
    }

    private mutating func tile(_ id: LogTile.ID) async throws -> LogTile {
        if let tile = fetched.removeValue(forKey: id) { return tile }
        return try await source.tile(id)
    }
}

extension LogCopy {
    /// The end of the log that the copy is of.
    ///
    /// - Throws: ``ConfigurationError`` where the copy isn't what it was.
    fileprivate func edge(of known: Checkpoint) throws -> LogEdge {
        let edge = try? LogEdge(size: known.size) { id in
            guard let tile = try tile(id) else { throw TileIncomplete(id: id) }
            return tile.bytes
        }
        guard let edge, edge.root == known.root else {
            throw ConfigurationError(
                "The copy in '\(path)' isn't what its checkpoint says, so something has changed it here. Keep it if you want "
                    + "to know what, and audit the log into another --state.")
        }
        return edge
    }
}

extension Checkpoint {
    /// - Throws: ``LogFault`` where no log that only appends can have this checkpoint after that one.
    fileprivate func isNoStepBack(from known: Checkpoint) throws(LogFault) {
        guard origin.hasSameBytes(as: known.origin) else { throw .otherOrigin(origin, known: known.origin) }
        guard size >= known.size else { throw .shrunk(to: size, from: known.size) }
        guard size > known.size || root == known.root else { throw .forked(at: size) }
    }
}
