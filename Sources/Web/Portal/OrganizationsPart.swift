import Domain

/// `/portal/organizations`: all organizations of the installation.
struct OrganizationsPart: PortalPart {
    let people: any PeopleDirectory

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/organizations",
                label: LocalizedText(english: "Organizations", french: "Organisations"),
                permission: .manageOrganizations)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/organizations", .permitted(.manageOrganizations), show),
            .post("/portal/organizations", .permitted(.manageOrganizations), make),
        ]
    }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let rows = try await people.organizations().map {
            PortalPage.Row(cells: [$0.name, $0.id.rawValue, "\($0.createdAt.date)"])
        }
        let form = PortalForm(
            "/portal/organizations", context.say("Make", "Créer"), in: context,
            [.text("name", context.say("Name", "Nom"))])
        return .page(
            PortalPage(
                title: context.say("Organizations", "Organisations"),
                sections: [
                    PortalPage.Section(
                        heads: [context.say("Name", "Nom"), "Id", context.say("Since", "Depuis")], rows: rows),
                    PortalPage.Section(
                        heading: context.say("Make an organization", "Créer une organisation"),
                        text: context.say("You become its owner.", "Vous en devenez propriétaire."), forms: [form]),
                ]))
    }

    private func make(_ context: PortalContext) async throws -> PortalReply {
        let (session, _, _) = try context.signedIn()
        _ = try await people.createOrganization(
            try PortalFields.name(context.form), owner: session.user.id, at: context.now)
        return .redirect("/portal/organizations")
    }
}
