import Domain

/// What a caller of the control plane can meet: the errors of the gateway, and those of the admin API.
enum AdminError: Error, Hashable {
    case gateway(GatewayError)
    /// The methods that the path takes.
    case methodNotAllowed([String])
    case missingToken
    case wrongToken
    case noTokenConfigured
    case unknownParameter(String)
    case bodyTooLarge(limit: Int)
    case keyNotFound
    case organizationNotFound
    case rateNotFound
    case credentialNotFound
    case credentialExists(ProviderCredential.ID)
    case permissionDenied
    case csrfTokenInvalid
    case auditEntryNotFound
    case receiptNotReady
    case people(PeopleError)
    case credits(CreditError)
    /// The reason is shown.
    case configurationRefused(String)
    case requestUnderWay
    case idempotencyKeyReused
    case idempotencyKeysExhausted

    /// The codes of the admin API alone. Stable, like the gateway's own.
    enum Code: String, CaseIterable {
        case missingToken = "missing_admin_token"
        case wrongToken = "invalid_admin_token"
        case noTokenConfigured = "admin_api_disabled"
        case unknownParameter = "unknown_parameter"
        case bodyTooLarge = "request_too_large"
        case keyNotFound = "key_not_found"
        case organizationNotFound = "organization_not_found"
        case rateNotFound = "rate_not_found"
        case credentialNotFound = "credential_not_found"
        case credentialExists = "credential_exists"
        case permissionDenied = "permission_denied"
        case csrfTokenInvalid = "csrf_token_invalid"
        case auditEntryNotFound = "audit_entry_not_found"
        case receiptNotReady = "receipt_not_ready"
        case memberNotFound = "member_not_found"
        case invitationNotFound = "invitation_not_found"
        case alreadyMember = "already_member"
        case lastOwner = "last_owner"
        case referenceUsed = "reference_used"
        case creditsInsufficient = "credits_insufficient"
        case configurationRefused = "configuration_refused"
        case requestUnderWay = "request_under_way"
        case idempotencyKeyReused = "idempotency_key_reused"
        case idempotencyKeysExhausted = "idempotency_keys_exhausted"

        var status: Int {
            switch self {
            case .missingToken, .wrongToken: 401
            case .noTokenConfigured, .permissionDenied, .csrfTokenInvalid: 403
            case .unknownParameter: 400
            case .bodyTooLarge: 413
            case .keyNotFound, .organizationNotFound, .rateNotFound, .credentialNotFound, .memberNotFound,
                .invitationNotFound, .auditEntryNotFound:
                404
            case .configurationRefused, .idempotencyKeyReused: 422
            case .idempotencyKeysExhausted: 429
            case .receiptNotReady: 503
            case .alreadyMember, .lastOwner, .referenceUsed, .creditsInsufficient, .credentialExists, .requestUnderWay:
                409
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
        case .methodNotAllowed: return (GatewayError.Code.methodNotAllowed.rawValue, 405)
        case .missingToken: own = .missingToken
        case .wrongToken: own = .wrongToken
        case .noTokenConfigured: own = .noTokenConfigured
        case .unknownParameter: own = .unknownParameter
        case .bodyTooLarge: own = .bodyTooLarge
        case .keyNotFound: own = .keyNotFound
        case .organizationNotFound: own = .organizationNotFound
        case .rateNotFound: own = .rateNotFound
        case .credentialNotFound: own = .credentialNotFound
        case .credentialExists: own = .credentialExists
        case .permissionDenied: own = .permissionDenied
        case .csrfTokenInvalid: own = .csrfTokenInvalid
        case .auditEntryNotFound: own = .auditEntryNotFound
        case .receiptNotReady: own = .receiptNotReady
        case .people(let error): own = error.code
        case .configurationRefused: own = .configurationRefused
        case .requestUnderWay: own = .requestUnderWay
        case .idempotencyKeyReused: own = .idempotencyKeyReused
        case .idempotencyKeysExhausted: own = .idempotencyKeysExhausted
        case .credits(.referenceUsed): own = .referenceUsed
        case .credits(.insufficient): own = .creditsInsufficient
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
        case .methodNotAllowed(let methods):
            LocalizedText(
                english: "This path takes \(methods.listed(with: "and")) only.",
                french: "Ce chemin n'accepte que \(methods.listed(with: "et")).")
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
        case .organizationNotFound: Self.organizationNotFoundMessage
        case .rateNotFound: Self.rateNotFoundMessage
        case .credentialNotFound: Self.credentialNotFoundMessage
        case .credentialExists(let id):
            LocalizedText(
                english: "There is a credential for this provider already: '\(id)'. Rotate it, or revoke it first.",
                french: "Il y a déjà un identifiant pour ce fournisseur : '\(id)'. Renouvelez-le ou révoquez-le.")
        case .permissionDenied: Self.permissionDeniedMessage
        case .csrfTokenInvalid: Self.csrfTokenInvalidMessage
        case .auditEntryNotFound: Self.auditEntryNotFoundMessage
        case .receiptNotReady: Self.receiptNotReadyMessage
        case .configurationRefused(let reason):
            LocalizedText(
                english: "What was in force still is, since the new configuration can't be worked with: \(reason)",
                french: "La configuration précédente reste en vigueur, car la nouvelle est inutilisable : \(reason)")
        case .requestUnderWay: Self.requestUnderWayMessage
        case .idempotencyKeyReused: Self.idempotencyKeyReusedMessage
        case .idempotencyKeysExhausted: Self.idempotencyKeysExhaustedMessage
        case .people(let error): error.message
        case .credits(let error): error.message
        }
    }

    private static let credentialNotFoundMessage = LocalizedText(
        english: "No credential in force has this id. GET /api/admin/credentials lists those you see.",
        french: "Aucun identifiant en vigueur n'a cet id. GET /api/admin/credentials énumère les vôtres.")

    private static let requestUnderWayMessage = LocalizedText(
        english: "A request with this 'Idempotency-Key' is under way, or ended without an answer. Look whether it was "
            + "done; another key does it anew.",
        french: "Une requête avec cet 'Idempotency-Key' est en cours, ou a fini sans réponse. Voyez si elle a été "
            + "faite; une autre clé la refait.")

    private static let idempotencyKeyReusedMessage = LocalizedText(
        english: "This 'Idempotency-Key' was used for another request. Use a new one for each.",
        french: "Cet 'Idempotency-Key' a servi à une autre requête. Prenez-en un nouveau pour chacune.")

    private static let idempotencyKeysExhaustedMessage = LocalizedText(
        english: "10,000 'Idempotency-Key's were used within a day. Send this request without one, or wait.",
        french: "10 000 'Idempotency-Key' ont servi en un jour. Envoyez cette requête sans clé, ou attendez.")

    private static let organizationNotFoundMessage = LocalizedText(
        english: "No organization has this id. GET /api/admin/organizations lists those you see.",
        french: "Aucune organisation n'a cet identifiant. GET /api/admin/organizations énumère les vôtres.")

    private static let rateNotFoundMessage = LocalizedText(
        english: "No rate was entered for this day. PUT one here, or ask for another day.",
        french: "Aucun taux n'a été inscrit pour ce jour. Inscrivez-en un avec PUT, ou demandez un autre jour.")

    static let permissionDeniedMessage = LocalizedText(
        english: "Your role doesn't allow this. Ask an owner of your organization to do it, or to change your role.",
        french: "Votre rôle ne le permet pas. Demandez-le à un propriétaire de votre organisation, ou un autre rôle.")

    private static let csrfTokenInvalidMessage = LocalizedText(
        english: "A session needs its token in 'x-csrf-token'. It stands in every form of the portal, as 'csrf'.",
        french: "Une session exige son jeton dans 'x-csrf-token' : celui des formulaires du portail, 'csrf'.")

    private static let auditEntryNotFoundMessage = LocalizedText(
        english: "No change has this id. GET /api/admin/audit lists those you see.",
        french: "Aucun changement n'a cet identifiant. GET /api/admin/audit énumère les vôtres.")

    private static let receiptNotReadyMessage = LocalizedText(
        english: "The next checkpoint of the log has this change, within a second or two. Ask again.",
        french: "Le prochain point de contrôle du journal aura ce changement, dans une seconde ou deux. Redemandez.")

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

extension PeopleError {
    /// Links and passwords are the portal's: the admin API takes none.
    fileprivate var code: AdminError.Code {
        switch self {
        case .linkUnusable, .wrongPassword: .permissionDenied
        case .alreadyMember: .alreadyMember
        case .memberNotFound: .memberNotFound
        case .invitationNotFound: .invitationNotFound
        case .lastOwner: .lastOwner
        }
    }
}

extension [String] {
    /// `GET, PATCH and DELETE`.
    fileprivate func listed(with word: String) -> String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " \(word) \(last)"
    }
}
