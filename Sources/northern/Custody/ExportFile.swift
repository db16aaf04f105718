import Foundation

/// The file that an export is written to; it has its name once it is whole.
struct ExportFile {
    private let path: String?
    private let handle: FileHandle

    /// - Parameter path: nil: the standard output.
    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            handle = .standardOutput
            return
        }
        guard
            FileManager.default.createFile(
                atPath: Self.unfinished(path), contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: Self.unfinished(path))
        else { throw Self.unwritable(path) }
        self.handle = handle
    }

    func write(_ line: [UInt8]) throws(ConfigurationError) {
        do { try handle.write(contentsOf: Data(line + [UInt8(ascii: "\n")])) } catch {
            throw Self.unwritable(path ?? "the standard output")
        }
    }

    func finish() throws {
        guard let path else { return }
        do { try handle.synchronize() } catch { throw Self.unwritable(path) }
        guard rename(Self.unfinished(path), path) == 0 else { throw Self.unwritable(path) }
    }

    /// For when it didn't get whole. One that is finished stays.
    func removeUnfinished() {
        if let path { try? FileManager.default.removeItem(atPath: Self.unfinished(path)) }
    }

    private static func unfinished(_ path: String) -> String { path + ".unfinished" }

    private static func unwritable(_ path: String) -> ConfigurationError {
        ConfigurationError("'\(path)' can't be written. Check its rights, and the room on its disk.")
    }
}
