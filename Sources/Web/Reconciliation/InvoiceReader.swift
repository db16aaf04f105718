import Domain

/// What is added up by: a day, and a model under its provider's name.
struct BilledPlace: Hashable, Comparable, Sendable {
    let day: CalendarDate
    let model: String

    static func < (one: BilledPlace, other: BilledPlace) -> Bool { (one.day, one.model) < (other.day, other.model) }
}

/// Tokens and dollars, each in trillionths.
struct BilledSum: Hashable, Sendable {
    var input: Int128 = 0
    var output: Int128 = 0
    var cost: Int128 = 0

    /// Saturated: a sum that large is no less wrong.
    static func += (sum: inout BilledSum, other: BilledSum) {
        sum.input = sum.input.saturated(adding: other.input)
        sum.output = sum.output.saturated(adding: other.output)
        sum.cost = sum.cost.saturated(adding: other.cost)
    }
}

extension Int128 {
    fileprivate func saturated(adding other: Int128) -> Int128 {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? (self < 0 ? .min : .max) : sum
    }
}

/// Adds up what a provider's invoice says, row by row.
package struct InvoiceReader {
    private let columns: InvoiceColumns
    private let days: ClosedRange<CalendarDate>
    private let models: ModelNames
    private var places: InvoicePlaces?
    private var parser = CSVParser()
    /// Those that were parsed and aren't added up yet.
    private var rows: [CSVParser.Row] = []
    private(set) var sums: [BilledPlace: BilledSum] = [:]

    /// Different days and models; more of them are no invoice.
    private static let mostPlaces = 100_000

    init(_ columns: InvoiceColumns, days: ClosedRange<CalendarDate>, models: ModelNames) {
        self.columns = columns
        self.days = days
        self.models = models
    }

    /// Reads some more of the file; it may have any size.
    ///
    /// - Throws: ``InvoiceError``.
    package mutating func add(_ bytes: some Sequence<UInt8>) throws {
        try parser.add(bytes) { rows.append($0) }
        try takeRows()
    }

    /// The file has ended.
    ///
    /// - Throws: ``InvoiceError``.
    package mutating func end() throws {
        try parser.end { rows.append($0) }
        try takeRows()
        guard places != nil else { throw InvoiceError("The file is empty.", "Le fichier est vide.") }
    }

    private mutating func takeRows() throws {
        defer { rows.removeAll(keepingCapacity: true) }
        for row in rows { try take(row) }
    }

    mutating func take(_ row: CSVParser.Row) throws {
        guard let places else {
            self.places = try InvoicePlaces(of: columns, in: row)
            return
        }
        guard let cells = try places.cells(of: row) else { return }
        let day = try Self.day(cells[.date] ?? "", row.line)
        guard days.contains(day) else { return }
        if let currency = cells[.currency], currency.uppercased() != "USD" {
            throw InvoiceError(
                line: row.line, "The amount is in '\(currency.printable)'. Only US dollars can be compared.",
                "Le montant est en « \(currency.printable) ». Seuls des dollars américains peuvent être comparés.")
        }
        let place = BilledPlace(day: day, model: models.upstreamModel(of: cells[.model] ?? ""))
        guard sums[place] != nil || sums.count < Self.mostPlaces else {
            throw InvoiceError(
                line: row.line, "The file has more than \(Self.mostPlaces) different days and models.",
                "Le fichier a plus de \(Self.mostPlaces) jours et modèles différents.")
        }
        sums[place, default: BilledSum()] += try Self.sum(cells, row.line)
    }

    /// A day, a time that begins with one, or seconds since 1970.
    private static func day(_ text: String, _ line: Int) throws -> CalendarDate {
        if let day = CalendarDate(String(text.prefix(10))) { return day }
        if 9...11 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let seconds = Int64(text) {
            return Timestamp(seconds: seconds).date
        }
        throw InvoiceError(
            line: line, "'\(text.printable)' is no day, such as 2026-11-27, and no time that begins with one.",
            "« \(text.printable) » n'est ni un jour, comme 2026-11-27, ni une heure qui commence par un jour.")
    }

    private static func sum(_ cells: [InvoiceColumns.Role: String], _ line: Int) throws -> BilledSum {
        let number = { (role: InvoiceColumns.Role) throws -> Int128 in
            guard let text = cells[role], !text.isEmpty else { return 0 }
            guard let number = InvoiceNumber.read(text) else {
                throw InvoiceError(
                    line: line, "'\(text.printable)' in the column for \(role.rawValue) is no number.",
                    "« \(text.printable) », dans la colonne pour \(role.rawValue), n'est pas un nombre.")
            }
            return number
        }
        var sum = BilledSum(input: try number(.input), output: try number(.output), cost: try number(.cost))
        guard let kind = cells[.kind]?.lowercased() else { return sum }
        let quantity = try number(.quantity).saturated(times: unit(cells[.unit]?.lowercased() ?? ""))
        if kind.contains("input") {
            sum += BilledSum(input: quantity)
        } else if kind.contains("output") {
            sum += BilledSum(output: quantity)
        }
        return sum
    }

    private static func unit(_ text: String) -> Int128 {
        if text.contains("1k") || text.contains("1,000 ") || text.contains("1000 ") || text.contains("thousand") {
            return 1_000
        }
        return text.contains("1m") || text.contains("million") ? 1_000_000 : 1
    }
}

extension Int128 {
    fileprivate func saturated(times factor: Int128) -> Int128 {
        let (product, isTooMuch) = multipliedReportingOverflow(by: factor)
        return isTooMuch ? (self < 0 ? .min : .max) : product
    }
}
