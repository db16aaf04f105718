import Domain
import Pipeline
import Storage

/// What organizations' content is digested with in records: derived from a secret of the installation.
struct ContentKeys: Sendable {
    private let secret: InstallationSecret

    /// - Throws: ``FileError``, or ``InstallationSecretUnusable``.
    init(directory: String) throws {
        secret = try InstallationSecret("content-digests.secret", directory: directory)
    }

    /// 32 bytes, for the organization's auditors too.
    func bytes(of organization: OrganizationID) -> [UInt8] { secret.key(for: "content digest", organization.rawValue) }

    func key(of organization: OrganizationID) -> ContentDigestKey { ContentDigestKey(bytes(of: organization)) }
}
