import Domain
import Testing
import Wire

@testable import Web

@Suite struct ReconciliationTests {
    private static let days = CalendarDate(daysSince1970: 20_758)...CalendarDate(daysSince1970: 20_787)
    private static let one = InvoiceNumber.one

    private static func sums(
        _ text: String, _ columns: InvoiceColumns, models: ModelNames = ModelNames(upstream: ["m"])
    ) throws -> [BilledPlace: BilledSum] {
        var parser = CSVParser()
        var reader = InvoiceReader(columns, days: days, models: models)
        try parser.add(Array(text.utf8)) { try reader.take($0) }
        try parser.end { try reader.take($0) }
        return reader.sums
    }

    private static func place(_ day: String, _ model: String) throws -> BilledPlace {
        BilledPlace(day: try #require(CalendarDate(day)), model: model)
    }

    private static let plain = "date=d,model=m,input=i,output=o,cost=c"

    @Test func `an invoice is added up by day and model, within the days that are asked for`() throws {
        let text = """
            d,m,i,o,c
            2026-11-02,m,10,5,0.1
            2026-11-02T23:59:59Z,m,1,1,1E-1
            1793664000,m,7,0,0
            2026-10-31,m,100,100,100
            """
        let sums = try Self.sums(text, InvoiceColumns(Self.plain))
        #expect(sums.count == 2)
        #expect(
            sums[try Self.place("2026-11-02", "m")]
                == BilledSum(input: 11 * Self.one, output: 6 * Self.one, cost: Self.one / 5))
        #expect(sums[try Self.place("2026-11-03", "m")]?.input == 7 * Self.one)
    }

    @Test(arguments: [
        ("d,m,i,o\n", 1, "'c'"), ("d,m,i,o,c,c\n", 1, "More than one"),
        ("d,m,i,o,c\n2026-11-02,m,1,2\n", 2, "4 fields"),
        ("d,m,i,o,c\n2026-11-32,m,1,2,3\n", 2, "no day"), ("d,m,i,o,c\n\n2026-11-02,m,1,two,3\n", 3, "output"),
    ])
    func `what can't be read is told with its line`(text: String, line: Int, reason: String) throws {
        let error = try #require(throws: InvoiceError.self) { try Self.sums(text, InvoiceColumns(Self.plain)) }
        #expect(error.line == line && error.message.english.contains(reason), "\(error)")
    }

    @Test(arguments: [
        "date=d", "date=d,model=m", "date=d,model=m,price=p", "date=d,date=e,model=m,cost=c", "date,model=m",
    ])
    func `columns that say too little are refused`(text: String) {
        #expect(throws: InvoiceError.self) { try InvoiceColumns(text) }
    }

    @Test(arguments: ["line_item_usage_", "lineItem/Usage"])
    func `a cost and usage report of AWS has a row for each kind of token`(style: String) throws {
        let names =
            style.hasPrefix("line_")
            ? "line_item_usage_start_date,line_item_usage_type,line_item_usage_amount,pricing_unit,"
                + "line_item_unblended_cost,line_item_currency_code"
            : "lineItem/UsageStartDate,lineItem/UsageType,lineItem/UsageAmount,pricing/unit,lineItem/UnblendedCost,"
                + "lineItem/CurrencyCode"
        let text =
            names + """

                2026-11-02T00:00:00.000Z,CAN1-Claude4.5Haiku-input-tokens,1.5,1K tokens,0.0015,USD
                2026-11-02T00:00:00.000Z,CAN1-Claude4.5Haiku-cache-read-input-token-count,2,1K tokens,0.0002,USD
                2026-11-02T01:00:00.000Z,CAN1-Claude4.5Haiku-output-tokens,0.25,1K tokens,0.00125,USD
                2026-11-02T01:00:00.000Z,CAN1-BoxUsage:t3.micro,1,Hrs,5,USD
                """
        let models = ModelNames(upstream: [], given: [("Claude4.5Haiku", "anthropic.claude-haiku-4-5")])
        let sums = try Self.sums(text, InvoiceColumns(.aws), models: models)
        #expect(sums.count == 1)
        #expect(
            sums[try Self.place("2026-11-02", "anthropic.claude-haiku-4-5")]
                == BilledSum(input: 3_500 * Self.one, output: 250 * Self.one, cost: 2_950_000_000))
    }

    @Test func `an export of Google's billing counts Vertex AI alone, and US dollars`() throws {
        let names = "service.description,sku.description,usage_start_time,usage.amount,usage.unit,cost,currency\n"
        let row = "Vertex AI,Gemini 2.5 Flash GA Text Input - Predictions,2026-11-02 00:00:00 UTC,300,count,0.09,"
        let models = ModelNames(
            upstream: [],
            given: [("Gemini 2.5 Flash", "gemini-2.5-flash"), ("Gemini 2.5 Flash Lite", "gemini-2.5-flash-lite")])
        let text =
            names + row + "USD\n" + row.replacing("Flash GA", with: "Flash Lite GA") + "USD\n"
            + row.replacing("Vertex AI", with: "Cloud Storage") + "USD\n"
        let sums = try Self.sums(text, InvoiceColumns(.google), models: models)
        #expect(Set(sums.keys.map(\.model)) == ["gemini-2.5-flash", "gemini-2.5-flash-lite"])
        #expect(sums.values.allSatisfy { $0.input == 300 * Self.one && $0.cost == 90_000_000_000 })
        let error = try #require(throws: InvoiceError.self) {
            try Self.sums(names + row + "CAD\n", InvoiceColumns(.google), models: models)
        }
        #expect(error.line == 2 && error.message.english.contains("US dollars"))
    }

    @Test(arguments: [
        ("gpt-4o", "gpt-4o"), ("gpt-4o-2024-08-06", "gpt-4o"), ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18"),
    ])
    func `a dated snapshot is the model that it is one of`(name: String, model: String) {
        #expect(ModelNames(upstream: ["gpt-4o"]).upstreamModel(of: name) == model)
    }

    @Test func `what differs by more than the tolerance differs, and what one side lacks is told`() throws {
        let (a, b) = (try Self.place("2026-11-02", "a"), try Self.place("2026-11-02", "b"))
        let (c, d) = (try Self.place("2026-11-03", "a"), try Self.place("2026-11-03", "b"))
        let found = Reconciliation(
            ours: [a: BilledSum(input: 101, cost: 50), b: BilledSum(input: 102, cost: 50), c: BilledSum(input: 1)],
            theirs: [a: BilledSum(input: 100, cost: 90), b: BilledSum(input: 100), d: BilledSum(output: 1)],
            tolerance: 1, columns: try InvoiceColumns("date=d,model=m,input=i,output=o"))
        // The invoice tells no cost, so that it isn't held against ours.
        #expect(found.rows.map(\.verdict) == [.agrees, .differs, .onlyOurs, .onlyTheirs] && !found.agrees)
        #expect(found.lines.last == "1 agree, 1 differ, 1 only we have, 1 only the provider has (days and models).")
        #expect(found.json["summary"]?["differs"] == 1)
        let row = found.json["rows"]?.array?.first { $0["verdict"] == "differs" }
        #expect(row?["difference_percent"]?["input_tokens"] == "+2.00")
    }
}
