import AsyncHTTPClient
import Crypto
import Domain
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Providers
import Web
import Wire

/// An identity provider that speaks OpenID Connect: the authorization code flow (OpenID Connect Core 1.0, section 3.1)
/// with PKCE (RFC 7636).
actor OpenIDProvider: IdentityProvider {
    nonisolated let name: String
    private let configuration: SignOnConfiguration
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private var known: (facts: Facts, keys: SigningKeys, until: Timestamp)?

    /// What its configuration document says (OpenID Connect Discovery 1.0, section 3).
    private struct Facts: Sendable {
        let authorization: String
        let token: String
        let keys: String
        let takesBasic: Bool
        let namesItself: Bool
    }

    /// Seconds for which addresses and keys are taken to be what they were.
    private static let freshness: Int64 = 3_600
    private static let mostBytes = 256 << 10
    private static let mostTime = Duration.seconds(15)

    init(_ configuration: SignOnConfiguration, clock: @escaping @Sendable () -> Timestamp, logger: Logger) {
        name = configuration.name
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    func signInURL(for request: SignOnRequest) async throws(IdentityProviderError) -> String {
        try await telling { () async throws(SignOnFailure) in
            let facts = try await self.current().facts
            let challenge = Base64URL.encoded(SHA256.hash(data: Data(request.verifier.utf8)))
            return facts.authorization + (facts.authorization.contains("?") ? "&" : "?")
                + FormBody([
                    ("response_type", "code"), ("client_id", self.configuration.clientID),
                    ("redirect_uri", request.redirectURL), ("scope", self.configuration.scopes),
                    ("state", request.state), ("nonce", request.nonce), ("code_challenge", challenge),
                    ("code_challenge_method", "S256"),
                ]).text
        }
    }

    func identity(
        for code: String, from issuer: String?, of request: SignOnRequest
    ) async throws(IdentityProviderError) -> (identity: ExternalIdentity, grant: SignOnGrant) {
        try await telling { () async throws(SignOnFailure) in
            let facts = try await self.current().facts
            guard issuer == self.configuration.issuer || (issuer == nil && !facts.namesItself) else {
                throw .untrustworthy("Another issuer than '\(self.configuration.issuer)' has sent the browser back.")
            }
            let token = try IDToken(try await self.exchange(code, facts, request))
            let (identity, groups) = try await token.identity(
                signedWith: try await self.keys(with: token.keyID), for: self.configuration, nonce: request.nonce,
                at: self.clock())
            return (identity, self.configuration.roles.grant(for: groups))
        }
    }

    private func telling<Value: Sendable>(
        _ work: () async throws(SignOnFailure) -> Value
    ) async throws(IdentityProviderError) -> Value {
        do {
            return try await work()
        } catch {
            logger.warning(
                "Somebody couldn't sign in with the identity provider",
                metadata: ["issuer": "\(configuration.issuer)", "error": "\(error)"])
            throw error.isUnavailable ? .unavailable : .untrustworthy
        }
    }

    // MARK: What the provider publishes

    private func current() async throws(SignOnFailure) -> (facts: Facts, keys: SigningKeys) {
        let now = clock()
        if let known, known.until > now { return (known.facts, known.keys) }
        let facts = try await facts()
        let keys = try await SigningKeys(try await json(HTTPClientRequest(url: facts.keys)))
        known = (facts, keys, now.adding(seconds: Self.freshness))
        return (facts, keys)
    }

    /// A provider may sign with a new key at any time.
    private func keys(with id: String) async throws(SignOnFailure) -> SigningKeys {
        let present = try await current().keys
        guard !present.has(id) else { return present }
        known = nil
        return try await current().keys
    }

    private func facts() async throws(SignOnFailure) -> Facts {
        let base = configuration.issuer.hasSuffix("/") ? String(configuration.issuer.dropLast()) : configuration.issuer
        let document = try await json(HTTPClientRequest(url: base + "/.well-known/openid-configuration"))
        guard document["issuer"]?.string == configuration.issuer else {
            throw .unavailable("It calls itself by another issuer's name than '\(configuration.issuer)'.")
        }
        let addresses = ["authorization_endpoint", "token_endpoint", "jwks_uri"].compactMap { document[$0]?.string }
        guard addresses.count == 3, addresses.allSatisfy(SecureURL.isTrusted) else {
            throw .unavailable("Its configuration lacks an address, or has one that isn't https.")
        }
        let methods = document["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string)
        return Facts(
            authorization: addresses[0], token: addresses[1], keys: addresses[2],
            takesBasic: methods?.contains("client_secret_basic") ?? true,
            namesItself: document["authorization_response_iss_parameter_supported"]?.bool ?? false)
    }

    // MARK: Asking it

    /// The ID token for a code (OpenID Connect Core 1.0, section 3.1.3).
    private func exchange(
        _ code: String, _ facts: Facts, _ request: SignOnRequest
    ) async throws(SignOnFailure) -> String {
        var fields: [(name: String, value: String?)] = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", request.redirectURL),
            ("code_verifier", request.verifier),
        ]
        var call = HTTPClientRequest(url: facts.token)
        call.method = .POST
        call.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        if let secret = configuration.clientSecret, facts.takesBasic {
            // Encoded as in a form first (RFC 6749, section 2.3.1).
            let pair = "\(FormBody.encoded(configuration.clientID)):\(FormBody.encoded(secret))"
            call.headers.add(name: "authorization", value: "Basic \(Data(pair.utf8).base64EncodedString())")
        } else {
            fields += [("client_id", configuration.clientID), ("client_secret", configuration.clientSecret)]
        }
        call.body = .bytes(FormBody(fields).bytes)
        guard let token = try await json(call)["id_token"]?.string else {
            throw .untrustworthy("It gave no ID token for the code.")
        }
        return token
    }

    private func json(_ request: HTTPClientRequest) async throws(SignOnFailure) -> JSON {
        var request = request
        request.headers.add(name: "user-agent", value: "northern/\(Northern.version)")
        request.headers.add(name: "accept", value: "application/json")
        do {
            return try await within(Self.mostTime) { [request] in
                // Who is configured is asked, and nobody else: redirections aren't followed.
                try await HTTPClient.withHTTPClient(
                    configuration: .direct(connect: .seconds(5), read: .seconds(10))
                ) { client in
                    let reply = try await client.execute(request, deadline: .now() + TimeAmount(Self.mostTime))
                    guard reply.status == .ok else { throw Self.refusal(reply.status) }
                    let bytes = try await reply.body.collect(upTo: Self.mostBytes)
                    // A body that is no longer read looks as if it were over.
                    try Task.checkCancellation()
                    return try bytes.withUnsafeReadableBytes { try JSON(parsing: $0) }
                }
            }
        } catch let failure as SignOnFailure {
            throw failure
        } catch let error as HTTPClientError {
            throw .unavailable("It didn't answer as it should: \(error.shortDescription).")
        } catch is TimeIsUp {
            throw .unavailable("It took longer than \(Self.mostTime).")
        } catch {
            throw .unavailable("No connection can be made, or its answer can't be read.")
        }
    }

    /// A code that it doesn't take is answered with 400 (RFC 6749, section 5.2).
    private static func refusal(_ status: HTTPResponseStatus) -> SignOnFailure {
        400..<500 ~= status.code
            ? .untrustworthy("It refused with status \(status.code). Check the client's id, secret and redirect URI.")
            : .unavailable("It answered with status \(status.code).")
    }
}
