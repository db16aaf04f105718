import Domain
import Wire

/// What a caller asks about usage, and in which form.
struct UsageRequest: Sendable {
    enum Format: String, CaseIterable {
        case json, csv, ndjson
    }

    /// In which money is told beside US dollars.
    enum Currency: String, CaseIterable {
        case usDollar = "USD"
        case canadianDollar = "CAD"
    }

    private(set) var query: UsageQuery
    private(set) var format = Format.json
    private(set) var currency = Currency.usDollar

    /// Days that are told at once, a leap year's.
    private static let mostDays = 366
    private static let usualDays = 30

    /// Reads the query of a URL. What isn't known is refused: a misspelt filter would give what wasn't asked for.
    ///
    /// - Parameters:
    ///   - text: without its question mark, percent-encoded as it came.
    ///   - today: the last day, where nothing else is said.
    init(_ text: String, on today: CalendarDate) throws(GatewayError) {
        query = UsageQuery(days: today...today)
        var (first, last): (CalendarDate?, CalendarDate?)
        try text.visitParameters { name, value throws(GatewayError) in
            switch name {
            case "from": first = try Self.day(value, name)
            case "to": last = try Self.day(value, name)
            case "key": query.key = value
            case "route": query.route = value
            case "group_by": query.dimensions = try Self.dimensions(value)
            case "format": format = try Self.format(value)
            case "currency": currency = try Self.currency(value)
            default:
                throw .invalidValue(
                    "query",
                    "The query has a parameter that isn't known. There are from, to, key, route, group_by, format and "
                        + "currency.",
                    "La requête a un paramètre inconnu. Il y a from, to, key, route, group_by, format et currency.")
            }
        }
        query.days = try Self.days(from: first, to: last ?? max(first ?? today, today))
    }

    private static func days(
        from first: CalendarDate?, to last: CalendarDate
    ) throws(GatewayError) -> ClosedRange<CalendarDate> {
        let first = first ?? last.adding(days: 1 - usualDays)
        guard first <= last, last.daysSince1970 - first.daysSince1970 < mostDays else {
            throw .invalidValue(
                "from", "'from' must be no later than 'to', and no more than \(mostDays) days may be between them.",
                "'from' ne peut pas suivre 'to', et \(mostDays) jours au plus peuvent les séparer.")
        }
        return first...last
    }

    private static func day(_ text: String, _ name: String) throws(GatewayError) -> CalendarDate {
        if let day = CalendarDate(text), (0..<3_000_000).contains(day.daysSince1970) { return day }
        throw .invalidValue(
            name, "'\(name)' must be a day, such as 2026-11-27.", "'\(name)' doit être un jour, comme 2026-11-27.")
    }

    private static func dimensions(_ text: String) throws(GatewayError) -> Set<UsageQuery.Dimension> {
        let names = text.split(separator: ",")
        let dimensions = names.compactMap { UsageQuery.Dimension(rawValue: String($0)) }
        guard dimensions.count == names.count else {
            throw .invalidValue(
                "group_by", "'group_by' may hold day, route and key, with commas between them.",
                "'group_by' peut contenir day, route et key, séparés par des virgules.")
        }
        return Set(dimensions)
    }

    private static func currency(_ text: String) throws(GatewayError) -> Currency {
        if let currency = Currency(rawValue: text) { return currency }
        throw .invalidValue("currency", "'currency' must be USD or CAD.", "'currency' doit être USD ou CAD.")
    }

    private static func format(_ text: String) throws(GatewayError) -> Format {
        if let format = Format(rawValue: text) { return format }
        throw .invalidValue(
            "format", "'format' must be json, csv or ndjson.", "'format' doit être json, csv ou ndjson.")
    }
}

extension String {
    /// Calls `body` with each parameter of a URL's query, decoded.
    ///
    /// - Throws: `repeated_parameter`, and what `body` throws.
    func visitParameters(_ body: (_ name: String, _ value: String) throws(GatewayError) -> Void) throws(GatewayError) {
        var seen: Set<String> = []
        for part in split(separator: "&") {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pieces[0].formDecoded
            guard seen.insert(name).inserted else { throw .repeatedParameter(name) }
            try body(name, pieces.count > 1 ? pieces[1].formDecoded : "")
        }
    }
}

extension Substring {
    /// As forms write it: a plus sign is a space.
    fileprivate var formDecoded: String { Substring(replacing("+", with: " ")).percentDecoded }
}
