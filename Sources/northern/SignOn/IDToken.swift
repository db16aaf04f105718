import Domain
import Foundation
import JWTKit
import Wire

/// Why an identity provider's word isn't taken. Said in the log, never to whoever wants to get in.
struct SignOnFailure: Error, CustomStringConvertible {
    let isUnavailable: Bool
    let description: String

    static func unavailable(_ description: String) -> SignOnFailure {
        SignOnFailure(isUnavailable: true, description: description)
    }

    static func untrustworthy(_ description: String) -> SignOnFailure {
        SignOnFailure(isUnavailable: false, description: description)
    }
}

/// The keys that an identity provider signs with (RFC 7517). Those of kinds that aren't known here are left out.
struct SigningKeys: Sendable {
    private let keys: JWTKeyCollection
    private let ids: Set<String>

    init(_ document: JSON) async throws(SignOnFailure) {
        guard let all = document["keys"]?.array else { throw .unavailable("Its list of keys is none.") }
        keys = JWTKeyCollection()
        var ids: Set<String> = []
        for key in all where key["use"]?.string != "enc" {
            guard let id = key["kid"]?.string, let jwk = try? JSONDecoder().decode(JWK.self, from: Data(key.bytes())),
                (try? await keys.add(jwk: jwk)) != nil
            else { continue }
            ids.insert(id)
        }
        self.ids = ids
    }

    func has(_ id: String) -> Bool { ids.contains(id) }

    func verify(_ token: String) async throws(SignOnFailure) {
        do {
            _ = try await keys.verify(token, as: Signed.self)
        } catch {
            throw .untrustworthy("The ID token isn't signed with one of its keys.")
        }
    }

    /// Whatever it says: the claims are read by ``IDToken``.
    private struct Signed: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) {}
    }
}

/// What an identity provider says of somebody who has signed in (OpenID Connect Core 1.0, section 2).
struct IDToken: Sendable {
    private let text: String
    /// The key that it is said to be signed with.
    let keyID: String
    private let claims: JSON

    /// Seconds by which the clocks of two machines may differ.
    private static let leeway: Int64 = 60
    /// Those with a public key (RFC 7518, section 3.1): whoever has only that key can't make a token.
    private static let algorithms: Set = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    /// Reads it; nothing in it is to be believed yet.
    init(_ text: String) throws(SignOnFailure) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]) else {
            throw .untrustworthy("The ID token can't be read.")
        }
        guard let algorithm = header["alg"]?.string, Self.algorithms.contains(algorithm) else {
            throw .untrustworthy("The ID token is signed in a way that isn't taken.")
        }
        guard let keyID = header["kid"]?.string else {
            throw .untrustworthy("The ID token doesn't say which key it is signed with.")
        }
        self.text = text
        self.keyID = keyID
        self.claims = claims
    }

    /// Who it is about, once everything holds that must (OpenID Connect Core 1.0, section 3.1.3.7).
    func identity(
        signedWith keys: SigningKeys, for configuration: SignOnConfiguration, nonce: String, at now: Timestamp
    ) async throws(SignOnFailure) -> (ExternalIdentity, groups: [String]) {
        try await keys.verify(text)
        guard claims["iss"]?.string == configuration.issuer else {
            throw .untrustworthy("The ID token is of another issuer than '\(configuration.issuer)'.")
        }
        try checkAudience(configuration.clientID)
        let seconds = now.microseconds / 1_000_000
        guard let end = claims["exp"]?.double, Double(seconds) < end + Double(Self.leeway) else {
            throw .untrustworthy("The ID token has expired. Look at both machines' clocks.")
        }
        guard let start = claims["iat"]?.double, start < Double(seconds + Self.leeway) else {
            throw .untrustworthy("The ID token is from the future. Look at both machines' clocks.")
        }
        guard claims["nonce"]?.string == nonce else {
            throw .untrustworthy("The ID token was made for another sign-in.")
        }
        guard let subject = claims["sub"]?.string, 1...255 ~= subject.utf8.count else {
            throw .untrustworthy("The ID token has no subject.")
        }
        let groups = claims[configuration.groupsClaim]
        return (
            ExternalIdentity(
                issuer: configuration.issuer, subject: subject, email: email(configuration.trustsEmail), name: name),
            groups?.array?.compactMap(\.string) ?? groups?.string.map { [$0] } ?? []
        )
    }

    private func checkAudience(_ client: String) throws(SignOnFailure) {
        let audience = claims["aud"]?.array?.compactMap(\.string) ?? claims["aud"]?.string.map { [$0] } ?? []
        let party = claims["azp"]?.string
        guard audience.contains(client), party == client || (party == nil && audience.count == 1) else {
            throw .untrustworthy("The ID token was made for another application than '\(client)'.")
        }
    }

    private func email(_ isTrusted: Bool) -> EmailAddress? {
        let isVerified = claims["email_verified"]?.bool ?? (claims["email_verified"]?.string == "true")
        guard isVerified || (isTrusted && claims["email_verified"] == nil) else { return nil }
        return claims["email"]?.string.flatMap { EmailAddress($0) }
    }

    private var name: String {
        let texts = ["name", "preferred_username", "email"].compactMap { claims[$0]?.string }
        let printable = texts.map { text in
            String(
                text.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(100).map(Character.init)
            )
        }
        return printable.first { $0.contains { !$0.isWhitespace } } ?? "?"
    }

    private static func json(_ part: Substring) -> JSON? {
        var base64 = part.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        return Data(base64Encoded: String(base64)).flatMap { data in
            try? data.withUnsafeBytes { try JSON(parsing: $0) }
        }
    }
}
