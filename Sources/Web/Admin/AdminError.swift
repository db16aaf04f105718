import Domain

/// What a caller of the control plane can meet: the errors of the gateway, and those of the admin API.
enum AdminError: Error, Hashable {
    case gateway(GatewayError)
    case missingToken
    case wrongToken
    case noTokenConfigured
    case unknownParameter(String)
    case bodyTooLarge(limit: Int)
    case keyNotFound

    /// The codes of the admin API alone. Stable, like the gateway's own.
    enum Code: String, CaseIterable {
        case missingToken = "missing_admin_token"
        case wrongToken = "invalid_admin_token"
        case noTokenConfigured = "admin_api_disabled"
        case unknownParameter = "unknown_parameter"
        case bodyTooLarge = "request_too_large"
        case keyNotFound = "key_not_found"

        var status: Int {
            switch self {
            case .missingToken, .wrongToken: 401
            case .noTokenConfigured: 403
            case .unknownParameter: 400
            case .bodyTooLarge: 413
            case .keyNotFound: 404
            }
        }
    }
}

extension AdminError {
    var code: String { identity.code }
    var status: Int { identity.status }

    private var identity: (code: String, status: Int) {
        let own: Code
        switch self {
        case .gateway(let error): return (error.code.rawValue, error.status)
        case .missingToken: own = .missingToken
        case .wrongToken: own = .wrongToken
        case .noTokenConfigured: own = .noTokenConfigured
        case .unknownParameter: own = .unknownParameter
        case .bodyTooLarge: own = .bodyTooLarge
        case .keyNotFound: own = .keyNotFound
        }
        return (own.rawValue, own.status)
    }

    var parameter: String? {
        switch self {
        case .gateway(let error): error.parameter
        case .unknownParameter(let name): name
        default: nil
        }
    }
}

extension AdminError {
    var message: LocalizedText {
        switch self {
        case .gateway(let error): error.message
        case .missingToken: Self.missingTokenMessage
        case .wrongToken: Self.wrongTokenMessage
        case .noTokenConfigured: Self.noTokenConfiguredMessage
        case .unknownParameter(let name):
            LocalizedText(
                english: "'\(name)' is not a member that this request takes. Remove it, or check its spelling.",
                french: "'\(name)' n'est pas un membre que cette requête accepte. Retirez-le ou vérifiez-le.")
        case .bodyTooLarge(let limit):
            LocalizedText(
                english: "The body is larger than the \(limit) bytes the admin API takes.",
                french: "Le corps dépasse les \(limit) octets que l'API d'administration accepte.")
        case .keyNotFound: Self.keyNotFoundMessage
        }
    }

    private static let missingTokenMessage = LocalizedText(
        english: "No admin token was sent. Send it as 'Authorization: Bearer …'.",
        french: "Aucun jeton d'administration n'a été envoyé. Envoyez-le dans 'Authorization: Bearer …'.")

    private static let wrongTokenMessage = LocalizedText(
        english: "This is not the admin token of this gateway. It is what 'admin.token' is configured to.",
        french: "Ce n'est pas le jeton d'administration de cette passerelle : voyez le réglage 'admin.token'.")

    private static let noTokenConfiguredMessage = LocalizedText(
        english: "The admin API is off, because no admin token is configured. Set 'admin.token' and start again.",
        french: "L'API d'administration est fermée, faute de jeton. Configurez 'admin.token' et redémarrez.")

    /// The id isn't repeated: now and then it is a secret that somebody put there.
    private static let keyNotFoundMessage = LocalizedText(
        english: "No key has this id. GET /api/admin/keys lists all of them.",
        french: "Aucune clé n'a cet identifiant. GET /api/admin/keys les énumère toutes.")
}
