import Crypto
import CryptoExtras
public import Domain
import Wire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A Google service account with its key, which it signs assertions with to get access tokens. Never printed.
///
/// It builds the request for a token and sends nothing: a token lives for about an hour, so whoever sends the request
/// keeps its token, and asks for the next one some minutes before it expires.
public struct GoogleServiceAccount: Sendable {
    public let clientEmail: String
    /// The project that the account belongs to, which need not be the one that is billed.
    public let projectID: String?
    /// Where tokens are asked for.
    public let tokenEndpoint: Endpoint
    private let tokenURI: String
    private let keyID: String
    private let key: _RSA.Signing.PrivateKey

    /// Reads the key file that Google hands out for a service account.
    ///
    /// - Parameter tokenURI: takes the place of the file's `token_uri`, for instance that of an endpoint inside a country.
    public init(json bytes: some Sequence<UInt8>, tokenURI: String? = nil) throws(GoogleCredentialError) {
        guard let file = try? JSON(parsing: bytes), file.object != nil else { throw .notJSON }
        let type = try Self.member("type", of: file)
        guard type == "service_account" else { throw .unsupportedType(String(type.prefix(64))) }
        clientEmail = try Self.member("client_email", of: file)
        keyID = try Self.member("private_key_id", of: file)
        projectID = file["project_id"]?.string
        let pem = try Self.member("private_key", of: file)
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) else { throw .badKey }
        self.key = key
        if let tokenURI {
            self.tokenURI = tokenURI
        } else {
            self.tokenURI = try Self.member("token_uri", of: file)
        }
        guard let endpoint = Endpoint(url: self.tokenURI) else { throw .badTokenURI }
        tokenEndpoint = endpoint
    }

    private static func member(_ name: String, of file: JSON) throws(GoogleCredentialError) -> String {
        guard let text = file[name]?.string, !text.isEmpty else { throw .missingMember(name) }
        return text
    }

    /// The request that exchanges an assertion for a token (RFC 7523, section 2.1), for ``tokenEndpoint``.
    ///
    /// Signing takes about half a millisecond: never call it on an event loop.
    public func tokenRequest(at now: Timestamp) throws(GoogleCredentialError) -> UpstreamRequest {
        let path = tokenEndpoint.pathPrefix
        var head = UpstreamHead(method: "POST", target: path.isEmpty ? "/" : path, host: tokenEndpoint.authority)
        head.add("content-type", "application/x-www-form-urlencoded")
        head.add("accept", "application/json")
        // An assertion has no character that a form would encode.
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
        return UpstreamRequest(head: head.bytes, body: .bytes(Array((form + (try assertion(at: now))).utf8)))
    }

    /// A JSON Web Token, signed with RS256 (RFC 7515, RFC 7518 section 3.3).
    func assertion(at now: Timestamp) throws(GoogleCredentialError) -> String {
        let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": JSON(keyID)]
        let claims: JSON = [
            "iss": JSON(clientEmail), "scope": "https://www.googleapis.com/auth/cloud-platform", "aud": JSON(tokenURI),
            "iat": .number(String(now.seconds)), "exp": .number(String(now.adding(seconds: 3_600).seconds)),
        ]
        let signed = "\(Base64URL.encoded(header.bytes())).\(Base64URL.encoded(claims.bytes()))"
        // The signature scheme is Google's choice; its padding is weak only for encryption.
        guard let signature = try? key.signature(for: Array(signed.utf8), padding: .insecurePKCS1v1_5) else {
            throw .badKey
        }
        return "\(signed).\(Base64URL.encoded(signature.rawRepresentation))"
    }
}

extension GoogleServiceAccount: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
