import Domain

/// `/portal/playground`: tries a route in the browser, which calls the gateway as any program does. The one page that does
/// nothing without a script.
struct PlaygroundPart: PortalPart {
    let keys: any KeyAdministration
    let catalog: any CatalogReader

    /// Of a key that is made for trying.
    private static let keySeconds: Int64 = 3_600
    private static let keyRequestsPerMinute = 30
    private static let keyBudget = Money(picodollars: 1_000_000_000_000)

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/playground", label: LocalizedText(english: "Playground", french: "Essais"),
                permission: .usePlayground)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/playground", .permitted(.usePlayground)) { .page(page($0)) },
            .post("/portal/playground/key", .permitted(.manageKeys), makeKey),
        ]
    }

    private func makeKey(_ context: PortalContext) async throws -> PortalReply {
        let (session, actor, organization) = try context.signedIn()
        try actor.check(.usePlayground, in: organization.id)
        let limits = KeyLimits(requestsPerMinute: Self.keyRequestsPerMinute, budget: Budget(total: Self.keyBudget))
        let draft = KeyDraft(
            name: String("\(context.say("Playground", "Essais")), \(session.user.name)".prefix(100)),
            policy: KeyPolicy(tiers: Set(Tier.allCases), limits: limits), environment: .test,
            expiresAt: context.now.adding(seconds: Self.keySeconds), organization: organization.id)
        let (_, secret) = try await keys.createKey(draft)
        var page = page(context, key: secret.text)
        page.notice = context.say(
            "A key for an hour and for one dollar is filled in below.",
            "Une clé pour une heure et un dollar est inscrite ci-dessous.")
        return .page(page)
    }

    private func page(_ context: PortalContext, key: String = "") -> PortalPage {
        var page = PortalPage(title: context.say("Playground", "Essais"))
        page.script = "playground.js"
        page.lead = context.say(
            "Requests go from this browser to the gateway, with a key. They are charged and recorded as any others.",
            "Les requêtes vont de ce navigateur à la passerelle, avec une clé. Elles sont facturées et consignées comme les autres."
        )
        page.sections = [PortalPage.Section(html: form(context, key))]
        if key.isEmpty {
            page.sections.append(
                PortalPage.Section(
                    heading: context.say("No key at hand?", "Pas de clé sous la main ?"),
                    forms: [
                        PortalForm(
                            "/portal/playground/key",
                            context.say("Make one for an hour", "En créer une pour une heure"),
                            in: context)
                    ]))
        }
        return page
    }

    private func form(_ context: PortalContext, _ key: String) -> HTML {
        let routes = catalog.routes().map(\.id).sorted()
        return """
            <noscript><p class="problem">\(context.say("This page does nothing without JavaScript.", "Cette page ne fait rien sans JavaScript."))</p></noscript>
            <form class="fields broad" data-playground>
            <label>\(context.say("Key", "Clé"))<input name="key" type="password" autocomplete="off" required value="\(key)"></label>
            <label>Route<select name="model">\(routes.map { HTML("<option>\($0)</option>") })</select></label>
            <label>\(context.say("Text", "Texte"))<textarea name="text" rows="6" required></textarea></label>
            <label>\(context.say("Image", "Image"))<input name="image" type="file" accept="image/png,image/jpeg,image/gif,image/webp"></label>
            <label class="check"><input name="stream" type="checkbox" checked> \(context.say("As a stream", "En flux"))</label>
            <label class="check"><input name="pii" type="checkbox"> \(context.say("Replace personal information", "Remplacer les renseignements personnels"))</label>
            <p class="row"><button class="button">\(context.say("Send", "Envoyer"))</button>
            <button class="button second" type="button" data-explain>\(context.say("What would be replaced?", "Que remplacerait-on ?"))</button></p>
            </form>
            <p class="problem" role="alert" data-problem hidden></p>
            <section aria-label="\(context.say("Answer", "Réponse"))" aria-live="polite"><p class="answer" data-answer></p></section>
            <div data-facts></div>
            """
    }
}
