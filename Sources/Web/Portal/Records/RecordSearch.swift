import Domain

/// Which records a page or an export shows. What can't be read is as if nothing had been said.
struct RecordSearch {
    var query: CustodyQuery

    /// - Parameter limit: records at once.
    init(limit: Int, _ value: (String) -> String) {
        query = CustodyQuery(limit: limit)
        query.from = Self.time(value("from"))
        query.to = Self.time(value("to"))
        query.route = Self.text(value("route"))
        query.key = Self.text(value("key"))
        query.outcome = CustodyRecord.Outcome(rawValue: value("outcome"))
        query.cursor = RequestID(hex: value("cursor"))
    }

    /// A day, a time of RFC 3339, or what a browser's field of a time sends, which is meant in UTC here.
    private static func time(_ text: String) -> Timestamp? {
        Timestamp(dayOrTime: text) ?? Timestamp(rfc3339: text + ":00Z") ?? Timestamp(rfc3339: text + "Z")
    }

    private static func text(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// As the query of an address, escaped for one; without the cursor.
    var parameters: String {
        let pairs: [(name: String, value: String?)] = [
            ("from", query.from?.description), ("to", query.to?.description), ("route", query.route),
            ("key", query.key), ("outcome", query.outcome?.rawValue),
        ]
        return pairs.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }.joined(separator: "&")
    }

    /// The fields of a form, filled in.
    func fields(keys: [APIKey.ID: String], routes: [Route.ID], _ context: PortalContext) -> HTML {
        let all = context.say("All", "Toutes")
        let known = Set(routes + [query.route].compactMap(\.self)).sorted().map { ($0, $0) }
        let named = keys.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { ($0.key, $0.value) }
        let others = query.key.map { keys[$0] == nil ? [($0, $0)] : [] } ?? []
        let outcomes = CustodyRecord.Outcome.allCases.map { ($0.rawValue, $0.label[context.language]) }
        return """
            <label>\(context.say("From (UTC)", "Du (UTC)"))<input type="datetime-local" name="from" value="\(Self.field(query.from))"></label>
            <label>\(context.say("Before (UTC)", "Avant le (UTC)"))<input type="datetime-local" name="to" value="\(Self.field(query.to))"></label>
            \(HTML.select("route", "Route", [("", all)] + known, chosen: query.route))
            \(HTML.select("key", context.say("Key", "Clé"), [("", all)] + named + others, chosen: query.key))
            \(HTML.select("outcome", context.say("Outcome", "Issue"), [("", all)] + outcomes, chosen: query.outcome?.rawValue))
            """
    }

    private static func field(_ time: Timestamp?) -> String { time.map { String($0.description.prefix(16)) } ?? "" }
}

extension CustodyRecord.Outcome {
    var label: LocalizedText {
        switch self {
        case .open: LocalizedText(english: "in progress", french: "en cours")
        case .completed: LocalizedText(english: "completed", french: "terminée")
        case .refused: LocalizedText(english: "refused", french: "refusée")
        case .failed: LocalizedText(english: "failed", french: "échouée")
        case .cancelled: LocalizedText(english: "cancelled", french: "annulée")
        case .interrupted: LocalizedText(english: "interrupted", french: "interrompue")
        }
    }

    func html(in language: Language) -> HTML { .badge(rawValue, label[language]) }
}
