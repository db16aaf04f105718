import ArgumentParser
import Domain
import Foundation
import Storage
import Web
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
                let comparison = try InvoiceComparison(
                    with: provider, routes: routes.map(\.route),
                    days: try InvoiceComparison.days(from: from, to: to), columns: try invoiceColumns(),
                    models: models, tolerance: tolerance)
                var invoice = comparison.reader
                try invoice.read(file)
                let store = try Store(configuration)
                let found = comparison.outcome(of: invoice, against: try store.usageOfEverybody(on: comparison.days))
                switch format {
                case .json: print(JSON.object(found.json).text())
                case .text: for line in found.lines { print(line) }
                }
                if !found.agrees { throw ExitCode(1) }
            }
        }

        private func invoiceColumns() throws -> InvoiceColumns {
            if let columns { return try InvoiceColumns(columns) }
            let usual: [String: InvoiceColumns.Preset] = ["openai": .openAI, "bedrock": .aws, "vertex": .google]
            guard let found = preset.map(InvoiceColumns.Preset.init(rawValue:)) ?? usual[provider] else {
                throw ConfigurationError(
                    "Say with '--preset openai', 'aws' or 'google' which export this is, or with '--columns' where it has "
                        + "what.")
            }
            return InvoiceColumns(found)
        }
    }
}

extension InvoiceReader {
    /// Reads a file of any size.
    ///
    /// - Throws: ``InvoiceError``, or ``ConfigurationError`` where the file can't be read.
    fileprivate mutating func read(_ path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw unreadableFile(path) }
        defer { try? file.close() }
        while true {
            let piece: Data?
            do { piece = try file.read(upToCount: 256 << 10) } catch { throw unreadableFile(path) }
            guard let piece, !piece.isEmpty else { break }
            try add(piece)
        }
        try end()
    }
}
