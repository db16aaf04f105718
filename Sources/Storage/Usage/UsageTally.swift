import Domain

/// What the records of one transaction add to the usage of their keys: they are stored together or not at all, so nothing
/// is ever counted twice.
struct UsageTally {
    private struct Place: Hashable {
        let organization: String
        let day: Int64
        let key: APIKey.ID
        let route: Route.ID
    }

    private struct Amount {
        var sum = UsageSum()
        var lastAt = Timestamp(microseconds: .min)

        mutating func add(_ usage: UsageEntry, at time: Timestamp) {
            sum.add(usage)
            lastAt = max(lastAt, time)
        }
    }

    private var amounts: [Place: Amount] = [:]

    /// Counts a record that was stored as closed, and hadn't been before.
    ///
    /// - Parameter bytes: where the entry stands.
    mutating func add(_ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer) {
        guard let usage = UsageSection.read(UnsafeRawBufferPointer(rebasing: bytes[entry.usage])) else { return }
        add(usage, of: String(decoding: bytes[entry.organization], as: UTF8.self), at: entry.openedAt)
    }

    /// Counts a record that is closed without anybody knowing what the request has used.
    mutating func add(interrupted record: JSONObject, _ row: Row) {
        guard let key = record.text("key"), let openedAt: Int64 = row["opened_at"] else { return }
        add(
            UsageEntry(key: key, route: record.text("route"), outcome: .interrupted), of: row["organization"],
            at: Timestamp(microseconds: openedAt))
    }

    mutating func add(_ usage: UsageEntry, of organization: String, at time: Timestamp) {
        let place = Place(
            organization: organization, day: time.date.daysSince1970, key: usage.key, route: usage.route ?? "")
        amounts[place, default: Amount()].add(usage, at: time)
    }

    /// - Parameter node: whose shares of limits the charges come out of; nil where it shares none.
    func store(in database: Database, outOfSharesOf node: Node? = nil) throws {
        guard !amounts.isEmpty else { return }
        if let node { try settleShares(of: node, in: database) }
        let statement = try database.cachedStatement(sql: Self.adding)
        for (place, amount) in amounts {
            let sum = amount.sum
            let (cost, charge) = (sum.cost.parts, sum.charge.parts)
            let outcomes = UsageColumns.outcomes.map { sum.outcomes[$0.outcome] ?? 0 }
            var arguments: StatementArguments = [place.organization, place.day, place.key, place.route, sum.requests]
            arguments += StatementArguments(outcomes)
            arguments += [
                sum.tokens.input, sum.tokens.cachedInput, sum.tokens.cacheWrite, sum.tokens.output,
                sum.tokens.reasoning, cost.dollars, cost.picodollars, charge.dollars, charge.picodollars,
                amount.lastAt.microseconds,
            ]
            try statement.execute(arguments: arguments)
        }
    }

    private func settleShares(of node: Node, in database: Database) throws {
        for (place, amount) in amounts where amount.sum.charge != .zero {
            let day = CalendarDate(daysSince1970: place.day)
            for budget in [Limit.dayBudget, .monthBudget, .totalBudget] {
                try database.settleShare(place.key, LimitPeriod(budget, on: day), of: node, amount.sum.charge)
            }
            try database.settleShare(place.organization, LimitPeriod(.credits), of: node, amount.sum.charge)
        }
    }

    /// Money is in two columns, since a number of SQLite's has 64 bits: whole dollars, and what is left of one.
    private static let adding: String = {
        let counts = UsageColumns.counts
        let columns = ["organization", "day", "key", "route"] + counts + UsageColumns.money + ["last_at"]
        let sums = counts.map { "\($0) = usage_days.\($0) + excluded.\($0)" }
        let money = ["cost", "charge"].flatMap { name in
            let rest = "(usage_days.\(name)_picodollars + excluded.\(name)_picodollars)"
            return [
                "\(name)_dollars = usage_days.\(name)_dollars + excluded.\(name)_dollars + \(rest) / \(Money.picodollarsInDollar)",
                "\(name)_picodollars = \(rest) % \(Money.picodollarsInDollar)",
            ]
        }
        let last = """
            last_at = CASE WHEN usage_days.last_at > excluded.last_at THEN usage_days.last_at ELSE excluded.last_at END
            """
        let changes = (sums + money + [last]).joined(separator: ", ")
        return """
            INSERT INTO usage_days (\(columns.joined(separator: ", ")))
            VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
            ON CONFLICT (organization, day, key, route) DO UPDATE SET \(changes)
            """
    }()
}

/// The columns of `usage_days` that hold sums.
enum UsageColumns {
    /// A closed record is never open.
    static let outcomes: [(column: String, outcome: CustodyRecord.Outcome)] = CustodyRecord.Outcome.allCases
        .filter { $0 != .open }.map { ($0.rawValue, $0) }
    static let tokens = [
        "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
    ]
    static let counts = ["requests"] + outcomes.map(\.column) + tokens
    static let money = ["cost_dollars", "cost_picodollars", "charge_dollars", "charge_picodollars"]
}

extension Money {
    static let picodollarsInDollar: Int128 = 1_000_000_000_000

    /// As two columns have it.
    var parts: (dollars: Int64, picodollars: Int64) {
        let (dollars, rest) = picodollars.quotientAndRemainder(dividingBy: Self.picodollarsInDollar)
        return (Int64(clamping: dollars), Int64(clamping: rest))
    }

    init(dollars: Int64, picodollars: Int64) {
        self.init(picodollars: Int128(dollars) * Self.picodollarsInDollar + Int128(picodollars))
    }
}
