import Domain

/// What the page of usage is asked for. What can't be read is as if nothing had been said.
struct UsageAsk: Equatable {
    /// Days, both included.
    let days: ClosedRange<CalendarDate>
    /// What the pictures tell apart.
    let grouping: Grouping
    let key: APIKey.ID?
    let route: Route.ID?

    enum Grouping: String, CaseIterable {
        case route, key

        var dimension: UsageQuery.Dimension { self == .route ? .route : .key }
    }

    static let mostDays = 366
    private static let usualDays = 30

    init(on today: CalendarDate, _ value: (String) -> String) {
        let last = Self.day(value("to")) ?? today
        let first = Self.day(value("from")) ?? last.adding(days: 1 - Self.usualDays)
        let earliest = last.adding(days: 1 - Self.mostDays)
        days = first <= last ? max(first, earliest)...last : last...last
        grouping = Grouping(rawValue: value("group_by")) ?? .route
        key = value("key").isEmpty ? nil : value("key")
        route = value("route").isEmpty ? nil : value("route")
    }

    private static func day(_ text: String) -> CalendarDate? {
        CalendarDate(text).flatMap { (0..<3_000_000).contains($0.daysSince1970) ? $0 : nil }
    }

    func query(_ dimensions: Set<UsageQuery.Dimension>) -> UsageQuery {
        UsageQuery(days: days, key: key, route: route, dimensions: dimensions)
    }

    /// As the query of an address, escaped for one.
    var parameters: String {
        var parts = ["from=\(days.lowerBound)", "to=\(days.upperBound)", "group_by=\(grouping.rawValue)"]
        if let key { parts.append("key=\(key.percentEncoded)") }
        if let route { parts.append("route=\(route.percentEncoded)") }
        return parts.joined(separator: "&")
    }
}
