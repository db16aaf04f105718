import Domain

/// `/portal/admin/pii-audit`: what was replaced in requests, and by what. Never what it was.
struct PIIAuditPart: PortalPart {
    let audit: any PIIAuditReader

    private static let path = "/portal/admin/pii-audit"
    private static let filters = ["since", "until", "key", "type"]
    /// Requests that are counted, and values that are shown: a page stays small.
    private static let counted = 1_000
    private static let shown = 100

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "PII audit", french: "Audit RP"),
                permission: .readPIIAudit)
        ]
    }

    var routes: [PortalRoute] { [.get(Self.path, .permitted(.readPIIAudit), show)] }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let query = try query(context)
        let entries = try await audit.piiAudit(query)
        let page = Self.pageful(of: entries, query.type)
        var list = PortalPage.Section(
            heading: context.say("Values", "Valeurs"),
            text: page.values.isEmpty ? context.say("There are none.", "Il n'y en a pas.") : nil,
            heads: heads(context), rows: page.values.map { row($0, context) },
            links: page.next.map { [context.following(Self.path, $0.hex, Self.filters)] } ?? [])
        list.filter = filter(context)
        return .page(
            PortalPage(
                title: context.say("Personal information that was replaced", "Renseignements personnels remplacés"),
                lead: context.say(
                    "What was replaced, how often and by what. What it was is kept nowhere.",
                    "Ce qui a été remplacé, combien de fois et par quoi. L'original n'est gardé nulle part."),
                sections: [list, counts(entries, query.type, context)]))
    }

    private func query(_ context: PortalContext) throws -> PIIAuditQuery {
        let (_, _, organization) = try context.signedIn()
        var query = PIIAuditQuery(organization: organization.id, limit: Self.counted)
        query.since = try context.askedTime("since")
        query.until = try context.askedTime("until")
        query.key = context.asked("key")
        query.type = EntityType.allCases.first { $0.name == context.query("type") }
        query.before = RequestID(hex: context.query("before"))
        return query
    }

    /// Whole requests, as many as have up to so many values, and one at the least.
    private static func pageful(
        of entries: [PIIAuditEntry], _ type: EntityType?
    ) -> (values: [PIIAuditValue], next: RequestID?) {
        var values: [PIIAuditValue] = []
        for (index, entry) in entries.enumerated() {
            let own = entry.values(of: type)
            if index > 0, values.count + own.count > shown { return (values, entries[index - 1].request) }
            values += own.prefix(shown)
        }
        return (values, entries.count < counted ? nil : entries.last?.request)
    }

    private func heads(_ context: PortalContext) -> [String] {
        [
            context.say("Time", "Moment"), context.say("Request", "Requête"), context.say("Key", "Clé"),
            context.say("Type", "Type"), context.say("Times", "Fois"), context.say("By", "Par"),
        ]
    }

    private func row(_ value: PIIAuditValue, _ context: PortalContext) -> PortalPage.Row {
        PortalPage.Row(
            cells: [
                value.time.description, value.request.hex, value.key, value.type, String(value.count), value.standIn,
            ], links: [.request(value.request, context)])
    }

    private func counts(
        _ entries: [PIIAuditEntry], _ type: EntityType?, _ context: PortalContext
    ) -> PortalPage.Section {
        let values = entries.flatMap { $0.values(of: type) }
        let rows = Dictionary(grouping: values, by: \.type).sorted { $0.key < $1.key }.map { name, values in
            PortalPage.Row(cells: [name, String(values.count), String(values.reduce(0) { $0 + $1.count })])
        }
        let all = entries.count < Self.counted
        return PortalPage.Section(
            heading: context.say("By type", "Par type"),
            text: context.say(
                all ? "In \(entries.count) requests." : "In the newest \(entries.count) requests.",
                all ? "Dans \(entries.count) requêtes." : "Dans les \(entries.count) dernières requêtes."),
            heads: [
                context.say("Type", "Type"), context.say("Values", "Valeurs"),
                context.say("Replacements", "Remplacements"),
            ], rows: rows)
    }

    private func filter(_ context: PortalContext) -> PortalFilter {
        PortalFilter(
            Self.path, in: context,
            [
                .day("since", context.say("Since", "Depuis"), in: context),
                .day("until", context.say("Until", "Jusqu'au"), in: context),
                .optional("key", context.say("Key (id)", "Clé (identifiant)"), in: context),
                .optional("type", "Type", EntityType.allCases.map { ($0.name, $0.name) }, in: context),
            ])
    }
}
