import Domain
import Storage
import Testing

@testable import Web

/// Credentials in a store, with nobody who uses them.
struct CredentialBook: CredentialAdministration {
    let store: Store
    let keys: MasterKeys

    init(_ store: Store) throws {
        self.store = store
        keys = MasterKeys(try #require(MasterKey([UInt8](repeating: 3, count: 32))))
    }

    func credentials() async throws -> [ProviderCredential] { try store.credentials() }

    func addCredential(_ draft: ProviderCredentialDraft) async throws -> ProviderCredential {
        guard draft.provider.rawValue != "nobody" else { throw CredentialUnusable("There is no such provider.") }
        return try store.addCredential(draft, sealedBy: keys, at: .now)
    }

    func rotateCredential(
        _ credential: ProviderCredential, to secret: CredentialSecret
    ) async throws -> ProviderCredential? {
        try store.rotateCredential(credential.id, to: secret, sealedBy: keys, at: .now)
    }

    func revokeCredential(_ id: ProviderCredential.ID) async throws -> ProviderCredential? {
        try store.revokeCredential(id, at: .now)
    }

    func checkCredential(_ id: ProviderCredential.ID) async throws -> CredentialVerdict? {
        try store.openCredentials(keys).contains { $0.credential.id == id } ? .refused(status: 401) : nil
    }
}
