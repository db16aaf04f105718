public import Domain
import Foundation

/// A process that serves, on a store that it may share with others.
///
/// The id is its data directory's, made once: whatever a process has left there is its successor's to settle. The run is the
/// process's own, so that one that was stopped for a while doesn't take what its successor does for its own.
public struct Node: Hashable, Sendable {
    public let id: String
    /// For people: the machine's name.
    public let name: String
    let run: String

    static let fileName = "node-id"
    private static let prefix = "node_"

    /// Reads the id, and makes it where there is none.
    ///
    /// - Throws: ``FileError``, or ``NodeIDUnusable``.
    init(in directory: Directory, name: String = ProcessInfo.processInfo.hostName) throws {
        id = try Self.read(in: directory) ?? Self.make(in: directory)
        run = RandomText.base62(count: 16)
        self.name = String(name.prefix(255))
    }

    private static func read(in directory: Directory) throws -> String? {
        let path = directory.path(of: fileName)
        guard access(path, F_OK) == 0 else { return nil }
        let file = try OpenFile(path, flags: O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = try bytes.withUnsafeMutableBytes { try file.fill($0, from: 0) }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        // It stands in statements: nothing else may.
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 16,
            text.utf8.dropFirst(prefix.utf8.count).allSatisfy({ RandomText.isBase62($0) })
        else { throw NodeIDUnusable(path: path) }
        return text
    }

    /// Written under another name first: nobody ever sees the file without its content. The directory's lock is held.
    private static func make(in directory: Directory) throws -> String {
        let id = prefix + RandomText.base62(count: 16)
        let draft = directory.path(of: fileName + ".new")
        let file = try OpenFile(draft, flags: O_WRONLY | O_CREAT | O_TRUNC)
        if let error = Array((id + "\n").utf8).withUnsafeBytes({ file.put($0, at: 0) }).error { throw error }
        try file.sync()
        guard rename(draft, directory.path(of: fileName)) == 0 else {
            throw FileError("write", directory.path(of: fileName))
        }
        try directory.sync()
        return id
    }
}

/// The file that says which node a data directory is doesn't say it.
public struct NodeIDUnusable: Error, Sendable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "The file '\(path)' holds no node's id. Restore it from the backup of this data directory; where there is none, "
            + "remove it: the node is a new one then, and what the former one held of budgets and credits stays held."
    }
}

/// A node as the store knows it.
public struct KnownNode: Hashable, Sendable {
    public let id: String
    public let name: String
    public let startedAt: Timestamp
    public let lastSeenAt: Timestamp
    /// It has stopped in an orderly way, and holds nothing.
    public let hasLeft: Bool
}
