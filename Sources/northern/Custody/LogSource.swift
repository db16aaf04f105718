import CustodyLog

/// Where a log's static files are read from: a server, or a directory (C2SP tlog-tiles).
protocol LogSource: Sendable {
    /// As sentences name it: a URL, or a path.
    var name: String { get }

    /// The bytes of a file; nil where there is none.
    ///
    /// - Parameter most: of a longer one so many bytes and one more come, so that it is seen to be too long.
    /// - Throws: ``LogUnreachable``.
    func file(_ path: String, most: Int) async throws(LogUnreachable) -> [UInt8]?
}

/// The log can't be read at the moment, which says nothing about what it holds.
struct LogUnreachable: Error, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension LogSource {
    /// A checkpoint's three lines and its signatures are far shorter.
    static var mostCheckpointBytes: Int { 64 << 10 }

    func checkpoint() async throws(LogUnreachable) -> [UInt8]? {
        try await file("checkpoint", most: Self.mostCheckpointBytes)
    }

    /// A tile that the log must have.
    ///
    /// - Throws: ``LogFault`` where it has none, or has something else there; ``LogUnreachable``.
    func tile(_ id: LogTile.ID) async throws -> LogTile {
        if let body = try await file(id.path, most: LogTile.bodyByteCount(of: id)) {
            guard let tile = LogTile(id, body: body) else { throw LogFault.malformed(id, body: body) }
            return tile
        }
        // A log may delete a partial tile once there is the full one.
        guard let full = id.whenFull, let body = try await file(full.path, most: LogTile.bodyByteCount(of: full)) else {
            throw LogFault.missing(id)
        }
        guard let grown = LogTile(full, body: body), let tile = LogTile(id, bytes: grown.bytes) else {
            throw LogFault.malformed(full, body: body)
        }
        return tile
    }
}

extension LogTile.ID {
    /// The same tile once it is full; nil where it is.
    fileprivate var whenFull: LogTile.ID? {
        isFull ? nil : LogTile.ID(path: String(path.dropLast(".p/\(width)".count)))
    }
}
