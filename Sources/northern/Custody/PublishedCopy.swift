import CustodyLog
import Gateway
import Storage

/// The data directory's log as static files in another directory.
struct PublishedCopy {
    let log: LocalLog
    let copy: LogCopy

    /// Writes what isn't there yet, and the checkpoint last.
    ///
    /// - Returns: how many files were written.
    /// - Throws: ``LogNotBegun``, ``StoreError`` or ``ConfigurationError``.
    func bringUpToDate() throws -> Int {
        // Before the tiles: those have all that it is of.
        guard let text = try log.checkpoint() else { throw LogNotBegun() }
        let checkpoint = Array(text.utf8)
        let size = try Checkpoint(SignedNote(parsing: checkpoint)).size
        var count = 2
        for id in LogTile.ID.all(size: size) where try copy.tile(id) == nil {
            guard let body = try log.tile(id.path), let tile = LogTile(id, body: body) else { continue }
            try copy.write(tile)
            count += 1
        }
        try copy.write(publishedKeys: CustodyText.keys(log.identity()))
        try copy.write(checkpoint: checkpoint)
        return count
    }
}

extension LogTile.ID {
    /// Every tile of a log of so many entries.
    static func all(size: Int) -> some Sequence<LogTile.ID> {
        LogTile.Layer.all.lazy.flatMap { layer in
            (0...).lazy.map { LogTile.ID(layer, number: $0, size: size) }.prefix { $0 != nil }.compactMap(\.self)
        }
    }
}
