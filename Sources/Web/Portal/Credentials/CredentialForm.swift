import Domain

/// The forms that a credential is added and rotated with. What is secret is never filled in.
struct CredentialForm {
    let kind: ProviderCredential.Kind
    let context: PortalContext

    /// Before the names of a secret's members: a kind may have one that is called like a field of the form.
    private static let prefix = "secret_"

    private func say(_ english: String, _ french: String) -> String { context.say(english, french) }

    /// - Parameter owners: whom it may be for; nil where there is no choice.
    func adding(_ action: String, owners: PortalForm.Field?) -> PortalForm {
        let form = context.form
        let fields: [PortalForm.Field] = [
            .text(
                "provider", say("Provider", "Fournisseur"), value: form["provider"],
                hint: say(
                    "As it is called in the settings: openai, azure, bedrock, vertex, anthropic, cohere or compatible.",
                    "Son nom dans les réglages : openai, azure, bedrock, vertex, anthropic, cohere ou compatible.")),
            .text("name", say("Name", "Nom"), value: form["name"]),
        ]
        return PortalForm(
            action, say("Keep", "Conserver"), in: context, fields + [owners].compactMap(\.self) + secret,
            hidden: ["kind": kind.rawValue])
    }

    func rotating(_ action: String) -> PortalForm {
        PortalForm(action, say("Exchange the secret", "Remplacer le secret"), in: context, secret)
    }

    private var secret: [PortalForm.Field] {
        let (required, optional) = kind.members
        return required.map { field($0, isRequired: true) } + optional.map { field($0, isRequired: false) }
    }

    private func field(_ member: String, isRequired: Bool) -> PortalForm.Field {
        let label = ProviderCredential.Kind.label(ofMember: member)[context.language]
        return .secret(
            Self.prefix + member, label, isShown: ProviderCredential.Kind.isPublic(member: member),
            isLong: kind == .googleServiceAccount, isRequired: isRequired,
            hint: isRequired ? nil : say("May be left empty.", "Peut rester vide."))
    }

    /// What somebody has sent. Blanks around it come with copying.
    func sentSecret() throws(CredentialSecretError) -> CredentialSecret {
        let (required, optional) = kind.members
        var values: [String: String] = [:]
        for member in required + optional {
            let text = context.form[Self.prefix + member].trimmingBlanks
            if !text.isEmpty { values[member] = text }
        }
        return try CredentialSecret(values, of: kind)
    }
}

extension PortalForm.Field {
    /// - Parameters:
    ///   - isShown: whether who fills it in sees it.
    ///   - isLong: of several lines, which no browser hides.
    fileprivate static func secret(
        _ name: String, _ label: String, isShown: Bool, isLong: Bool, isRequired: Bool, hint: String?
    ) -> Self {
        Self(
            name: name, label: label, type: isShown ? "text" : "password",
            // Browsers fill in passwords that they know where they may.
            autocomplete: isShown ? "off" : "new-password", value: "", hint: hint, options: [],
            isRequired: isRequired, isLong: isLong, isInput: !isLong)
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
