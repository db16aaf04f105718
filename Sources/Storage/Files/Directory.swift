import Foundation

/// A directory that holds our files.
struct Directory: Sendable {
    let path: String

    /// Makes it where it is missing, and its parents, for their owner only.
    init(_ path: String) throws(FileError) {
        self.path = path
        try Self.make(path)
    }

    /// The directory that a file is in.
    init(of file: String) throws(FileError) {
        let parent = (file as NSString).deletingLastPathComponent
        try self.init(parent.isEmpty ? "." : parent)
    }

    func path(of name: String) -> String { path + "/" + name }

    /// The names in it, sorted.
    func names() throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError("list", path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Returns once the disk knows which files are in it.
    func sync() throws(FileError) {
        try OpenFile(path, flags: O_RDONLY | O_DIRECTORY).sync()
    }

    private static func make(_ path: String) throws(FileError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT else { throw FileError("make the directory", path) }
        let parent = (path as NSString).deletingLastPathComponent
        guard !parent.isEmpty, parent != path else { throw FileError("make the directory", path, code: ENOENT) }
        try make(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("make the directory", path) }
    }
}
