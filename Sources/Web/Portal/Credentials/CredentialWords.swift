import Domain

// What of credentials is told on pages.

extension ProviderCredential.Kind {
    var label: LocalizedText {
        switch self {
        case .apiKey: LocalizedText(english: "API key", french: "Clé d'API")
        case .bearer: LocalizedText(english: "Bearer token", french: "Jeton porteur")
        case .awsKeys: LocalizedText(english: "AWS keys", french: "Clés AWS")
        case .googleServiceAccount:
            LocalizedText(english: "Google service account", french: "Compte de service Google")
        case .entraClient: LocalizedText(english: "Entra application", french: "Application Entra")
        }
    }

    /// Names a part of a secret, by the name that ``members`` has for it.
    static func label(ofMember member: String) -> LocalizedText {
        labels[member] ?? LocalizedText(english: member, french: member)
    }

    /// Whether a part of a secret names somebody only, and proves nothing.
    static func isPublic(member: String) -> Bool {
        ["access_key_id", "role_arn", "tenant_id", "client_id"].contains(member)
    }

    private static let labels: [String: LocalizedText] = [
        "api_key": LocalizedText(english: "API key", french: "Clé d'API"),
        "token": LocalizedText(english: "Token", french: "Jeton"),
        "access_key_id": LocalizedText(english: "Access key ID", french: "Identifiant de clé d'accès"),
        "secret_access_key": LocalizedText(english: "Secret access key", french: "Clé d'accès secrète"),
        "session_token": LocalizedText(english: "Session token", french: "Jeton de session"),
        "role_arn": LocalizedText(english: "Role to assume (ARN)", french: "Rôle à endosser (ARN)"),
        "external_id": LocalizedText(english: "External ID of the role", french: "Identifiant externe du rôle"),
        "json": LocalizedText(english: "The key file, in JSON", french: "Le fichier de clé, en JSON"),
        "tenant_id": LocalizedText(english: "Tenant ID", french: "Identifiant du locataire"),
        "client_id": LocalizedText(english: "Client ID", french: "Identifiant du client"),
        "client_secret": LocalizedText(english: "Client secret", french: "Secret du client"),
    ]
}

extension ProviderCredential {
    func state(in language: Language) -> HTML {
        revokedAt == nil
            ? .badge("completed", language.say("in force", "en vigueur"))
            : .badge("refused", language.say("revoked", "révoqué"))
    }
}

extension CredentialSecretError {
    /// It names parts of secrets, and never what is in them.
    var message: LocalizedText {
        let label = ProviderCredential.Kind.label(ofMember: member)
        switch problem {
        case .missing:
            return LocalizedText(
                english: "“\(label.english)” is missing.", french: "Il manque « \(label.french) ».")
        case .unknown, .form:
            let most = CredentialSecret.mostBytes
            return LocalizedText(
                english: "“\(label.english)” can have 1 to \(most) visible ASCII characters, without spaces.",
                french: "« \(label.french) » peut avoir de 1 à \(most) caractères ASCII visibles, sans espaces.")
        }
    }
}

extension CredentialVerdict {
    /// - Returns: what is told, and whether it is good news.
    var message: (text: LocalizedText, isGood: Bool) {
        switch self {
        case .accepted:
            (LocalizedText(english: "The provider takes it.", french: "Le fournisseur l'accepte."), true)
        case .refused(let status):
            (
                LocalizedText(
                    english: "The provider refuses it, with the status \(status). Exchange the secret.",
                    french: "Le fournisseur le refuse, avec le statut \(status). Remplacez le secret."), false
            )
        case .unreachable(let reason):
            (
                LocalizedText(
                    english: "The provider can't be asked at the moment: \(reason)",
                    french: "Le fournisseur ne peut pas être interrogé en ce moment : \(reason)"), false
            )
        case .unchecked:
            (
                LocalizedText(
                    english: "There is nothing harmless that this provider could be asked with it.",
                    french: "Il n'y a rien d'anodin à demander à ce fournisseur avec lui."), true
            )
        }
    }
}
