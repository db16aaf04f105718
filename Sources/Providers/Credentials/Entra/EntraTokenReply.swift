import Domain
import Wire

/// What Microsoft's token endpoints answer (RFC 6749, sections 5.1 and 5.2).
enum EntraTokenReply {
    static func credential(in reply: CredentialAnswer, issuer: String) throws(CredentialError) -> IssuedCredential {
        try reply.check(issuer)
        let json = try? JSON(parsing: reply.body)
        guard reply.status == 200 else {
            // The description begins with Microsoft's own code, such as `AADSTS7000215`.
            let words = [json?["error"]?.string, json?["error_description"]?.string].compactMap(\.self)
            throw .status(reply.status, issuer: issuer, words.isEmpty ? nil : words.joined(separator: ": "))
        }
        guard let json, json.object != nil else { throw .malformed(issuer, "is no JSON object") }
        guard let token = json["access_token"]?.string, 1...(64 << 10) ~= token.utf8.count, token.isVisibleASCII else {
            throw .malformed(issuer, "has no usable 'access_token'")
        }
        // Virtual machines' own service writes the number as a string.
        let seconds = json["expires_in"]?.int ?? json["expires_in"]?.string.flatMap { Int($0) }
        guard let seconds, 1...172_800 ~= seconds else { throw .malformed(issuer, "has no usable 'expires_in'") }
        if let type = json["token_type"]?.string, type.lowercased() != "bearer" {
            throw .malformed(issuer, "is a token of the type '\(type.prefix(32))', not a bearer's")
        }
        return IssuedCredential(
            .bearer(token), issuedAt: reply.askedAt, expiresAt: reply.askedAt.adding(seconds: Int64(seconds)))
    }
}
