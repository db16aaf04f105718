import Domain

/// A form that only looks: it asks for the same page with what was chosen in its address.
struct PortalFilter: Sendable {
    let action: String
    let submit: String
    let fields: [PortalForm.Field]

    init(_ action: String, in context: PortalContext, _ fields: [PortalForm.Field]) {
        self.action = action.escapedForHTML
        self.submit = context.say("Filter", "Filtrer")
        self.fields = fields
    }
}

extension PortalForm.Field {
    /// A day, in what a browser sends: `2026-11-27`.
    static func day(_ name: String, _ label: String, in context: PortalContext) -> Self {
        optional(name, label, in: context, type: "date")
    }

    /// A text that may stay empty, with what was asked for.
    static func optional(_ name: String, _ label: String, in context: PortalContext, type: String = "text") -> Self {
        Self(
            name: name, label: label, type: type, autocomplete: "off", value: context.query(name).escapedForHTML,
            hint: nil, options: [], isRequired: false, isSelect: false)
    }

    /// One of several, or any.
    static func optional(
        _ name: String, _ label: String, _ options: [(value: String, label: String)], in context: PortalContext
    ) -> Self {
        choice(
            name, label, [("", context.say("any", "tous"))] + options, selected: context.query(name))
    }
}

extension PortalContext {
    /// Nil for what wasn't asked for.
    func asked(_ name: String) -> String? {
        let text = query(name)
        return text.isEmpty ? nil : text
    }

    /// - Throws: ``PortalProblem`` for what can't be read.
    func askedTime(_ name: String) throws(PortalProblem) -> Timestamp? {
        try askedDate(name) { Timestamp(dayOrTime: $0) }
    }

    /// - Throws: ``PortalProblem`` for what can't be read.
    func askedDay(_ name: String) throws(PortalProblem) -> CalendarDate? {
        try askedDate(name) { CalendarDate($0) }
    }

    private func askedDate<Date>(_ name: String, _ read: (String) -> Date?) throws(PortalProblem) -> Date? {
        guard let text = asked(name) else { return nil }
        guard let date = read(text) else {
            throw .invalid(PortalProblem.text("This is no day.", "Ceci n'est pas un jour."))
        }
        return date
    }

    /// The part of a list that the page's `from` asks for, with a link to what comes behind it.
    func pageful<Element>(
        of all: [Element], atMost count: Int, on path: String
    ) -> (shown: ArraySlice<Element>, links: [PortalPage.Link]) {
        let start = min(max(0, Int(query("from")) ?? 0), all.count)
        let shown = all[start...].prefix(count)
        guard shown.endIndex < all.endIndex else { return (shown, []) }
        return (shown, [PortalPage.Link("\(path)?from=\(shown.endIndex)", say("More", "Suite"))])
    }

    /// The page that goes on from here, with the same filter.
    func following(_ path: String, _ cursor: String, _ names: [String]) -> PortalPage.Link {
        let kept = names.compactMap { name in asked(name).map { "&\(name)=\($0.percentEncoded)" } }.joined()
        return PortalPage.Link("\(path)?before=\(cursor.percentEncoded)\(kept)", say("Earlier ones", "Plus anciens"))
    }
}
