import Domain
import Providers
import Storage

/// Where a provider's credential comes from.
enum CredentialOrigin: Sendable {
    /// Nothing is configured, so the provider's routes aren't offered.
    case absent
    /// The machine's own environment names one that can't be used. The other providers needn't suffer from it.
    case unusable(String)
    case fixed(Credential, from: String)
    /// It has to be fetched, and renewed.
    ///
    /// - Parameter account: providers of one account share one credential.
    case issued(any CredentialIssuer, account: String)

    init(_ issuer: any CredentialIssuer, account: String) {
        if let fixed = issuer as? FixedCredential {
            self = .fixed(fixed.credential, from: fixed.origin)
        } else {
            self = .issued(issuer, account: account)
        }
    }

    /// Looks for a credential.
    ///
    /// - Parameter isChosen: whether our own settings ask for it, so that a mistake ends the start.
    /// - Throws: ``ConfigurationError``.
    static func looking(
        in provider: String, isChosen: Bool, _ find: () throws(CredentialError) -> CredentialOrigin
    ) throws -> CredentialOrigin {
        do throws(CredentialError) {
            return try find()
        } catch {
            guard isChosen else { return .unusable("\(error)") }
            throw ConfigurationError("The credential of '\(provider)': \(error)")
        }
    }
}

extension CredentialOrigin {
    /// What records say of it. Of what is fetched, it is where that comes from; nil where there is no secret.
    func label(fingerprintedBy key: MasterKey) -> CredentialLabel? {
        let parts: [String]
        switch self {
        case .absent, .unusable, .fixed(.none, _): return nil
        case .fixed(.bearer(let token), _): parts = ["bearer", token]
        case .fixed(.header(let name, let value), _): parts = ["header", name, value]
        case .fixed(.aws(let keys), _):
            parts = ["aws", keys.accessKeyID, keys.secretAccessKey, keys.sessionToken ?? ""]
        case .issued(let issuer, _): parts = ["issued", issuer.name, issuer.origin]
        }
        return CredentialLabel(nil, fingerprint: key.fingerprint(of: parts, organization: nil))
    }
}

extension CredentialOrigin: CustomStringConvertible {
    var description: String {
        switch self {
        case .absent: "none is configured"
        case .unusable(let reason): "can't be used: \(reason)"
        case .fixed(_, let origin): origin
        case .issued(let issuer, _): "\(issuer.origin); renewed while the gateway runs"
        }
    }
}
