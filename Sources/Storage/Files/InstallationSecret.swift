import Crypto
import Foundation

/// 32 random bytes of the installation's own, in a file of the data directory that only its owner may read.
///
/// Other secrets are derived from it. It belongs into the backup, apart from the database.
public struct InstallationSecret: Sendable {
    let bytes: [UInt8]

    /// Reads the secret, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - name: of the file, such as `key-hash.secret`.
    ///   - directory: the data directory.
    /// - Throws: ``FileError``, or ``InstallationSecretUnusable``.
    public init(_ name: String, directory: String) throws {
        let directory = try Directory(directory)
        bytes = try Self.read(name, in: directory) ?? Self.make(name, in: directory)
    }

    /// Nil where there is none.
    init?(existing name: String, directory: String) throws {
        guard let bytes = try Self.read(name, in: Directory(directory)) else { return nil }
        self.bytes = bytes
    }

    /// 32 bytes for one purpose, and where the purpose has several, for one of them (HMAC-SHA256 as a derivation function,
    /// RFC 5869, section 2.3, with one block).
    public func key(for purpose: String, _ name: String) -> [UInt8] {
        var code = HMAC<SHA256>(key: SymmetricKey(data: bytes))
        code.update(data: Array(purpose.utf8) + [0] + Array(name.utf8) + [1])
        return Array(code.finalize())
    }

    private static func read(_ name: String, in directory: Directory) throws -> [UInt8]? {
        let path = directory.path(of: name)
        guard access(path, F_OK) == 0 else { return nil }
        let file = try OpenFile(path, flags: O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 33)
        let count = try bytes.withUnsafeMutableBytes { try file.fill($0, from: 0) }
        guard count == 32 else { throw InstallationSecretUnusable(path: path) }
        return Array(bytes.prefix(32))
    }

    /// Written under another name first: nobody ever sees the file without its content.
    private static func make(_ name: String, in directory: Directory) throws -> [UInt8] {
        let path = directory.path(of: name)
        let draft = path + "." + RandomText.base62(count: 8)
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)
        let file = try OpenFile(draft, flags: O_WRONLY | O_CREAT | O_EXCL)
        defer { unlink(draft) }
        if let error = bytes.withUnsafeBytes({ file.put($0, at: 0) }).error { throw error }
        try file.sync()
        guard link(draft, path) == 0 else {
            // Another process was faster: its secret is the one.
            if errno == EEXIST, let theirs = try read(name, in: directory) { return theirs }
            throw FileError("make", path)
        }
        try directory.sync()
        return bytes
    }
}

extension InstallationSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The file of a secret doesn't hold one.
public struct InstallationSecretUnusable: Error, Sendable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "The secret '\(path)' doesn't have 32 bytes. Restore it from the backup: what was made with it can't be checked"
            + " without it."
    }
}
