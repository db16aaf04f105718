package import Domain

/// A provider's invoice of some days, and what is recorded of the provider's routes, in all organizations.
package struct InvoiceComparison: Sendable {
    package let days: ClosedRange<CalendarDate>
    private let columns: InvoiceColumns
    /// In per cent of the provider's numbers.
    private let tolerance: Double
    private let upstream: [Route.ID: String]
    private let names: ModelNames

    /// - Parameters:
    ///   - routes: all that are offered.
    ///   - models: `TEXT=MODEL`: a text that the invoice's names hold, and the upstream model that is meant.
    package init(
        with provider: String, routes: [Route], days: ClosedRange<CalendarDate>, columns: InvoiceColumns,
        models: [String], tolerance: Double
    ) throws(InvoiceError) {
        let own = routes.filter { $0.provider.rawValue == provider }
        guard !own.isEmpty else {
            throw InvoiceError(
                "The provider '\(provider.printable)' has no route that is offered here.",
                "Le fournisseur « \(provider.printable) » n'a aucune route offerte ici.")
        }
        guard tolerance >= 0, tolerance.isFinite else {
            throw InvoiceError(
                "The tolerance must be a number that isn't less than 0.",
                "La tolérance doit être un nombre qui n'est pas inférieur à 0.")
        }
        self.days = days
        self.columns = columns
        self.tolerance = tolerance
        upstream = Dictionary(own.map { ($0.id, $0.upstreamModel) }) { first, _ in first }
        names = ModelNames(upstream: Set(upstream.values), given: try ModelNames.given(models))
    }

    package static func days(from first: String, to last: String) throws(InvoiceError) -> ClosedRange<CalendarDate> {
        guard let start = CalendarDate(first), let end = CalendarDate(last), start <= end else {
            let shown = "'\(first.printable)', '\(last.printable)'"
            throw InvoiceError(
                "\(shown): these must be two days in their order, as YYYY-MM-DD.",
                "\(shown) : ce doivent être deux jours dans leur ordre, comme AAAA-MM-JJ.")
        }
        return start...end
    }

    /// Takes the invoice's bytes.
    package var reader: InvoiceReader { InvoiceReader(columns, days: days, models: names) }

    /// - Parameters:
    ///   - invoice: the reader, once it has all.
    ///   - rows: what all organizations have used on these days, by day and route.
    package func outcome(of invoice: InvoiceReader, against rows: [UsageRow]) -> Reconciliation {
        var sums: [BilledPlace: BilledSum] = [:]
        for row in rows {
            guard let day = row.day, let route = row.route, let model = upstream[route] else { continue }
            let tokens = row.sum.tokens
            sums[BilledPlace(day: day, model: model), default: BilledSum()] += BilledSum(
                input: Int128(tokens.prompt) * InvoiceNumber.one,
                output: Int128(tokens.output + tokens.reasoning) * InvoiceNumber.one,
                cost: row.sum.cost.picodollars)
        }
        return Reconciliation(ours: sums, theirs: invoice.sums, tolerance: tolerance, columns: columns)
    }
}
