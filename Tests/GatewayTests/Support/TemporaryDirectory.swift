import Foundation

/// A directory that is there as long as this object.
final class TemporaryDirectory: Sendable {
    let path = NSTemporaryDirectory() + "northern-gateway-" + UUID().uuidString

    var database: String { path + "/northern.sqlite" }

    /// What a killed process leaves: the files as they are, with nothing ended in an orderly way.
    func copyAsAfterKill() throws -> TemporaryDirectory {
        let copy = TemporaryDirectory()
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        return copy
    }

    /// Every byte of every file.
    func allBytes() throws -> Data {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return names.reduce(into: Data()) { bytes, name in
            bytes.append((try? Data(contentsOf: URL(filePath: path + "/" + name))) ?? Data())
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
