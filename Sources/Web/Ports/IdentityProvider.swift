public import Domain

/// Port: somebody else who knows people, and says who they are (OpenID Connect Core 1.0).
public protocol IdentityProvider: Sendable {
    /// As the page says where people sign in: "Sign in with …".
    var name: String { get }

    /// Where a browser is sent.
    func signInURL(for request: SignOnRequest) async throws(IdentityProviderError) -> String

    /// Who came back with a code, and what their groups give them.
    ///
    /// - Parameter issuer: who says that it sends the browser back (RFC 9207); nil where nobody says so.
    func identity(
        for code: String, from issuer: String?, of request: SignOnRequest
    ) async throws(IdentityProviderError) -> (identity: ExternalIdentity, grant: SignOnGrant)
}

/// One sign-in through an identity provider: what goes there with the browser, and what must come back.
public struct SignOnRequest: Sendable {
    /// Where the browser comes back to. The provider knows it, and takes no other.
    public let redirectURL: String
    /// Comes back with the browser.
    public let state: String
    /// Stands in the ID token.
    public let nonce: String
    /// Shows that whoever brings the code is who began (RFC 7636, section 4.1).
    public let verifier: String

    public init(redirectURL: String, state: String, nonce: String, verifier: String) {
        self.redirectURL = redirectURL
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
    }
}

public enum IdentityProviderError: Error, Hashable, Sendable {
    /// It can't be reached, or doesn't answer as it should.
    case unavailable
    /// It takes the code for none of its own, or what it says doesn't hold.
    case untrustworthy
}
