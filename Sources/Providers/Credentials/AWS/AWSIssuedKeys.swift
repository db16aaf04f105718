import Domain
import Wire

/// Temporary keys of AWS as they come from the several places that hand them out.
struct AWSIssuedKeys {
    let keys: AWSCredentials
    let expiresAt: Timestamp

    /// - Parameter member: what is at a name of AWS's: `AccessKeyId`, `SecretAccessKey`, `Expiration` and `token`.
    init(issuer: String, token: String, member: (String) -> String?) throws(CredentialError) {
        func text(_ name: String, most: Int) throws(CredentialError) -> String {
            guard let text = member(name), 1...most ~= text.utf8.count, text.isVisibleASCII else {
                throw .malformed(issuer, "has no usable '\(name)'")
            }
            return text
        }
        keys = AWSCredentials(
            accessKeyID: try text("AccessKeyId", most: 128), secretAccessKey: try text("SecretAccessKey", most: 256),
            sessionToken: try text(token, most: 32 << 10))
        guard let time = Timestamp(rfc3339: try text("Expiration", most: 40)) else {
            throw .malformed(issuer, "has no usable 'Expiration'")
        }
        expiresAt = time
    }

    /// From the JSON of a container's or a machine's own service.
    init(json: JSON, issuer: String) throws(CredentialError) {
        try self.init(issuer: issuer, token: "Token") { json[$0]?.string }
    }

    /// - Throws: where they have expired already, as a machine's service hands them out while it can't get new ones.
    func issued(askedAt: Timestamp, issuer: String) throws(CredentialError) -> IssuedCredential {
        guard askedAt < expiresAt else {
            throw CredentialError(.unavailable, issuer: issuer, "It gave keys that have expired already.")
        }
        return IssuedCredential(.aws(keys), issuedAt: askedAt, expiresAt: expiresAt)
    }
}

extension AWSCredentials {
    /// Keys out of settings: `nil` where there is none of them.
    ///
    /// - Parameters:
    ///   - value: what is at a setting's name.
    ///   - names: of the key's id, the secret and the session's token.
    init?(
        issuer: String, names: (id: String, secret: String, token: String), value: (String) -> String?
    ) throws(CredentialError) {
        let id = value(names.id)?.trimmed ?? ""
        let secret = value(names.secret)?.trimmed ?? ""
        let token = value(names.token)?.trimmed ?? ""
        if id.isEmpty && secret.isEmpty { return nil }
        guard !id.isEmpty else { throw .setting("'\(names.id)'", issuer: issuer, "is missing beside the secret.") }
        guard !secret.isEmpty else { throw .setting("'\(names.secret)'", issuer: issuer, "is missing beside the id.") }
        guard (id + secret + token).isVisibleASCII else {
            throw .setting("'\(names.id)' or what belongs to it", issuer: issuer, "holds what no key of AWS's has.")
        }
        self.init(accessKeyID: id, secretAccessKey: secret, sessionToken: token.isEmpty ? nil : token)
    }
}
