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
        do {
            let secret = try InstallationSecret(Self.fileName, directory: directory)
            self.init(pepper: SymmetricKey(data: secret.bytes))
        } catch let error as InstallationSecretUnusable {
            throw KeyHashSecretUnusable(path: error.path, reason: "doesn't have 32 bytes")
        }
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
