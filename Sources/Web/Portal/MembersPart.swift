import Domain

/// `/portal/members`: who is in the organization at hand, and who is invited.
struct MembersPart: PortalPart {
    let people: any PeopleDirectory

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/members", label: LocalizedText(english: "Members", french: "Membres"),
                permission: .readMembers)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/members", .permitted(.readMembers)) { .page(try await page($0)) },
            .post("/portal/members/invite", .permitted(.manageMembers), invite),
            .post("/portal/members/:id/role", .permitted(.manageMembers), changeRole),
            .post("/portal/members/:id/remove", .permitted(.manageMembers), remove),
            .post("/portal/invitations/:id/withdraw", .permitted(.manageMembers), withdraw),
        ]
    }

    private func page(_ context: PortalContext, secret: String? = nil) async throws -> PortalPage {
        let (_, actor, organization) = try context.signedIn()
        let members = try await people.members(of: organization.id)
        let invitations = try await people.invitations(of: organization.id, at: context.now)
        var page = PortalPage(title: context.say("Members", "Membres"), secret: secret)
        page.lead = organization.name
        if secret != nil {
            page.notice = context.say(
                "Give this link to whom you invited. It works once, for 7 days, and isn't shown again.",
                "Donnez ce lien à la personne invitée. Il sert une fois, 7 jours, et ne sera plus montré.")
        }
        let heads = [context.say("Name", "Nom"), context.say("E-mail", "Adresse"), context.say("Role", "Rôle")]
        page.sections = [
            PortalPage.Section(heads: heads, rows: members.map { row($0, actor, context) }),
            PortalPage.Section(
                heading: context.say("Invitations", "Invitations"),
                heads: [heads[1], heads[2], context.say("Until", "Jusqu'au")],
                rows: invitations.map { row($0, context) }),
            PortalPage.Section(
                heading: context.say("Invite somebody", "Inviter quelqu'un"), forms: [inviteForm(actor, context)]),
        ]
        return page
    }

    private func row(_ member: Member, _ actor: Actor, _ context: PortalContext) -> PortalPage.Row {
        let path = "/portal/members/\(member.user.id)"
        let mayChange = member.role != .owner || actor.has(.manageOwners)
        let forms = [
            PortalForm(
                "\(path)/role", context.say("Change", "Changer"), in: context,
                [roleField(actor, context, selected: member.role)]),
            PortalForm("\(path)/remove", context.say("Remove", "Retirer"), in: context),
        ]
        return PortalPage.Row(
            cells: [member.user.name, member.user.email.text, member.role.label[context.language]],
            forms: mayChange ? forms : [])
    }

    private func row(_ invitation: Invitation, _ context: PortalContext) -> PortalPage.Row {
        PortalPage.Row(
            cells: [
                invitation.email.text, invitation.role.label[context.language], "\(invitation.expiresAt.date)",
            ],
            forms: [
                PortalForm(
                    "/portal/invitations/\(invitation.id)/withdraw", context.say("Withdraw", "Retirer"), in: context)
            ])
    }

    private func inviteForm(_ actor: Actor, _ context: PortalContext) -> PortalForm {
        PortalForm(
            "/portal/members/invite", context.say("Make a link", "Créer un lien"), in: context,
            [
                .text("email", context.say("E-mail", "Adresse électronique"), type: "email"),
                roleField(actor, context, selected: .developer),
            ])
    }

    private func roleField(_ actor: Actor, _ context: PortalContext, selected: Role) -> PortalForm.Field {
        let roles = Role.allCases.filter { $0 != .owner || actor.has(.manageOwners) }
        return .choice(
            "role", context.say("Role", "Rôle"), roles.map { ($0.rawValue, $0.label[context.language]) },
            selected: selected.rawValue)
    }

    private func invite(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, organization) = try context.signedIn()
        let role = try PortalFields.role(context.form)
        try actor.checkMayGive(role, in: organization.id)
        let (_, token) = try await people.invite(
            try PortalFields.email(context.form), to: organization.id, as: role, at: context.now)
        // Not in a redirect: the link would stand in the browser's history.
        return .page(try await page(context, secret: "\(context.baseURL)/portal/invitation?token=\(token.text)"))
    }

    private func changeRole(_ context: PortalContext) async throws -> PortalReply {
        let (session, actor, organization) = try context.signedIn()
        let role = try PortalFields.role(context.form)
        try actor.checkMayGive(role, in: organization.id)
        let user = context.parameter("id")
        _ = try await people.changeRole(of: user, in: organization.id, to: role) {
            try actor.checkMayGive($0, in: organization.id)
        }
        guard user == session.user.id else { return .redirect("/portal/members") }
        return try await people.enter(user, organization.id, context)
    }

    private func remove(_ context: PortalContext) async throws -> PortalReply {
        let (session, actor, organization) = try context.signedIn()
        let user = context.parameter("id")
        try await people.removeMember(user, from: organization.id) {
            try actor.checkMayGive($0, in: organization.id)
        }
        guard user == session.user.id else { return .redirect("/portal/members") }
        return try await people.enter(user, nil, context)
    }

    private func withdraw(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, organization) = try context.signedIn()
        try await people.withdraw(context.parameter("id"), of: organization.id) {
            try actor.checkMayGive($0, in: organization.id)
        }
        return .redirect("/portal/members")
    }
}

extension Actor {
    /// Who makes an owner, or changes one, is an owner.
    func checkMayGive(_ role: Role, in organization: OrganizationID) throws(AccessRefusal) {
        try check(.manageMembers, in: organization)
        if role == .owner { try check(.manageOwners, in: organization) }
    }
}
