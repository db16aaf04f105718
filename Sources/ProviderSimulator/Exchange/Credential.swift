/// How a door recognizes who may enter.
enum Credential: Hashable, Sendable {
    case open
    /// The key as a bearer token, or in one of these headers; or a token that was issued for this audience.
    case key(headers: [String], tokens: TokenIssuer.Audience? = nil)
    /// A request signed as AWS has it, or the key as a bearer token.
    case signature

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
        case .signature:
            try checkSignature(call, simulation.settings)
        }
    }

    private func checkSignature(_ call: Call, _ settings: SimulatorSettings) throws(Refusal) {
        if let bearer = call.bearer {
            guard bearer == settings.key else {
                throw Refusal(
                    403, .badCredential, "The bearer token is not the one expected.", name: "AccessDeniedException")
            }
            return
        }
        let verifier = SignatureVerifier(
            accessKeyID: settings.accessKeyID, secret: settings.key, service: "bedrock")
        try verifier.verify(call)
    }
}
