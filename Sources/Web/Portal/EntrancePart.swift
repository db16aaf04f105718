import Domain
import HTTPTypes

/// How people come in and go: the first owner's link, invitations, signing in and out.
struct EntrancePart: PortalPart {
    let people: any PeopleDirectory
    let throttle: SignInThrottle
    /// What the identity provider is called; nil where there is none.
    let identityProvider: String?

    var navigation: [PortalNavigation] { [] }

    var routes: [PortalRoute] {
        [
            .get("/portal", .signedIn) { _ in .redirect("/portal/account") },
            .get("/portal/sign-in", .anyone) { .page(signInPage($0)) },
            .post("/portal/sign-in", .anyone, signIn),
            .post("/portal/sign-out", .signedIn, signOut),
            .get("/portal/claim", .anyone, showClaim),
            .post("/portal/claim", .anyone, claim),
            .get("/portal/invitation", .anyone, showInvitation),
            .post("/portal/invitation", .anyone, accept),
        ]
    }

    // MARK: Signing in

    private func signInPage(_ context: PortalContext, problem: String? = nil) -> PortalPage {
        let form = PortalForm(
            "/portal/sign-in", context.say("Sign in", "Se connecter"), in: context,
            [
                .text(
                    "email", context.say("E-mail", "Adresse électronique"), value: context.form["email"],
                    autocomplete: "username", type: "email"),
                .text(
                    "password", context.say("Password", "Mot de passe"), autocomplete: "current-password",
                    type: "password"),
            ])
        let link = identityProvider.map { name -> HTML in
            let label = context.say("Sign in with \(name)", "Se connecter avec \(name)")
            return "<p><a class=\"button\" href=\"\(SignOnPart.path)\">\(label)</a></p>"
        }
        return PortalPage(
            title: context.say("Sign in", "Se connecter"), problem: problem,
            sections: [PortalPage.Section(forms: [form], html: link)])
    }

    private func signIn(_ context: PortalContext) async throws -> PortalReply {
        let wrong = context.say(
            "This e-mail address and this password don't belong together.",
            "Cette adresse et ce mot de passe ne vont pas ensemble.")
        let password = Password(context.form["password"])
        guard let email = EmailAddress(context.form["email"]), !password.isTooLong else {
            return .page(signInPage(context, problem: wrong), status: .forbidden)
        }
        try throttle.check(email.text, context)
        guard let user = try await people.user(email, password) else {
            return .page(signInPage(context, problem: wrong), status: .forbidden)
        }
        throttle.succeeded(account: email.text, network: context.network)
        return try await people.enter(user.id, nil, context)
    }

    private func signOut(_ context: PortalContext) async throws -> PortalReply {
        try await people.endSession(context.token)
        return .redirect("/portal/sign-in", cookies: [context.cookies.setting(.session, to: nil)])
    }

    // MARK: The first owner

    private func showClaim(_ context: PortalContext) async throws -> PortalReply {
        let token = context.query("token")
        guard try await people.isClaim(SecretToken(token)) else { throw PeopleError.linkUnusable }
        let email = PortalForm.Field.text(
            "email", context.say("E-mail", "Adresse électronique"), autocomplete: "username", type: "email")
        let form = PortalForm(
            "/portal/claim", context.say("Become the owner", "Devenir propriétaire"), in: context,
            [email] + PortalFields.newAccount(context), hidden: ["token": token])
        return .page(
            PortalPage(
                title: context.say("Claim this gateway", "Prendre possession de cette passerelle"),
                lead: context.say(
                    "Whoever fills this in owns it. The link works once.",
                    "Qui remplit ceci en est propriétaire. Le lien sert une fois."),
                sections: [PortalPage.Section(forms: [form])]))
    }

    private func claim(_ context: PortalContext) async throws -> PortalReply {
        try throttle.check("claim", context)
        let draft = UserDraft(
            email: try PortalFields.email(context.form), name: try PortalFields.name(context.form),
            language: context.language)
        let user = try await people.claim(
            with: SecretToken(context.form["token"]), draft, try PortalFields.password(context.form, "password"),
            at: context.now)
        return try await people.enter(user.id, .default, context)
    }

    // MARK: Invitations

    private func showInvitation(_ context: PortalContext) async throws -> PortalReply {
        let token = context.query("token")
        guard let (invitation, isKnown) = try await people.invitation(for: SecretToken(token), at: context.now) else {
            throw PeopleError.linkUnusable
        }
        let password = PortalForm.Field.text(
            "password", context.say("Your password", "Votre mot de passe"), autocomplete: "current-password",
            type: "password")
        let form = PortalForm(
            "/portal/invitation", context.say("Join", "Rejoindre"), in: context,
            isKnown ? [password] : PortalFields.newAccount(context), hidden: ["token": token])
        let name = invitation.organization.name
        let role = invitation.role.label[context.language]
        return .page(
            PortalPage(
                title: context.say("Join \(name)", "Rejoindre \(name)"),
                lead: context.say(
                    "\(invitation.email) is invited as \(role).", "\(invitation.email) est invité comme \(role)."),
                sections: [PortalPage.Section(forms: [form])]))
    }

    private func accept(_ context: PortalContext) async throws -> PortalReply {
        let token = SecretToken(context.form["token"])
        guard let (invitation, isKnown) = try await people.invitation(for: token, at: context.now) else {
            throw PeopleError.linkUnusable
        }
        try throttle.check(invitation.email.text, context)
        let password = Password(context.form["password"])
        let (user, organization) = try await people.accept(
            token, name: isKnown ? "" : try PortalFields.name(context.form), language: context.language,
            isKnown ? password : try PortalFields.password(context.form, "password"), at: context.now)
        throttle.succeeded(account: invitation.email.text, network: context.network)
        return try await people.enter(user.id, organization, context)
    }
}

extension SignInThrottle {
    func check(_ account: String, _ context: PortalContext) throws(PortalProblem) {
        guard let wait = admit(account: account, network: context.network, at: context.now) else { return }
        throw .tooManyTries(seconds: wait)
    }
}

extension PeopleDirectory {
    /// Begins a session with a token of its own, and ends the one at hand: nobody else can have chosen what comes.
    ///
    /// - Parameter cookie: what has served, and goes too.
    func enter(
        _ user: User.ID, _ organization: OrganizationID?, _ context: PortalContext, to path: String = "/portal",
        ending cookie: PortalCookies.Name? = nil
    ) async throws -> PortalReply {
        if context.session != nil { try await endSession(context.token) }
        let token = try await startSession(user, in: organization, at: context.now)
        return .redirect(
            path,
            cookies: [
                context.cookies.setting(.session, to: token.text, for: Session.lifetime),
                context.cookies.setting(.visitor, to: nil),
            ] + (cookie.map { [context.cookies.setting($0, to: nil)] } ?? []))
    }
}

/// Fields that several forms have, and how they are read.
enum PortalFields {
    static func newAccount(_ context: PortalContext) -> [PortalForm.Field] {
        [
            .text("name", context.say("Your name", "Votre nom"), autocomplete: "name"),
            .text(
                "password", context.say("A new password", "Un nouveau mot de passe"), autocomplete: "new-password",
                type: "password", hint: passwordHint[context.language]),
        ]
    }

    static let passwordHint = LocalizedText(
        english: "12 characters at the least.", french: "12 caractères au moins.")

    static func email(_ form: FormBody, _ name: String = "email") throws(PortalProblem) -> EmailAddress {
        guard let email = EmailAddress(form[name]) else {
            throw .invalid(
                PortalProblem.text("This is no e-mail address.", "Ceci n'est pas une adresse électronique."))
        }
        return email
    }

    static func name(_ form: FormBody) throws(PortalProblem) -> String {
        let text = form["name"]
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard text.contains(where: { !$0.isWhitespace }), text.unicodeScalars.count <= 100, isPrintable else {
            throw .invalid(
                PortalProblem.text("A name has 1 to 100 characters.", "Un nom a de 1 à 100 caractères."))
        }
        return text
    }

    static func password(_ form: FormBody, _ name: String) throws(PortalProblem) -> Password {
        let password = Password(form[name])
        guard password.isLongEnough else {
            throw .invalid(
                PortalProblem.text(
                    "A password has 12 characters at the least.", "Un mot de passe a 12 caractères au moins."))
        }
        guard !password.isTooLong else {
            throw .invalid(PortalProblem.text("This password is too long.", "Ce mot de passe est trop long."))
        }
        return password
    }

    static func role(_ form: FormBody) throws(PortalProblem) -> Role {
        guard let role = Role(rawValue: form["role"]) else {
            throw .invalid(PortalProblem.text("There is no such role.", "Ce rôle n'existe pas."))
        }
        return role
    }
}

extension Role {
    var label: LocalizedText {
        switch self {
        case .owner: LocalizedText(english: "owner", french: "propriétaire")
        case .admin: LocalizedText(english: "administrator", french: "administrateur")
        case .developer: LocalizedText(english: "developer", french: "développeur")
        case .auditor: LocalizedText(english: "auditor", french: "auditeur")
        }
    }
}
