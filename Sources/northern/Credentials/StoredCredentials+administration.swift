import Domain
import Gateway
import Providers
import Storage
import Upstream
import Web
import Wire

extension StoredCredentials: CredentialAdministration {
    func credentials() async throws -> [ProviderCredential] { try store.credentials() }

    func addCredential(_ draft: ProviderCredentialDraft) async throws -> ProviderCredential {
        // Whatever couldn't be used is refused before it is kept.
        _ = try configuration.origin(of: draft.secret, draft.kind, for: draft.provider, named: draft.name)
        let added = try store.addCredential(draft, sealedBy: keys, at: wallClock())
        try publish()
        return added
    }

    func rotateCredential(
        _ credential: ProviderCredential, to secret: CredentialSecret
    ) async throws -> ProviderCredential? {
        _ = try configuration.origin(
            of: secret, credential.kind, for: credential.provider, named: credential.id)
        let rotated = try store.rotateCredential(credential.id, to: secret, sealedBy: keys, at: wallClock())
        try publish()
        return rotated
    }

    func revokeCredential(_ id: ProviderCredential.ID) async throws -> ProviderCredential? {
        let revoked = try store.revokeCredential(id, at: wallClock())
        try publish()
        return revoked
    }

    /// What has to be fetched is fetched, and where the provider lists its models, it is asked for them.
    func checkCredential(_ id: ProviderCredential.ID) async throws -> CredentialVerdict? {
        let opened = try store.openCredentials(keys).first { $0.credential.id == id }
        guard let opened else { return nil }
        let (credential, secret) = (opened.credential, opened.secret)
        let origin: CredentialOrigin
        do {
            origin = try configuration.origin(
                of: try secret.get(), credential.kind, for: credential.provider, named: id)
        } catch {
            throw CredentialUnusable("\(error)")
        }
        switch origin {
        case .absent, .unusable: return .unchecked
        case .fixed(let fixed, _): return await verdict(on: fixed, credential.provider, usual: .unchecked)
        case .issued(let issuer, let account):
            let renewal = CredentialRenewal(
                IssuedCredentials(account: account, issuer: issuer), server: server, logger: logger)
            do throws(CredentialError) {
                return await verdict(on: try await renewal.issued().credential, credential.provider, usual: .accepted)
            } catch {
                guard error.kind == .refused else { return .unreachable(error.description) }
                throw CredentialUnusable(error.description)
            }
        }
    }

    /// - Parameter usual: where the provider has nothing harmless to be asked.
    private func verdict(
        on credential: Credential, _ provider: ProviderID, usual: CredentialVerdict
    ) async -> CredentialVerdict {
        let route = offer.routes.first { $0.route.provider == provider }?.route
        guard let endpoint = route?.endpoint,
            let probe = CredentialProbe(of: provider, at: endpoint, with: credential)
        else { return usual }
        do {
            let reply = try await server.onOneLoop { $0.exchangeCredential(probe.request, at: probe.endpoint) }
            let status = reply.head.status
            switch status {
            case 200..<300: return .accepted
            case 401, 403: return .refused(status: status)
            default: return .unreachable("It answered \(status).")
            }
        } catch {
            return .unreachable((error as? UpstreamFault)?.message ?? "It can't be reached.")
        }
    }
}
