import Domain

/// `/portal/account`: what a user says of themselves, their password, their sessions and the organization at hand.
struct AccountPart: PortalPart {
    let people: any PeopleDirectory
    let throttle: SignInThrottle

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/account", label: LocalizedText(english: "Account", french: "Compte"), permission: nil)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/account", .signedIn, show),
            .post("/portal/account", .signedIn, update),
            .post("/portal/account/password", .signedIn, changePassword),
            .post("/portal/account/sessions", .signedIn, endOthers),
            .post("/portal/account/organization", .signedIn, switchOrganization),
        ]
    }

    private func session(_ context: PortalContext) throws(PortalProblem) -> Session {
        guard let session = context.session else { throw .notSignedIn }
        return session
    }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let session = try session(context)
        let user = session.user
        let memberships = try await people.memberships(of: user.id)
        let count = try await people.sessionCount(of: user.id, at: context.now)
        var sections = [profile(user, context), password(context), sessions(count, context)]
        if memberships.isEmpty {
            sections.insert(
                PortalPage.Section(
                    text: context.say(
                        "You are in no organization. Ask for an invitation.",
                        "Vous n'êtes dans aucune organisation. Demandez une invitation.")), at: 0)
        } else {
            sections.insert(organizations(memberships, session.membership, context), at: 0)
        }
        return .page(PortalPage(title: context.say("Account", "Compte"), lead: user.email.text, sections: sections))
    }

    private func organizations(
        _ memberships: [Membership], _ current: Membership?, _ context: PortalContext
    ) -> PortalPage.Section {
        let choices = memberships.map { membership in
            (
                value: membership.organization.id.rawValue,
                label: "\(membership.organization.name) (\(membership.role.label[context.language]))"
            )
        }
        let form = PortalForm(
            "/portal/account/organization", context.say("Switch", "Changer"), in: context,
            [
                .choice(
                    "organization", context.say("At hand", "En cours"), choices,
                    selected: current?.organization.id.rawValue)
            ])
        return PortalPage.Section(heading: context.say("Organization", "Organisation"), forms: [form])
    }

    private func profile(_ user: User, _ context: PortalContext) -> PortalPage.Section {
        let form = PortalForm(
            "/portal/account", context.say("Save", "Enregistrer"), in: context,
            [
                .text("name", context.say("Your name", "Votre nom"), value: user.name, autocomplete: "name"),
                .choice(
                    "language", context.say("Language", "Langue"), [("en", "English"), ("fr", "Français")],
                    selected: (user.language ?? context.language).code),
            ])
        return PortalPage.Section(heading: context.say("You", "Vous"), forms: [form])
    }

    private func password(_ context: PortalContext) -> PortalPage.Section {
        let form = PortalForm(
            "/portal/account/password", context.say("Change the password", "Changer le mot de passe"), in: context,
            [
                .text(
                    "old", context.say("Your password", "Votre mot de passe"), autocomplete: "current-password",
                    type: "password"),
                .text(
                    "new", context.say("A new password", "Un nouveau mot de passe"), autocomplete: "new-password",
                    type: "password", hint: PortalFields.passwordHint[context.language]),
            ])
        return PortalPage.Section(heading: context.say("Password", "Mot de passe"), forms: [form])
    }

    private func sessions(_ count: Int, _ context: PortalContext) -> PortalPage.Section {
        let text = context.say(
            "You are signed in \(count) times, this one included.", "Vous avez \(count) sessions, celle-ci comprise.")
        let form = PortalForm(
            "/portal/account/sessions", context.say("End the others", "Terminer les autres"), in: context)
        return PortalPage.Section(heading: context.say("Sessions", "Sessions"), text: text, forms: [form])
    }

    private func update(_ context: PortalContext) async throws -> PortalReply {
        let language = Language(code: context.form["language"])
        try await people.update(
            try session(context).user.id, name: try PortalFields.name(context.form), language: language)
        return .redirect(
            "/portal/account", cookies: [context.cookies.setting(.language, to: language?.code)])
    }

    private func changePassword(_ context: PortalContext) async throws -> PortalReply {
        let session = try session(context)
        let old = Password(context.form["old"])
        let new = try PortalFields.password(context.form, "new")
        guard !old.isTooLong else { throw PeopleError.wrongPassword }
        try throttle.check(session.user.email.text, context)
        try await people.changePassword(of: session.user.id, from: old, to: new)
        throttle.succeeded(account: session.user.email.text, network: context.network)
        return try await people.enter(
            session.user.id, session.membership?.organization.id, context, to: "/portal/account")
    }

    private func endOthers(_ context: PortalContext) async throws -> PortalReply {
        try await people.endSessions(of: try session(context).user.id, except: context.token)
        return .redirect("/portal/account")
    }

    private func switchOrganization(_ context: PortalContext) async throws -> PortalReply {
        let session = try session(context)
        let organization = OrganizationID(rawValue: context.form["organization"])
        let memberships = try await people.memberships(of: session.user.id)
        guard memberships.contains(where: { $0.organization.id == organization }) else { throw AccessRefusal.unknown }
        return try await people.enter(session.user.id, organization, context, to: "/portal/account")
    }
}
