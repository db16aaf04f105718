import Domain
import HTTPTypes
import Wire

/// `/portal/credits`: what the organization at hand has paid in advance. Who sells credits enters them here, for any
/// organization.
struct CreditsPart: PortalPart {
    let credits: any CreditLedger
    let people: any PeopleDirectory

    private static let path = "/portal/credits"
    /// Entries on a page.
    private static let shown = 50

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Credits", french: "Crédits"), permission: .readUsage)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get(Self.path, .permitted(.readUsage)) { .page(try await page($0)) },
            .post(Self.path, .permitted(.manageOrganizations), enter),
        ]
    }

    private func page(_ context: PortalContext) async throws -> PortalPage {
        let (_, actor, organization) = try context.signedIn()
        let standing = try credits.creditStanding(of: organization.id)
        let entries = try credits.creditEntries(
            of: organization.id, before: try cursor(context), atMost: Self.shown)
        var page = PortalPage(title: context.say("Credits", "Crédits"), lead: organization.name)
        page.sections = [
            PortalPage.Section(html: facts(standing, context)), list(entries, of: organization.id, context),
        ]
        if actor.has(.manageOrganizations) { page.sections.append(try await form(context)) }
        return page
    }

    private func cursor(_ context: PortalContext) throws(PortalProblem) -> CreditCursor? {
        guard let text = context.asked("before") else { return nil }
        guard let cursor = CreditCursor(text) else {
            throw .invalid(PortalProblem.text("There is no such page.", "Il n'y a pas de telle page."))
        }
        return cursor
    }

    private func facts(_ standing: CreditStanding, _ context: PortalContext) -> HTML {
        guard let balance = standing.balance else {
            let text = context.say(
                "This organization pays afterwards: nothing was paid in advance.",
                "Cette organisation paie après coup : rien n'a été payé d'avance.")
            return "<p>\(text)</p>"
        }
        return """
            <ul class="facts"><li><strong>\(balance)</strong>\(context.say("US dollars left", "dollars américains restants"))</li>\
            <li><strong>\(standing.reserved)</strong>\
            \(context.say("US dollars held by requests under way", "dollars américains retenus par des requêtes en cours"))\
            </li></ul>
            """
    }

    // MARK: Entries

    private func list(
        _ page: CreditPage, of organization: OrganizationID, _ context: PortalContext
    ) -> PortalPage.Section {
        let heads: [HTML] = [
            .head(context.say("Time", "Moment")), .head(context.say("Kind", "Sorte")),
            .head(context.say("US$", "$ US"), isNumber: true), .head(context.say("Reference", "Référence")),
            .head("Note"), .head(context.say("By", "Par")),
        ]
        let heading = context.say("Entries", "Écritures")
        let table: HTML =
            page.entries.isEmpty
            ? .empty(context.say("There are none.", "Il n'y en a pas."))
            : .table(heading, heads: heads, rows: page.entries.map { row($0, of: organization, context) })
        return PortalPage.Section(
            heading: heading, links: page.next.map { [context.following(Self.path, $0.description, [])] } ?? [],
            html: table)
    }

    private func row(_ entry: CreditEntry, of organization: OrganizationID, _ context: PortalContext) -> HTML {
        let sign = entry.credit == CreditAccount.credits(of: organization) ? "+" : "−"
        return """
            <tr><td>\(entry.at.minuteText)</td><td>\(entry.kind.label[context.language])</td>\
            \(HTML.number("\(sign)\(entry.amount)"))<th scope="row">\(entry.reference)</th>\
            <td>\(Self.shortened(entry.note ?? ""))</td><td>\(entry.madeBy)</td></tr>
            """
    }

    /// A page stays small: the admin API has the whole of it.
    private static func shortened(_ note: String) -> String {
        note.count > 150 ? note.prefix(150) + "…" : note
    }

    // MARK: Entering

    private func form(_ context: PortalContext, keeping kept: Bool = false) async throws -> PortalPage.Section {
        let value = { (name: String) in kept ? context.form[name] : "" }
        let kinds = CreditEntry.Kind.allCases.filter { $0 != .usage }.map { ($0.rawValue, $0.label[context.language]) }
        let fields: [PortalForm.Field] = [
            try await people.organizationField(
                context.say("For", "Pour"), among: [("", context.say("choose one", "à choisir"))],
                selected: value("organization"), context),
            .choice("kind", context.say("Kind", "Sorte"), kinds, selected: value("kind")),
            .text(
                "amount_usd", context.say("US dollars", "Dollars américains"), value: value("amount_usd"),
                hint: context.say(
                    "Such as 12.50. An adjustment that takes has a minus sign.",
                    "Comme 12,50. Un ajustement qui retire porte un signe moins.")),
            .text(
                "reference", context.say("Reference", "Référence"), value: value("reference"),
                hint: context.say(
                    "What names the entry. Sent twice, it is entered once.",
                    "Ce qui nomme l'écriture. Envoyée deux fois, elle est inscrite une fois.")),
            .optional("note", "Note", value: value("note")),
        ]
        return PortalPage.Section(
            heading: context.say("Enter", "Inscrire"),
            text: context.say("An entry is never changed or removed.", "Une écriture n'est jamais changée ni retirée."),
            forms: [PortalForm(Self.path, context.say("Enter", "Inscrire"), in: context, fields)])
    }

    private func enter(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, _) = try context.signedIn()
        do {
            let organization = try await people.known(OrganizationID(rawValue: context.form["organization"]))
            let draft = try CreditDraft(body(context))
            let made = try credits.addCredit(draft, to: organization, by: actor.bookkeepingName, at: context.now)
            var page = try await page(context)
            page.notice = notice(made.entry, isNew: made.isNew, context)
            return .page(page)
        } catch {
            guard let (problem, status) = Self.problem(error) else { throw error }
            var page = PortalPage(title: context.say("Credits", "Crédits"), problem: problem[context.language])
            page.sections = [try await form(context, keeping: true)]
            return .page(page, status: .init(code: status))
        }
    }

    /// What the admin API takes for the same, so that it is read and refused by one piece of code.
    private func body(_ context: PortalContext) -> JSONObject {
        let text = { (name: String) -> JSON in context.form[name].isEmpty ? .null : .string(context.form[name]) }
        // French writes a comma.
        let amount = context.form["amount_usd"].replacing(",", with: ".").filter { !$0.isWhitespace }
        return [
            "kind": text("kind"), "amount_usd": amount.isEmpty ? .null : .string(amount),
            "reference": text("reference"), "note": text("note"),
        ]
    }

    private func notice(_ entry: CreditEntry, isNew: Bool, _ context: PortalContext) -> String {
        let (kind, organization) = (entry.kind.label[context.language], entry.organization.rawValue)
        return isNew
            ? context.say(
                "Entered as \(entry.id): \(kind), \(entry.amount) US dollars, \(organization).",
                "Inscrit sous \(entry.id) : \(kind), \(entry.amount) dollars américains, \(organization).")
            : context.say(
                "This was entered before, as \(entry.id): nothing was added.",
                "C'était déjà inscrit, sous \(entry.id) : rien n'a été ajouté.")
    }

    private static func problem(_ error: any Error) -> (LocalizedText, status: Int)? {
        switch error {
        case AdminError.organizationNotFound: (PortalProblem.refused(.unknown).message, 404)
        case let error as AdminError: (error.message, error.status)
        case let error as CreditError: (error.message, AdminError.credits(error).status)
        default: nil
        }
    }
}

extension CreditEntry.Kind {
    var label: LocalizedText {
        switch self {
        case .topUp: LocalizedText(english: "top-up", french: "apport")
        case .adjustment: LocalizedText(english: "adjustment", french: "ajustement")
        case .refund: LocalizedText(english: "refund", french: "remboursement")
        case .usage: LocalizedText(english: "usage", french: "usage")
        }
    }
}
