import Domain
import Foundation
import Pipeline
import Storage

/// What organizations' content is digested with in records: derived from a secret of the installation.
struct ContentKeys: Sendable {
    private let secret: InstallationSecret
    static let fileName = "content-digests.secret"

    /// - Throws: ``FileError``, or ``InstallationSecretUnusable``.
    init(directory: String) throws {
        secret = try InstallationSecret(Self.fileName, directory: directory)
    }

    /// 32 bytes, for the organization's auditors too.
    func bytes(of organization: OrganizationID) -> [UInt8] { secret.key(for: "content digest", organization.rawValue) }

    func key(of organization: OrganizationID) -> ContentDigestKey { ContentDigestKey(bytes(of: organization)) }
}

extension ContentDigestKey {
    /// 64 hex digits.
    ///
    /// - Throws: ``ConfigurationError`` where the file can't be read.
    func digest(ofFile path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ConfigurationError("The file '\(path)' can't be read.")
        }
        defer { try? file.close() }
        var digester = digester()
        while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
            part.withUnsafeBytes { digester.add($0) }
        }
        return digester.digest()?.hex ?? ""
    }
}
