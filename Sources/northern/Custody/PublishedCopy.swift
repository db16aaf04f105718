import CustodyLog
import Foundation
import Storage

/// The log as static files.
struct PublishedCopy {
    private let log: LocalLog
    private let directory: URL

    init(of log: LocalLog, in directory: String) {
        self.log = log
        self.directory = URL(fileURLWithPath: directory, isDirectory: true)
    }

    /// Writes what isn't there yet, and the checkpoint last.
    ///
    /// - Returns: how many files were written.
    func bringUpToDate() throws -> Int {
        // Before the tiles: those have all that it is of.
        guard let checkpoint = try log.checkpoint(),
            let published = try? Checkpoint(SignedNote(parsing: Array(checkpoint.utf8)))
        else { throw LogNotBegun() }
        var count = 0
        for id in LogTile.ID.all(ofSize: published.size)
        where !FileManager.default.fileExists(atPath: url(id.path).path) {
            guard let body = try log.tile(id.path) else { continue }
            try write(body, to: url(id.path))
            count += 1
        }
        try write(Array(checkpoint.utf8), to: url("checkpoint"))
        return count + 1
    }

    private func url(_ path: String) -> URL { directory.appendingPathComponent(path) }

    private func write(_ bytes: [UInt8], to url: URL) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url, options: .atomic)
    }
}

extension LogTile.ID {
    /// Every tile of a log of so many entries, as that size has it.
    static func all(ofSize size: Int) -> some Sequence<LogTile.ID> {
        ([.entries] + (0...63).map { LogTile.Layer.hashes(level: $0) }).lazy.flatMap { layer in
            sequence(first: 0) { $0 + 1 }.lazy.map { LogTile.ID(layer, number: $0, size: size) }
                .prefix { $0 != nil }.compactMap(\.self)
        }
    }
}
