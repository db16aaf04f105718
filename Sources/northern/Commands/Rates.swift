import ArgumentParser
import Domain
import Storage

/// What a US dollar is worth in Canadian dollars.
struct Rates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enter and list what a US dollar is worth in Canadian dollars.",
        subcommands: [SetRate.self, List.self])

    struct SetRate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Enter the rate of a day, in place of the one that it may have.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The day, as YYYY-MM-DD.") var day: String
        @Argument(help: "Canadian dollars for a US dollar, such as 1.3702.") var rate: String
        @Option(help: "Who says so.") var source: String

        func run() async throws {
            try await explaining {
                guard let date = CalendarDate(day), let entered = ExchangeRate(day: date, text: rate, source: source)
                else {
                    throw ConfigurationError(
                        "'\(day) \(rate)' must be a day and a rate, such as 2026-11-27 1.3702, and '--source' have 1 to "
                            + "\(ExchangeRate.longestSource) bytes.")
                }
                try await Rates.store(options).setExchangeRate(entered)
                print(entered.line)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the rates that were in force on some days, with the latest from before.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "The first day, as YYYY-MM-DD. The first of all unless given.") var from: String?
        @Option(help: "The last day. Today unless given.") var to: String?

        func run() async throws {
            try await explaining {
                let first = try from.map { try Rates.day($0, "--from") } ?? CalendarDate(daysSince1970: 0)
                let last = try to.map { try Rates.day($0, "--to") } ?? wallClock().date
                guard first <= last else { throw ConfigurationError("'--from' must not be later than '--to'.") }
                for rate in try await Rates.store(options).exchangeRates(on: first...last) { print(rate.line) }
            }
        }
    }

    private static func day(_ text: String, _ option: String) throws -> CalendarDate {
        guard let day = CalendarDate(text) else {
            throw ConfigurationError("'\(option) \(text)' is no day. Write it as YYYY-MM-DD.")
        }
        return day
    }

    private static func store(_ options: ConfigurationOptions) async throws -> Store {
        try Store(await options.load())
    }
}

extension ExchangeRate {
    fileprivate var line: String { "\(day)  \(text) CAD  \(printable(source))" }
}
