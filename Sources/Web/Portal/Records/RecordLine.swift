import Domain
import Wire

/// What a list tells of a record.
struct RecordLine {
    let id: RequestID
    let openedAt: String
    /// The one that answered or was tried last, else the one that was asked for.
    let route: String
    let key: APIKey.ID
    let outcome: CustodyRecord.Outcome?
    let status: Int?
    let tokens: Int?
    let charge: Money?
    let logIndex: Int?

    /// Nil for what can't be read.
    init?(_ record: ArchivedRecord) {
        guard let json = try? JSON(parsing: record.json), let openedAt = json["opened_at"]?.string,
            let key = json["key"]?.string
        else { return nil }
        id = record.id
        self.openedAt = openedAt
        self.key = key
        route = json["route"]?.string ?? json["asked_route"]?.string ?? ""
        outcome = json["outcome"]?.string.flatMap { CustodyRecord.Outcome(rawValue: $0) }
        status = json["status"]?.int
        tokens = json["usage"].map(Self.tokens)
        charge = Money(recorded: json["money"]?["charge_picodollars"])
        logIndex = record.place?.index
    }

    private static func tokens(_ usage: JSON) -> Int {
        ["input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"]
            .compactMap { usage[$0]?.int }.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    func row(keys: [APIKey.ID: String], _ context: PortalContext) -> HTML {
        """
        <tr><th scope="row"><a href="/portal/requests/\(id.hex)">\(openedAt.prefix(19).replacing("T", with: " "))</a></th>\
        <td>\(route)</td><td>\(keys[key] ?? key)</td><td>\(outcome.map { $0.html(in: context.language) } ?? "")</td>\
        \(HTML.number(status.map(String.init) ?? "–"))\(HTML.number(tokens.map(String.init) ?? "–"))\
        \(HTML.number(charge?.description ?? "–"))\(HTML.number(logIndex.map(String.init) ?? "–"))</tr>
        """
    }

    static func heads(_ context: PortalContext) -> [HTML] {
        [
            .head(context.say("Time (UTC)", "Heure (UTC)")), .head("Route"), .head(context.say("Key", "Clé")),
            .head(context.say("Outcome", "Issue")), .head(context.say("Status", "Statut"), isNumber: true),
            .head(context.say("Tokens", "Jetons"), isNumber: true), .head(context.say("US$", "$ US"), isNumber: true),
            .head(context.say("Log entry", "Entrée"), isNumber: true),
        ]
    }
}

extension Money {
    /// Reads an amount as records have it: pico-dollars, as text or as a number.
    fileprivate init?(recorded value: JSON?) {
        let digits: String? = if case .number(let text) = value { text } else { value?.string }
        guard let digits, let picodollars = Int128(digits) else { return nil }
        self.init(picodollars: picodollars)
    }
}
