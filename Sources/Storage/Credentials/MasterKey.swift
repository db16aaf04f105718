import Crypto
public import Domain
import Foundation

/// 32 bytes that credentials are sealed with. They belong apart from the database.
public struct MasterKey: Sendable {
    /// Names the key in the rows that were sealed with it; tells nothing of it.
    public let id: String
    let sealing: SymmetricKey
    private let fingerprinting: SymmetricKey

    /// The file of the data directory that has it where no other is configured.
    public static let fileName = "master-key.secret"

    /// Nil for anything but 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        sealing = Self.derived(from: bytes, for: "provider credentials")
        fingerprinting = Self.derived(from: bytes, for: "provider credential fingerprints")
        id = Self.derived(from: bytes, for: "master key id").withUnsafeBytes { $0.prefix(8).hex }
    }

    /// 32 bytes in Base64.
    public init?(base64 text: String) {
        guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)) else { return nil }
        self.init(Array(bytes))
    }

    /// The installation's own, which is made where there is none.
    ///
    /// - Throws: ``FileError``, ``InstallationSecretUnusable``, or ``MasterKeyFileUnusable``.
    public init(directory: String) throws {
        let secret = try InstallationSecret(Self.fileName, directory: directory)
        guard let key = MasterKey(secret.bytes) else {
            throw MasterKeyFileUnusable(path: "\(directory)/\(Self.fileName)", reason: "doesn't have 32 bytes")
        }
        self = key
    }

    /// A file with 32 bytes, as they are or in Base64, that only its owner may read.
    ///
    /// - Throws: ``FileError``, or ``MasterKeyFileUnusable``.
    public init(file path: String) throws {
        let file = try OpenFile(path, flags: O_RDONLY)
        guard try file.isForOwnerOnly() else {
            throw MasterKeyFileUnusable(
                path: path, reason: "may be read by others than its owner: run 'chmod 600' on it")
        }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = try bytes.withUnsafeMutableBytes { try file.fill($0, from: 0) }
        let content = Array(bytes.prefix(count))
        guard let key = MasterKey(content) ?? MasterKey(base64: String(decoding: content, as: UTF8.self)) else {
            throw MasterKeyFileUnusable(path: path, reason: "doesn't have 32 bytes, or those in Base64")
        }
        self = key
    }

    /// HMAC-SHA256 as a derivation function (RFC 5869, section 2.3, with one block).
    private static func derived(from bytes: [UInt8], for purpose: String) -> SymmetricKey {
        var code = HMAC<SHA256>(key: SymmetricKey(data: bytes))
        code.update(data: Array("northern \(purpose)".utf8) + [1])
        return SymmetricKey(data: Array(code.finalize()))
    }

    /// - Parameters:
    ///   - organization: equal secrets of two organizations have nothing in common: nobody finds out by trying whether
    ///     somebody else has one.
    ///   - parts: what the credential is; the same parts give the same fingerprint.
    public func fingerprint(of parts: [String], organization: OrganizationID?) -> CredentialFingerprint {
        var code = HMAC<SHA256>(key: fingerprinting)
        for part in [organization?.rawValue ?? ""] + parts {
            code.update(data: withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian, Array.init))
            code.update(data: Array(part.utf8))
        }
        return CredentialFingerprint(digest: code.finalize())
    }
}

extension CredentialFingerprint {
    /// The first 16 digits; a digest always has as many.
    fileprivate init(digest: HMAC<SHA256>.MAC) {
        guard let fingerprint = CredentialFingerprint(digest.prefix(8).hex) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        self = fingerprint
    }
}

extension MasterKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A file that was named as the master key isn't one.
public struct MasterKeyFileUnusable: Error, Sendable, CustomStringConvertible {
    public let path: String
    let reason: String

    public var description: String { "The master key '\(path)' \(reason)." }
}

extension OpenFile {
    /// Somebody else's file could only be opened because its owner hands it to us: root does so for services, through an
    /// access list (systemd.exec(5), "Credentials") or a group (`fsGroup` of Kubernetes). Both show as the group's right to read.
    fileprivate func isForOwnerOnly() throws(FileError) -> Bool { try mode() & (isOurs() ? 0o077 : 0o037) == 0 }
}

/// The master key that credentials are sealed with, and those that they were sealed with before.
public struct MasterKeys: Sendable {
    public let current: MasterKey
    private let byID: [String: MasterKey]

    public init(_ current: MasterKey, previous: [MasterKey] = []) {
        self.current = current
        byID = Dictionary(([current] + previous).map { ($0.id, $0) }) { first, _ in first }
    }

    subscript(id: String) -> MasterKey? { byID[id] }
}
