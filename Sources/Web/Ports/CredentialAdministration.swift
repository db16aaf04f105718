public import Domain

/// Port: keeps credentials for providers. No secret ever comes back.
///
/// What it throws beside ``CredentialExists`` and ``CredentialUnusable`` is logged, and the caller is told of an internal
/// error.
public protocol CredentialAdministration: Sendable {
    /// Every credential, also those that were revoked, oldest first.
    func credentials() async throws -> [ProviderCredential]

    func addCredential(_ draft: ProviderCredentialDraft) async throws -> ProviderCredential

    /// Gives a credential another secret; nil where it isn't in force any more.
    func rotateCredential(
        _ credential: ProviderCredential, to secret: CredentialSecret
    ) async throws -> ProviderCredential?

    /// Ends a credential for good; nil when none has this id.
    func revokeCredential(_ id: ProviderCredential.ID) async throws -> ProviderCredential?

    /// Asks the provider something harmless with it; nil where it isn't in force.
    func checkCredential(_ id: ProviderCredential.ID) async throws -> CredentialVerdict?
}
