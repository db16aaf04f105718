import Foundation
import Glibc

/// A log's static files in a directory: a copy that an auditor has made, or what a web server serves.
struct LogDirectory: LogSource {
    let path: String
    var name: String { path }

    func file(_ name: String, most: Int) throws(LogUnreachable) -> [UInt8]? { try read(name, most: most) }

    /// The same, for those who don't wait.
    func read(_ name: String, most: Int) throws(LogUnreachable) -> [UInt8]? {
        let path = "\(path)/\(name)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard [ENOENT, ENOTDIR].contains(errno) else { throw Self.unreadable(path) }
            return nil
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do { return Array(try file.read(upToCount: most + 1) ?? Data()) } catch { throw Self.unreadable(path) }
    }

    private static func unreadable(_ path: String) -> LogUnreachable {
        LogUnreachable("'\(path)' can't be read. Check that it is a file, and its rights.")
    }
}
