import CustodyLog
import Domain
import Foundation
import Glibc

/// A log's static files in a directory of an auditor's own: `checkpoint` and `tile/…`, which any web server can serve.
/// Beside them are `keys`, the verifier keys that are trusted, and `evidence/…`.
///
/// The copy is whole up to its checkpoint, which is written after everything that it covers. What a run that was
/// interrupted has left beyond that is written again.
struct LogCopy: Sendable {
    let path: String
    private let files: LogDirectory
    private let lock: CopyLock

    /// Makes the directory where there is none.
    ///
    /// - Throws: ``ConfigurationError`` where that can't be done, or another audit is using it.
    init(at path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw Self.unwritable(path) }
        self.path = path
        files = LogDirectory(path: path)
        lock = try CopyLock(path)
    }

    fileprivate static func unwritable(_ path: String) -> ConfigurationError {
        ConfigurationError("'\(path)' can't be written. Check its rights, and the room on its disk.")
    }

    // MARK: What is there

    /// The last checkpoint that was found good; nil where none was yet.
    func checkpoint() throws(LogUnreachable) -> [UInt8]? {
        try files.read("checkpoint", most: LogDirectory.mostCheckpointBytes)
    }

    /// - Returns: nil where the copy has none, or has something else there.
    func tile(_ id: LogTile.ID) throws(LogUnreachable) -> LogTile? {
        try files.read(id.path, most: LogTile.bodyByteCount(of: id)).flatMap { LogTile(id, body: $0) }
    }

    /// The trusted keys, as texts.
    func keys() throws(LogUnreachable) -> [String] {
        let text = try files.read("keys", most: 64 << 10) ?? []
        return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    // MARK: What is written

    func remember(keys: [String]) throws {
        try write(Array((keys.joined(separator: "\n") + "\n").utf8), to: "keys")
    }

    /// Where auditors look for them, who trust on first use.
    func write(publishedKeys bytes: [UInt8]) throws { try write(bytes, to: ".well-known/ni-keys.json") }

    func write(_ tile: LogTile) throws { try write(tile.body, to: tile.id.path) }

    /// - Parameter bytes: a checkpoint whose tiles were all written.
    func write(checkpoint bytes: [UInt8]) throws {
        // Tiles mustn't be lost to a power cut that the checkpoint has survived.
        sync()
        try write(bytes, to: "checkpoint")
    }

    /// Takes away the partial tiles of an earlier checkpoint that a later one doesn't need.
    func removePartialTiles(of size: Int, unlessOf later: Int) {
        for id in LogTile.ID.partial(size: size) where !LogTile.ID.partial(size: later).contains(id) {
            let file = "\(path)/\(id.path)"
            unlink(file)
            // The directory of a tile's widths goes with the last of them.
            rmdir((file as NSString).deletingLastPathComponent)
        }
    }

    /// Keeps what shows a fault. The same fault found again is kept in the same place.
    ///
    /// - Returns: the directory.
    func keep(_ fault: LogFault, _ checkpoints: [String: [UInt8]]) throws -> String {
        let files = fault.evidence.merging(checkpoints) { $1 }
            .merging(["finding": Array("\(fault)\n".utf8)]) { $1 }
        var content: [UInt8] = []
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { content += Array(name.utf8) + [0] + bytes }
        let folder = "evidence/\(sha256Text(of: content).prefix(16))"
        for (name, bytes) in files { try write(bytes, to: "\(folder)/\(name)") }
        return "\(path)/\(folder)"
    }

    /// Whole, or not at all, and so that a web server may read it.
    private func write(_ bytes: [UInt8], to name: String) throws {
        let path = "\(path)/\(name)"
        try? FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let unfinished = path + ".new"
        let isWritten = FileManager.default.createFile(
            atPath: unfinished, contents: Data(bytes), attributes: [.posixPermissions: 0o644])
        guard isWritten, rename(unfinished, path) == 0 else { throw Self.unwritable(path) }
    }
}

extension LogTile.ID {
    /// The tiles that aren't full in a log of so many entries.
    static func partial(size: Int) -> [LogTile.ID] {
        LogTile.Layer.all.compactMap { LogTile.ID(openAt: $0, size: size) }
    }
}

/// Keeps a second audit out of a directory for as long as this one lives.
private final class CopyLock: Sendable {
    private let descriptor: CInt

    init(_ directory: String) throws {
        descriptor = open("\(directory)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw LogCopy.unwritable(directory) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ConfigurationError(
                "Another audit is using '\(directory)'. Wait until it has ended, or give this one another --state.")
        }
    }

    deinit { close(descriptor) }
}
