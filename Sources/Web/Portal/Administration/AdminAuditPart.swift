import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore

/// `/portal/admin/audit`: who has changed what.
struct AdminAuditPart: PortalPart {
    let audit: any AdminAuditReader

    private static let path = "/portal/admin/audit"
    private static let filters = ["since", "until", "actor", "action", "object"]
    private static let shown = 50

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Changes", french: "Changements"),
                permission: .readAdminAudit)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get(Self.path, .permitted(.readAdminAudit), list),
            .get("\(Self.path)/:id", .permitted(.readAdminAudit), show),
            .get("\(Self.path)/:id/receipt", .permitted(.readAdminAudit), receipt),
        ]
    }

    // MARK: The list

    private func list(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, _) = try context.signedIn()
        var query = AdminAuditQuery(AuditReach(of: actor), limit: Self.shown)
        query.since = try context.askedTime("since")
        query.until = try context.askedTime("until")
        query.actor = context.asked("actor")
        query.object = context.asked("object")
        query.action = AdminAction(rawValue: context.query("action"))
        query.before = context.asked("before")
        let entries = try await audit.entries(query)
        let next = entries.count < Self.shown ? nil : entries.last?.id
        var section = PortalPage.Section(
            text: entries.isEmpty ? context.say("There are none.", "Il n'y en a pas.") : nil,
            heads: [
                context.say("Time", "Moment"), context.say("Who", "Qui"), context.say("What", "Quoi"),
                context.say("Of", "Objet"),
            ],
            rows: entries.map { row($0, context) },
            links: next.map { [context.following(Self.path, $0, Self.filters)] } ?? [])
        section.filter = filter(context)
        var page = PortalPage(title: context.say("Changes", "Changements"), sections: [section])
        page.lead = context.say(
            "Who has changed what. Each change has an entry in the custody log.",
            "Qui a changé quoi. Chaque changement a une entrée dans le journal de garde.")
        if !entries.allSatisfy(\.isAsLogged) { page.problem = tampered(context) }
        return .page(page)
    }

    private func row(_ entry: AdminAuditEntry, _ context: PortalContext) -> PortalPage.Row {
        let change = AuditedChange(entry)
        let mark = entry.isAsLogged ? "" : context.say(" (altered)", " (altéré)")
        return PortalPage.Row(
            cells: [change.time, change.actor, change.action + mark, change.object],
            links: [PortalPage.Link("\(Self.path)/\(entry.id)", context.say("Look", "Voir"))])
    }

    private func tampered(_ context: PortalContext) -> String {
        context.say(
            "What is marked isn't what the custody log has: somebody has altered the database. Compare it with a backup.",
            "Ce qui est marqué n'est pas ce que dit le journal de garde : la base a été altérée. Comparez à une sauvegarde."
        )
    }

    private func filter(_ context: PortalContext) -> PortalFilter {
        PortalFilter(
            Self.path, in: context,
            [
                .day("since", context.say("Since", "Depuis"), in: context),
                .day("until", context.say("Until", "Jusqu'au"), in: context),
                .optional("actor", context.say("Who (e-mail or id)", "Qui (adresse ou id)"), in: context),
                .optional(
                    "action", context.say("What", "Quoi"), AdminAction.allCases.map { ($0.rawValue, $0.rawValue) },
                    in: context),
                .optional("object", context.say("Of (id)", "Objet (id)"), in: context),
            ])
    }

    // MARK: One change

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, _) = try context.signedIn()
        let id = context.parameter("id")
        guard let entry = try await audit.entry(id, within: AuditReach(of: actor)) else { throw AccessRefusal.unknown }
        let change = AuditedChange(entry)
        var page = PortalPage(title: change.action, lead: change.id)
        if !entry.isAsLogged { page.problem = tampered(context) }
        page.sections = [facts(change, context), states(change, context), logged(entry, context)]
        return .page(page)
    }

    private func facts(_ change: AuditedChange, _ context: PortalContext) -> PortalPage.Section {
        let facts: [(String, String?)] = [
            (context.say("Time", "Moment"), change.time), (context.say("Who", "Qui"), change.actor),
            (context.say("From", "Depuis"), change.address), (context.say("Of", "Objet"), change.object),
            (context.say("Organization", "Organisation"), change.organization),
        ]
        return PortalPage.Section(
            heads: [context.say("Member", "Membre"), context.say("Value", "Valeur")],
            rows: facts.compactMap { name, value in value.map { PortalPage.Row(cells: [name, $0]) } })
    }

    private func states(_ change: AuditedChange, _ context: PortalContext) -> PortalPage.Section {
        let rows = change.members.map { member in
            let mark = member.isChanged ? context.say("changed", "changé") : ""
            return PortalPage.Row(cells: [member.name, member.before, member.after, mark])
        }
        return PortalPage.Section(
            heading: context.say("Before and after", "Avant et après"),
            text: rows.isEmpty
                ? context.say("Nothing of it can be shown.", "Rien n'en peut être montré.")
                : context.say(
                    "Secrets are digests, which nobody can find them from.",
                    "Les secrets sont des empreintes, d'où personne ne les retrouve."),
            heads: rows.isEmpty
                ? []
                : [
                    context.say("Member", "Membre"), context.say("Before", "Avant"), context.say("After", "Après"),
                    context.say("Difference", "Différence"),
                ], rows: rows)
    }

    private func logged(_ entry: AdminAuditEntry, _ context: PortalContext) -> PortalPage.Section {
        let index = entry.place.index
        let text =
            entry.isAsLogged
            ? context.say(
                "Entry \(index) of the custody log is of exactly this. Check it with 'northern custody verify'.",
                "L'entrée \(index) du journal de garde porte exactement ceci. Vérifiez avec « northern custody verify »."
            )
            : context.say(
                "Entry \(index) of the custody log is of something else.",
                "L'entrée \(index) du journal de garde porte autre chose.")
        return PortalPage.Section(
            heading: context.say("In the log", "Dans le journal"), text: text,
            links: [PortalPage.Link("\(Self.path)/\(entry.id)/receipt", context.say("Receipt", "Reçu"))])
    }

    private func receipt(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, _) = try context.signedIn()
        let id = context.parameter("id")
        switch try await audit.receipt(id, within: AuditReach(of: actor)) {
        case .file(let bytes)?:
            return .file(
                ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)), contentType: "text/plain; charset=utf-8",
                name: "\(id).tlog-proof")
        case .unpublished?: throw PortalProblem.notReady
        case .open?, .unlogged?, nil: throw AccessRefusal.unknown
        }
    }
}
