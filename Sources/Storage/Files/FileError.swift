import Foundation

/// The operating system refused to do something with a file.
public struct FileError: Error, Sendable, Hashable {
    /// What was tried, such as `write to`.
    public let action: String
    public let path: String
    /// `errno`.
    public let code: Int32

    /// - Parameter code: `errno`; it is read at once, before anything else can change it.
    init(_ action: String, _ path: String, code: Int32 = errno) {
        self.action = action
        self.path = path
        self.code = code
    }

    /// What to do next.
    public var hint: String {
        switch code {
        case ENOSPC, EDQUOT: "Free some space there, or move the data directory to a larger disk."
        case EACCES, EPERM: "Check that the user who runs northern owns it: 'ls -ld \(path)'."
        case EROFS: "The disk is mounted read-only. See 'dmesg' for why, or choose another data directory."
        case EMFILE, ENFILE: "Raise the limit of open files: 'ulimit -n'."
        case ENOTDIR, EEXIST: "Something else has this name. Move it away, or choose another data directory."
        case ENOENT: "Check the path and that the disk is mounted."
        default: "Check the disk: 'dmesg' and 'df -h' tell more."
        }
    }
}

extension FileError: CustomStringConvertible {
    public var description: String { "Can't \(action) '\(path)': \(String(cString: strerror(code))). \(hint)" }
}
