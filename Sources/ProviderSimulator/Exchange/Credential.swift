/// How a door recognizes who may enter.
enum Credential: Hashable, Sendable {
    case open
    /// The key as a bearer token, or in one of these headers; or a token that was issued for this audience.
    case key(headers: [String], tokens: TokenIssuer.Audience? = nil)
    /// A request signed as AWS has it, for one of its services; or the key as a bearer token.
    case signature(service: String)

    func check(_ call: Call, _ simulation: Simulation) throws(Refusal) {
        let key = simulation.settings.key
        guard !key.isEmpty else { return }
        switch self {
        case .open: return
        case .key(let headers, let audience):
            let offered = headers.compactMap { call.headers[$0] } + [call.bearer].compactMap(\.self)
            guard !offered.contains(key) else { return }
            guard let audience, let token = call.bearer, simulation.tokens.isValid(token, for: audience) else {
                throw .badCredential
            }
        case .signature(let service):
            try checkSignature(call, service, simulation)
        }
    }

    private func checkSignature(_ call: Call, _ service: String, _ simulation: Simulation) throws(Refusal) {
        let settings = simulation.settings
        if let bearer = call.bearer {
            guard bearer == settings.key else {
                throw Refusal(
                    403, .badCredential, "The bearer token is not the one expected.", name: "AccessDeniedException")
            }
            return
        }
        let keys = try temporaryKeys(of: call, simulation)
        let verifier = SignatureVerifier(
            accessKeyID: keys?.id ?? settings.accessKeyID, secret: keys?.secret ?? settings.key, service: service)
        try verifier.verify(call)
    }

    /// The keys that a request says it is signed with, if they were issued here. They are good with their own token only,
    /// and only for a while.
    private func temporaryKeys(of call: Call, _ simulation: Simulation) throws(Refusal) -> TemporaryKeys? {
        guard let id = SignatureVerifier.accessKeyID(of: call), let keys = simulation.tokens.keys(id) else {
            return nil
        }
        guard call.headers["x-amz-security-token"] == keys.token else {
            throw Refusal(
                403, .badCredential, "The security token included in the request is invalid.",
                name: "UnrecognizedClientException")
        }
        guard simulation.settings.now() < keys.expiry else {
            throw Refusal(
                403, .badCredential, "The security token included in the request is expired",
                name: "ExpiredTokenException")
        }
        return keys
    }
}
