import Domain
import Privacy
import Storage

/// What organizations' stand-ins are drawn with: derived from a secret of the installation, so that they stay the same.
struct StandInKeys: Sendable {
    private let secret: InstallationSecret
    static let fileName = "stand-ins.secret"

    /// - Throws: ``FileError``, or ``InstallationSecretUnusable``.
    init(directory: String) throws {
        secret = try InstallationSecret(Self.fileName, directory: directory)
    }

    func key(of organization: OrganizationID) -> StandInKey {
        StandInKey(secret.key(for: "stand-ins", organization.rawValue))
    }
}
