import ArgumentParser
import Domain
import Storage
import Wire

struct Usage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what was used.", subcommands: [Reconcile.self])

    struct Reconcile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold what is recorded against a provider's invoice.",
            discussion: """
                The invoice is a table (CSV, RFC 4180) with a first row of names. It is added up by day and model, and so \
                is what was recorded for the provider's routes, in all organizations: days are those of UTC on which \
                requests began, input tokens those from and to a cache as well, and dollars what the provider charges by \
                the catalogue. It ends with status 1 where anything differs by more than the tolerance.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The invoice.") var file: String
        @Option(help: "The provider, by the name in the catalogue, such as bedrock.") var provider: String
        @Option(help: "The first day, as YYYY-MM-DD.") var from: String
        @Option(help: "The last day.") var to: String
        @Option(help: "The export that the invoice is: openai, aws or google. By the provider unless given.")
        var preset: String?
        @Option(help: "The invoice's columns, in place of a preset: date=…,model=…,input=…,output=…,cost=….")
        var columns: String?
        @Option(
            name: .customLong("model"),
            help:
                "A text in the invoice's names, and the upstream model that is meant: 'Gemini 2.5 Flash=gemini-2.5-flash'."
        )
        var models: [String] = []
        @Option(help: "By how much a number may differ, in per cent of the invoice's.") var tolerance = 1.0
        @Option(help: "text or json") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let configuration = try await options.load()
                let routes = try Offer(configuration, sources: try CatalogSource.configured(configuration)).routes
                    .map(\.route).filter { $0.provider.rawValue == provider }
                guard !routes.isEmpty else {
                    throw ConfigurationError("'--provider \(provider)' has no route that is offered here.")
                }
                let (days, columns) = (try self.days(), try invoiceColumns())
                let upstream = Dictionary(routes.map { ($0.id, $0.upstreamModel) }) { first, _ in first }
                var invoice = InvoiceReader(
                    columns, days: days, models: ModelNames(upstream: Set(upstream.values), given: try givenModels()))
                try invoice.read(file)
                let store = try Store(path: "\(configuration.dataDirectory)/northern.sqlite")
                let found = Reconciliation(
                    ours: Self.sums(try store.usageOfEverybody(on: days), upstream), theirs: invoice.sums,
                    tolerance: tolerance, columns: columns)
                switch format {
                case .json: print(JSON.object(found.json).text())
                case .text: for line in found.lines { print(line) }
                }
                if !found.agrees { throw ExitCode(1) }
            }
        }

        private static func sums(_ rows: [UsageRow], _ upstream: [Route.ID: String]) -> [BilledPlace: BilledSum] {
            var sums: [BilledPlace: BilledSum] = [:]
            for row in rows {
                guard let day = row.day, let route = row.route, let model = upstream[route] else { continue }
                let tokens = row.sum.tokens
                sums[BilledPlace(day: day, model: model), default: BilledSum()] += BilledSum(
                    input: Int128(tokens.prompt) * InvoiceNumber.one,
                    output: Int128(tokens.output + tokens.reasoning) * InvoiceNumber.one,
                    cost: row.sum.cost.picodollars)
            }
            return sums
        }

        private func days() throws -> ClosedRange<CalendarDate> {
            guard let first = CalendarDate(from), let last = CalendarDate(to), first <= last else {
                throw ConfigurationError("'--from \(from) --to \(to)' must be two days in their order, as YYYY-MM-DD.")
            }
            return first...last
        }

        private func invoiceColumns() throws -> InvoiceColumns {
            guard tolerance >= 0 else { throw ConfigurationError("'--tolerance' must not be less than 0.") }
            if let columns { return try InvoiceColumns(columns) }
            let usual: [String: InvoiceColumns.Preset] = ["openai": .openAI, "bedrock": .aws, "vertex": .google]
            guard let found = preset.map(InvoiceColumns.Preset.init(rawValue:)) ?? usual[provider] else {
                throw ConfigurationError(
                    "Say with '--preset openai', 'aws' or 'google' which export this is, or with '--columns' where it has "
                        + "what.")
            }
            return InvoiceColumns(found)
        }

        private func givenModels() throws -> [(text: String, model: String)] {
            try models.map { text in
                guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
                    throw ConfigurationError(
                        "'--model \(text)' must be a text of the invoice, '=' and an upstream model.")
                }
                return (String(text[..<equals]), String(text[text.index(after: equals)...]))
            }
        }
    }
}
