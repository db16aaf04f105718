import Domain

/// A row of usage, with what its money comes to in Canadian dollars where that was asked for.
struct ConvertedUsage: Sendable {
    private(set) var row: UsageRow
    private(set) var canadian: Canadian?

    /// Not rounded yet.
    struct Canadian: Sendable {
        var cost: CanadianAmount
        var charge: CanadianAmount
        /// Nil for a sum over days of several rates.
        var rate: ExchangeRate?
    }

    init(_ row: UsageRow) { self.row = row }

    /// Each day's sums by the latest rate that isn't of a later day; and then days are added up, where they aren't told
    /// apart.
    ///
    /// - Parameter rows: by days.
    /// - Throws: `invalid_value` for a day with usage that has no rate.
    static func rows(
        _ rows: [UsageRow], _ rates: ExchangeRates, byDay: Bool
    ) throws(GatewayError) -> [ConvertedUsage] {
        var sums: [ConvertedUsage] = []
        var places: [Place: Int] = [:]
        for row in rows {
            let converted = try ConvertedUsage(row, rates, keepsDay: byDay)
            let place = Place(day: byDay ? row.day : nil, key: row.key, route: row.route)
            if let index = places[place] {
                sums[index].add(converted)
            } else {
                places[place] = sums.count
                sums.append(converted)
            }
        }
        return sums
    }

    private struct Place: Hashable {
        let day: CalendarDate?
        let key: APIKey.ID?
        let route: Route.ID?
    }

    private init(_ row: UsageRow, _ rates: ExchangeRates, keepsDay: Bool) throws(GatewayError) {
        guard let day = row.day, let rate = rates.rate(on: day) else { throw .noExchangeRate(on: row.day) }
        self.row = keepsDay ? row : UsageRow(day: nil, key: row.key, route: row.route, sum: row.sum)
        canadian = Canadian(
            cost: rate.converted(row.sum.cost), charge: rate.converted(row.sum.charge), rate: rate)
    }

    mutating func add(_ other: ConvertedUsage) {
        var sum = row.sum
        sum.add(other.row.sum)
        row = UsageRow(day: row.day, key: row.key, route: row.route, sum: sum)
        guard let own = canadian, let more = other.canadian else { return }
        canadian = Canadian(
            cost: own.cost + more.cost, charge: own.charge + more.charge,
            rate: own.rate == more.rate ? own.rate : nil)
    }

    /// All rows together; with no rate where there is none.
    static func total(_ rows: [ConvertedUsage], inCanadianDollars: Bool) -> ConvertedUsage {
        var total = ConvertedUsage(UsageRow(day: nil, key: nil, route: nil, sum: UsageSum()))
        guard let first = rows.first else {
            if inCanadianDollars { total.canadian = Canadian(cost: .zero, charge: .zero, rate: nil) }
            return total
        }
        total = first
        for row in rows.dropFirst() { total.add(row) }
        return total
    }
}
