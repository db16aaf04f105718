import Domain
import Foundation

/// What is added up by: a day, and a model under its provider's name.
struct BilledPlace: Hashable, Comparable {
    let day: CalendarDate
    let model: String

    static func < (one: BilledPlace, other: BilledPlace) -> Bool { (one.day, one.model) < (other.day, other.model) }
}

/// Tokens and dollars, each in trillionths.
struct BilledSum: Hashable {
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
struct InvoiceReader {
    private let columns: InvoiceColumns
    private let days: ClosedRange<CalendarDate>
    private let models: ModelNames
    private var places: InvoicePlaces?
    private(set) var sums: [BilledPlace: BilledSum] = [:]

    /// Different days and models; more of them are no invoice.
    private static let mostPlaces = 100_000

    init(_ columns: InvoiceColumns, days: ClosedRange<CalendarDate>, models: ModelNames) {
        self.columns = columns
        self.days = days
        self.models = models
    }

    /// Reads a file of any size.
    ///
    /// - Throws: ``InvoiceError``, or ``ConfigurationError`` where the file can't be read.
    mutating func read(_ path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw unreadableFile(path) }
        defer { try? file.close() }
        var parser = CSVParser()
        while true {
            let piece: Data?
            do { piece = try file.read(upToCount: 256 << 10) } catch { throw unreadableFile(path) }
            guard let piece, !piece.isEmpty else { break }
            try parser.add(piece) { try take($0) }
        }
        try parser.end { try take($0) }
        guard places != nil else { throw InvoiceError(line: 1, "The file is empty.") }
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
                line: row.line, "The amount is in '\(printable(currency))'. Only US dollars can be compared.")
        }
        let place = BilledPlace(day: day, model: models.upstreamModel(of: cells[.model] ?? ""))
        guard sums[place] != nil || sums.count < Self.mostPlaces else {
            throw InvoiceError(line: row.line, "The file has more than \(Self.mostPlaces) different days and models.")
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
            line: line, "'\(printable(text))' is no day, such as 2026-11-27, and no time that begins with one.")
    }

    private static func sum(_ cells: [InvoiceColumns.Role: String], _ line: Int) throws -> BilledSum {
        let number = { (role: InvoiceColumns.Role) throws -> Int128 in
            guard let text = cells[role], !text.isEmpty else { return 0 }
            guard let number = InvoiceNumber.read(text) else {
                throw InvoiceError(line: line, "'\(printable(text))' in the column for \(role.rawValue) is no number.")
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

/// What a provider's invoice calls our upstream models.
struct ModelNames {
    private let upstream: Set<String>
    /// The longest first: `Gemini 2.5 Flash Lite` before `Gemini 2.5 Flash`.
    private let given: [(text: String, model: String)]

    /// - Parameter given: texts that an invoice's name holds, and the upstream model that is meant.
    init(upstream: Set<String>, given: [(text: String, model: String)] = []) {
        self.upstream = upstream
        self.given = given.sorted { ($1.text.utf8.count, $0.text) < ($0.text.utf8.count, $1.text) }
    }

    /// The upstream model; the invoice's own name where none is known.
    func upstreamModel(of name: String) -> String {
        if let match = given.first(where: { name.contains($0.text) }) { return match.model }
        if upstream.contains(name) { return name }
        // OpenAI names the snapshot that has answered, such as gpt-4o-2024-08-06.
        let stem = name.split(separator: "-").dropLast(3).joined(separator: "-")
        let isDated = CalendarDate(String(name.suffix(10))) != nil && name.dropLast(10).hasSuffix("-")
        return isDated && upstream.contains(stem) ? stem : name
    }
}
