import Foundation
import Synchronization

/// Another process serves from this data directory already.
public struct DataDirectoryInUse: Error, Sendable, CustomStringConvertible {
    public let path: String
    /// What to do next.
    public let hint: String

    public var description: String { "Another northern serves from '\(path)'. \(hint)" }
}

/// Keeps a second gateway out of a data directory, for as long as this one lives.
///
/// The operating system releases it when the process ends, however it ends.
final class DirectoryLock: Sendable {
    private let file: Mutex<OpenFile?>

    /// - Throws: ``DataDirectoryInUse``, or ``FileError`` where the file can't be opened.
    init(_ directory: Directory) throws {
        let opened = try OpenFile(directory.path(of: "lock"), flags: O_RDWR | O_CREAT)
        guard try opened.lockExclusively() else {
            throw DataDirectoryInUse(
                path: directory.path,
                hint: "Stop it ('fuser \(opened.path)' shows its process), or give this one another data directory.")
        }
        file = Mutex(opened)
    }

    func release() { file.withLock { $0 = nil } }
}
