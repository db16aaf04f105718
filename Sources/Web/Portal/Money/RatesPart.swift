import Domain
import HTTPTypes
import Wire

/// `/portal/admin/rates`: what a US dollar is worth in Canadian dollars, day by day.
struct RatesPart: PortalPart {
    let rates: any ExchangeRateBook

    private static let path = "/portal/admin/rates"
    /// Days that a page is of; beside their rates it has the one that was in force before them.
    private static let span = 60
    /// A rate may be entered for a day to come, too.
    private static let shown = 100
    /// The last day that has four digits for its year.
    private static let lastDay = CalendarDate(daysSince1970: 2_932_896)

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Exchange rates", french: "Taux de change"),
                permission: .readInstallation)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get(Self.path, .permitted(.readInstallation)) { .page(try page($0)) },
            .post(Self.path, .permitted(.manageRoutes), enter),
        ]
    }

    private func page(_ context: PortalContext) throws -> PortalPage {
        let last = try context.askedDay("before").map { $0.adding(days: -1) } ?? Self.lastDay
        let first = min(last, context.now.date).adding(days: -Self.span)
        let found = try rates.exchangeRates(on: first...last).reversed().prefix(Self.shown)
        var page = PortalPage(title: context.say("Exchange rates", "Taux de change"))
        page.lead = context.say(
            "Canadian dollars for a US dollar. A day's usage is converted by the latest rate that isn't of a later day.",
            "Dollars canadiens pour un dollar américain. L'usage d'un jour est converti au dernier taux qui n'est pas "
                + "d'un jour plus tardif.")
        page.sections = [
            PortalPage.Section(
                text: found.isEmpty ? context.say("There are none.", "Il n'y en a pas.") : nil,
                heads: [context.say("Day", "Jour"), context.say("Rate", "Taux"), "Source"],
                rows: found.map { PortalPage.Row(cells: [$0.day.description, $0.text, $0.source]) },
                links: try earlier(than: found.last?.day, context))
        ]
        if context.actor?.has(.manageRoutes) ?? false { page.sections.append(form(context)) }
        return page
    }

    private func earlier(than day: CalendarDate?, _ context: PortalContext) throws -> [PortalPage.Link] {
        guard let day else { return [] }
        let before = day.adding(days: -1)
        guard !(try rates.exchangeRates(on: before...before).isEmpty) else { return [] }
        return [context.following(Self.path, day.description, [])]
    }

    // MARK: Entering

    private func form(_ context: PortalContext) -> PortalPage.Section {
        let form = context.form
        let day = form["date"].isEmpty ? context.now.date.description : form["date"]
        let fields: [PortalForm.Field] = [
            .text("date", context.say("Day", "Jour"), value: day, type: "date"),
            .text(
                "cad_per_usd",
                context.say("Canadian dollars for a US dollar", "Dollars canadiens par dollar américain"),
                value: form["cad_per_usd"], hint: context.say("Such as 1.3702.", "Comme 1,3702.")),
            .text(
                "source", "Source", value: form["source"],
                hint: context.say("Who says so, such as Bank of Canada.", "Qui le dit, comme la Banque du Canada.")),
        ]
        return PortalPage.Section(
            heading: context.say("Enter a rate", "Inscrire un taux"),
            text: context.say(
                "It takes the place of another one of the same day.", "Il remplace un autre taux du même jour."),
            forms: [PortalForm(Self.path, context.say("Enter", "Inscrire"), in: context, fields)])
    }

    private func enter(_ context: PortalContext) async throws -> PortalReply {
        do {
            guard let day = CalendarDate(context.form["date"]) else {
                throw AdminError.gateway(
                    .invalidValue(
                        "date", "The day must be one such as 2026-11-27.", "Le jour doit en être un, comme 2026-11-27.")
                )
            }
            // French writes a comma.
            let rate = context.form["cad_per_usd"].replacing(",", with: ".")
            try rates.setExchangeRate(
                try ExchangeRate(
                    ["cad_per_usd": .string(rate), "source": .string(context.form["source"])], of: day))
        } catch let error as AdminError {
            var page = try page(context)
            page.problem = error.message[context.language]
            return .page(page, status: .init(code: error.status))
        }
        return .redirect(Self.path)
    }
}
