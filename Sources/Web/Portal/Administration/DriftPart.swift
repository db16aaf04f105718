import Domain

/// `/portal/admin/drift`: the upstreams that were other than their routes say.
struct DriftPart: PortalPart {
    let drifts: any DriftReader

    static let path = "/portal/admin/drift"
    private static let shown = 50
    private static let counted = 1_000

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Drift", french: "Dérives"),
                permission: .readInstallation)
        ]
    }

    var routes: [PortalRoute] { [.get(Self.path, .permitted(.readInstallation), show)] }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let before = RequestID(hex: context.query("before"))
        let page = try await drifts.drifts(before: before, ofAtMost: Self.shown)
        let newest = try await drifts.drifts(before: nil, ofAtMost: Self.counted)
        let list = PortalPage.Section(
            heading: context.say("Events", "Événements"),
            text: page.drifts.isEmpty ? context.say("There are none.", "Il n'y en a pas.") : nil,
            heads: [
                context.say("Time", "Moment"), context.say("Kind", "Sorte"), "Route",
                context.say("Expected", "Attendu"), context.say("Seen", "Vu"), context.say("Sent", "Envoyé"),
            ],
            rows: page.drifts.map { row($0, context) },
            links: page.next.map { [context.following(Self.path, $0.hex, [])] } ?? [])
        return .page(
            PortalPage(
                title: context.say("Drift", "Dérives"),
                lead: context.say(
                    "Upstreams that were other than their routes say.",
                    "Des fournisseurs autres que ce que disent leurs routes."),
                sections: [counts(newest, context), list]))
    }

    private func counts(_ page: DriftPage, _ context: PortalContext) -> PortalPage.Section {
        let counts = Dictionary(page.drifts.map { ($0.kind, 1) }, uniquingKeysWith: +)
        let rows = counts.sorted { $0.key < $1.key }.map { PortalPage.Row(cells: [$0.key, String($0.value)]) }
        let number = page.drifts.count
        let isAll = page.next == nil
        return PortalPage.Section(
            heading: context.say("By kind", "Par sorte"),
            text: context.say(
                isAll ? "\(number) in all." : "\(number) in the newest \(Self.counted) requests that have some.",
                isAll ? "\(number) en tout." : "\(number) dans les \(Self.counted) dernières requêtes qui en ont."),
            heads: [context.say("Kind", "Sorte"), context.say("Drifts", "Dérives")], rows: rows)
    }

    /// The request is the operator's to look at where it is of the operator's organization.
    private func row(_ drift: RecordedDrift, _ context: PortalContext) -> PortalPage.Row {
        let isOwn = drift.organization == context.session?.membership?.organization.id.rawValue
        return PortalPage.Row(
            cells: [
                drift.time, drift.kind, drift.route, drift.expected, drift.seen,
                drift.wasSent ? context.say("yes", "oui") : context.say("no", "non"),
            ],
            links: isOwn ? [.request(drift.request, context)] : [])
    }
}

extension PortalPage.Link {
    /// To the page of a request.
    static func request(_ id: RequestID, _ context: PortalContext) -> PortalPage.Link {
        PortalPage.Link("/portal/requests/\(id.hex)", context.say("Request", "Requête"))
    }
}
