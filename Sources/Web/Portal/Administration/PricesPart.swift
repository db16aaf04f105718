import Domain

/// `/portal/admin/prices`: what upstreams charge, and what is charged, by the catalogue's list of prices.
struct PricesPart: PortalPart {
    let catalog: any CatalogReader

    private static let path = "/portal/admin/prices"
    private static let shown = 100

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Prices", french: "Prix"),
                permission: .readInstallation)
        ]
    }

    var routes: [PortalRoute] { [.get(Self.path, .permitted(.readInstallation), show)] }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let all = catalog.routes()
        let (shown, links) = context.pageful(of: all, atMost: Self.shown, on: Self.path)
        return .page(
            PortalPage(
                title: context.say("Prices", "Prix"),
                lead: context.say(
                    "US dollars for a million tokens. A request's record names the list that it was charged by.",
                    "En dollars américains par million de jetons. Le dossier d'une requête nomme sa liste de prix."),
                sections: [
                    PortalPage.Section(
                        heads: [
                            "Route", context.say("List", "Liste"),
                            context.say("Cost, in / out", "Coût, entrée / sortie"),
                            context.say("Charge, in / out", "Facturé, entrée / sortie"),
                            context.say("Long prompts", "Longues requêtes"),
                        ], rows: shown.map { row($0, context) }, links: links)
                ]))
    }

    private func row(_ route: Route, _ context: PortalContext) -> PortalPage.Row {
        let prices = route.prices
        func pair(_ prices: TokenPrices) -> String { "\(prices.input.asDollars) / \(prices.output.asDollars)" }
        let long = prices.longPrompt.map { long in
            context.say(
                "above \(long.aboveTokens) tokens: \(pair(long.charge))",
                "au-delà de \(long.aboveTokens) jetons : \(pair(long.charge))")
        }
        return PortalPage.Row(cells: [route.id, prices.id, pair(prices.cost), pair(prices.charge), long ?? "–"])
    }
}
