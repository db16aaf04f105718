import Foundation

/// A file that stays open as long as anybody holds it.
///
/// A class, so that a thread may still sync a file that its writer has already left behind.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// - Parameter flags: of open(2); `O_CLOEXEC` is added. A new file can be read by its owner only.
    init(_ path: String, flags: Int32) throws(FileError) {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path) }
    }

    /// Takes over a descriptor that is already open.
    init(adopting descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Writes from an offset on. The bytes count also after an error: those are in the file.
    func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (written: Int, error: FileError?) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                return (written, FileError("write to", path))
            }
        }
        return (written, nil)
    }

    /// Fills the buffer from an offset on; fewer bytes only where the file ends.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(FileError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw FileError("read", path)
            }
        }
        return filled
    }

    /// Returns once the disk has it.
    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
    }

    /// Returns once the disk has what is in it, and its size.
    ///
    /// When it was changed is left out: that alone would cost a transaction of the file system each time.
    func syncContent() throws(FileError) {
        #if canImport(Darwin)
            try sync()
        #else
            guard fdatasync(descriptor) == 0 else { throw FileError("sync", path) }
        #endif
    }

    /// Who may do what with it, as chmod(2) has it.
    func mode() throws(FileError) -> mode_t {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("read the mode of", path) }
        return status.st_mode & 0o7777
    }

    /// Whether it is the process's own.
    func isOurs() throws(FileError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("read the owner of", path) }
        return status.st_uid == geteuid()
    }

    /// Bytes.
    func size() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("read the size of", path) }
        return Int(status.st_size)
    }

    /// False when another open file holds the lock.
    func lockExclusively() throws(FileError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw FileError("lock", path) }
        }
        return true
    }
}
