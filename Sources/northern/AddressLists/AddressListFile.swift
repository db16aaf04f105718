import Domain
import Glibc

/// A list of addresses that an operator puts into a file.
struct AddressListFile: Sendable {
    private let path: String

    init(_ path: String) { self.path = path }

    /// What tells a file from the one that was there before; all zero where there is none.
    struct Stamp: Hashable, Sendable {
        fileprivate var seconds = 0
        fileprivate var nanoseconds = 0
        fileprivate var size = 0
    }

    var stamp: Stamp {
        var status = stat()
        guard stat(path, &status) == 0 else { return Stamp() }
        return Stamp(
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size))
    }

    /// - Throws: ``AddressListFailure``.
    func content() throws(AddressListFailure) -> (bytes: [UInt8], savedAt: Timestamp) {
        let stamp = stamp
        guard let bytes = readFile(path, most: AddressLists.mostBytes) else {
            throw AddressListFailure("It can't be read. Check its path and its rights.")
        }
        return (bytes, Timestamp(seconds: Int64(UInt32(clamping: stamp.seconds))))
    }
}
