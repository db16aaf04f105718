import Domain

/// Signing in through an identity provider: out to it, and back with its word.
struct SignOnPart: PortalPart {
    let people: any PeopleDirectory
    let provider: any IdentityProvider
    let throttle: SignInThrottle

    static let path = "/portal/sign-on"
    private static let callback = "/portal/sign-on/callback"
    /// Seconds that somebody may take to sign in at the provider.
    private static let patience: Int64 = 900

    var navigation: [PortalNavigation] { [] }

    var routes: [PortalRoute] {
        [
            .get(Self.path, .anyone, start),
            .get(Self.callback, .anyone, finish),
        ]
    }

    private func start(_ context: PortalContext) async throws -> PortalReply {
        let token = PortalContext.randomToken()
        let url = try await provider.signInURL(for: Self.request(of: token, context))
        return .redirect(url, cookies: [context.cookies.setting(.signOn, to: token.text, for: Self.patience)])
    }

    private func finish(_ context: PortalContext) async throws -> PortalReply {
        // Another site could send somebody back here with a code of its own, and have them work in its account.
        guard let token = context.cookies.token(.signOn) else { throw PortalProblem.signOnLost }
        let request = Self.request(of: token, context)
        guard AdminToken(request.state)?.matches(context.query("state")) ?? false else {
            throw PortalProblem.signOnLost
        }
        let code = context.query("code")
        guard !code.isEmpty else { throw PortalProblem.signOnRefused }
        let account = "sign-on from \(context.network)"
        try throttle.check(account, context)
        let issuer = context.query("iss")
        let (identity, grant) = try await provider.identity(
            for: code, from: issuer.isEmpty ? nil : issuer, of: request)
        guard let user = try await people.signOn(identity, grant, at: context.now) else {
            throw PortalProblem.signOnWithoutRole
        }
        throttle.succeeded(account: account, network: context.network)
        let organization: OrganizationID? = if case .role(_, let held) = grant { held } else { nil }
        return try await people.enter(user.id, organization, context, ending: .signOn)
    }

    /// All three are made of one token, which the browser alone has.
    private static func request(of token: SecretToken, _ context: PortalContext) -> SignOnRequest {
        SignOnRequest(
            redirectURL: context.baseURL + callback, state: token.derived(for: "sign-on state"),
            nonce: token.derived(for: "sign-on nonce"), verifier: token.derived(for: "sign-on verifier"))
    }
}
