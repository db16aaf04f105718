import Domain

/// Chooses period, grouping, key and route.
struct UsageForm {
    let html: HTML

    /// - Parameters:
    ///   - names: what the organization's keys are called.
    ///   - routes: those that were used.
    init(_ ask: UsageAsk, names: [APIKey.ID: String], routes: [Route.ID], _ context: PortalContext) {
        let keys = names.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { ($0.key, $0.value) }
        html = """
            <form class="filters" method="get" action="/portal/usage" data-instant \
            aria-label="\(context.say("What is shown", "Ce qui est montré"))">
            <label>\(context.say("From", "Du"))<input type="date" name="from" value="\(ask.days.lowerBound)"></label>
            <label>\(context.say("To", "Au"))<input type="date" name="to" value="\(ask.days.upperBound)"></label>
            \(HTML.select("group_by", context.say("Told apart", "Distinguer"), [
                ("route", context.say("by route", "par route")), ("key", context.say("by key", "par clé")),
            ], chosen: ask.grouping.rawValue))
            \(HTML.select("key", context.say("Key", "Clé"), [("", context.say("All", "Toutes"))] + keys, chosen: ask.key))
            \(HTML.select("route", "Route", [("", context.say("All", "Toutes"))] + Self.with(ask.route, routes), chosen: ask.route))
            <button class="button second">\(context.say("Show", "Afficher"))</button></form>
            """
    }

    /// The chosen one is offered also where nothing of it was used.
    private static func with(_ chosen: Route.ID?, _ routes: [Route.ID]) -> [(value: String, label: String)] {
        Set(routes + [chosen].compactMap(\.self)).sorted().map { ($0, $0) }
    }
}

extension HTML {
    static func select(
        _ name: String, _ label: String, _ options: [(value: String, label: String)], chosen: String?
    ) -> HTML {
        let options = options.map { value, label -> HTML in
            "<option value=\"\(value)\"\(value == (chosen ?? "") ? " selected" : "")>\(label)</option>"
        }
        return "<label>\(label)<select name=\"\(name)\">\(options)</select></label>"
    }
}
