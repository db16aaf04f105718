import Crypto
import Domain
import Foundation

/// Turns a secret into what is kept of it, with a secret of the installation's own.
///
/// Whoever steals the database alone can't even check a guess. The installation's secret is the file `key-hash.secret`
/// in the data directory; without it no key works any more, so it belongs into the backup, apart from the database.
public struct KeyHasher: Sendable {
    static let fileName = "key-hash.secret"

    private let pepper: SymmetricKey
    /// Already fed with the pepper: half of the work of each hash.
    private let keyed: HMAC<SHA256>

    /// Reads the installation's secret, and makes it where there is none.
    ///
    /// - Throws: ``FileError``, or ``KeyHashSecretUnusable``.
    public init(directory: String) throws {
        let directory = try Directory(directory)
        let bytes = try Self.read(in: directory) ?? Self.make(in: directory)
        self.init(pepper: SymmetricKey(data: bytes))
    }

    private init(pepper: SymmetricKey) {
        self.pepper = pepper
        keyed = HMAC(key: pepper)
    }

    /// The same hasher, sharing no object with this one.
    func copy() -> KeyHasher {
        KeyHasher(pepper: pepper.withUnsafeBytes { SymmetricKey(data: $0) })
    }

    /// Never nil in practice: SHA-256 gives 32 bytes.
    func hash(_ text: String) -> KeyHash? {
        var code = keyed
        var text = text
        text.withUTF8 { code.update(data: UnsafeRawBufferPointer($0)) }
        return code.finalize().withUnsafeBytes(KeyHash.init)
    }

    /// Tells whether two hashers have the same secret.
    var fingerprint: Data { hash("northern key hash fingerprint")?.data ?? Data() }
}

extension KeyHasher {
    private static func read(in directory: Directory) throws -> [UInt8]? {
        let path = directory.path(of: fileName)
        guard access(path, F_OK) == 0 else { return nil }
        let file = try OpenFile(path, flags: O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 33)
        let count = try bytes.withUnsafeMutableBytes { try file.fill($0, from: 0) }
        guard count == 32 else { throw KeyHashSecretUnusable(path: path, reason: "doesn't have 32 bytes") }
        return Array(bytes.prefix(32))
    }

    /// Written under another name first: nobody ever sees the file without its content.
    private static func make(in directory: Directory) throws -> [UInt8] {
        let path = directory.path(of: fileName)
        let draft = path + "." + RandomText.base62(count: 8)
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)
        let file = try OpenFile(draft, flags: O_WRONLY | O_CREAT | O_EXCL)
        defer { unlink(draft) }
        if let error = bytes.withUnsafeBytes({ file.put($0, at: 0) }).error { throw error }
        try file.sync()
        guard link(draft, path) == 0 else {
            // Another process was faster: its secret is the one.
            if errno == EEXIST, let theirs = try read(in: directory) { return theirs }
            throw FileError("make", path)
        }
        try directory.sync()
        return bytes
    }
}

extension KeyHasher: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The installation's secret is not the one that the keys were hashed with.
public struct KeyHashSecretUnusable: Error, Sendable, CustomStringConvertible {
    public let path: String
    let reason: String

    /// What to do next.
    public var hint: String {
        "Restore '\(path)' from the backup. Without it no existing key can be used: only then delete it"
            + " and the database's keys, and make new keys."
    }

    public var description: String { "The secret that keys are hashed with, '\(path)', \(reason). \(hint)" }
}
