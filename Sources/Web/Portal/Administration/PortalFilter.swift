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
        guard let text = asked(name) else { return nil }
        guard let time = Timestamp(dayOrTime: text) else {
            throw .invalid(PortalProblem.text("This is no day.", "Ceci n'est pas un jour."))
        }
        return time
    }

    /// - Throws: ``PortalProblem`` for what can't be read.
    func askedDay(_ name: String) throws(PortalProblem) -> CalendarDate? {
        guard let text = asked(name) else { return nil }
        guard let day = CalendarDate(text) else {
            throw .invalid(PortalProblem.text("This is no day.", "Ceci n'est pas un jour."))
        }
        return day
    }

    /// The page that goes on from here, with the same filter.
    func following(_ path: String, _ cursor: String, _ names: [String]) -> PortalPage.Link {
        let kept = names.compactMap { name in asked(name).map { "&\(name)=\($0.percentEncoded)" } }.joined()
        return PortalPage.Link("\(path)?before=\(cursor.percentEncoded)\(kept)", say("Earlier ones", "Plus anciens"))
    }
}
