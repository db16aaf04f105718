import Domain

/// `/portal/admin/routes`: the endpoints of all routes, as the event loops see them at this moment.
struct EndpointsPart: PortalPart {
    let health: any EndpointHealthReader
    let drifts: any DriftReader

    private static let path = "/portal/admin/routes"
    /// Endpoints on a page, and requests with a drift that are looked at.
    private static let shown = 100
    private static let driftsLookedAt = 1_000

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Endpoints", french: "Points d'accès"),
                permission: .readInstallation)
        ]
    }

    var routes: [PortalRoute] { [.get(Self.path, .permitted(.readInstallation), show)] }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let all = try await health.endpointHealth()
        let page = try await drifts.drifts(before: nil, ofAtMost: Self.driftsLookedAt)
        let counts = Dictionary(page.drifts.map { ($0.route, 1) }, uniquingKeysWith: +)
        let (shown, links) = context.pageful(of: all, atMost: Self.shown, on: Self.path)
        let troubled = all.count { !$0.hasCredential || $0.openUntil != nil }
        return .page(
            PortalPage(
                title: context.say("Endpoints", "Points d'accès"),
                lead: context.say(
                    "\(all.count) endpoints, \(troubled) of them not usable now.",
                    "\(all.count) points d'accès, dont \(troubled) inutilisables en ce moment."),
                sections: [
                    PortalPage.Section(
                        heads: heads(context), rows: shown.map { row($0, counts[$0.route] ?? 0, context) },
                        links: links)
                ]))
    }

    private func heads(_ context: PortalContext) -> [String] {
        [
            "Route", context.say("Endpoint", "Point d'accès"), context.say("State", "État"),
            context.say("Under way", "En cours"), context.say("Failures in a row", "Échecs de suite"),
            context.say("Last failure", "Dernier échec"), context.say("Drifts", "Dérives"),
        ]
    }

    private func row(_ health: EndpointHealth, _ drifts: Int, _ context: PortalContext) -> PortalPage.Row {
        let state: String
        if !health.hasCredential {
            state = context.say("no credential", "sans accréditation")
        } else if let end = health.openUntil {
            state = context.say("left alone until \(end)", "laissé de côté jusqu'à \(end)")
        } else {
            state = context.say("in use", "utilisé")
        }
        let link = PortalPage.Link(DriftPart.path, context.say("Drift", "Dérives"))
        return PortalPage.Row(
            cells: [
                health.route, "\(health.endpoint) (\(health.region))", state, String(health.load),
                String(health.failures), health.lastFailureAt?.description ?? "–", String(drifts),
            ], links: drifts > 0 ? [link] : [])
    }
}
