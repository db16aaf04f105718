import ArgumentParser
import AsyncHTTPClient
import Domain
import Foundation
import Gateway
import Storage

extension Custody {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an organization's closed records to a file, with the proof that each is in the log.",
            discussion: """
                One JSON text a line: a checkpoint, then the records that are proved to be under it, and so on. \
                'northern custody verify' checks the file without a network.

                \(CheckStatus.help)
                """)

        @Option(help: "When the first requests were opened: a day as YYYY-MM-DD, or a time as RFC 3339.") var from:
            String
        @Option(help: "Until when, that time not included.") var to: String
        @Option(help: "The gateway's base URL. The configured data directory unless given.") var url: String?
        @Option(
            help:
                "A key of the organization. Better in the environment, as NORTHERN_API_KEY, where no other user sees it."
        )
        var apiKey: String?
        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Of a data directory: the organization.") var organization = OrganizationID.default.rawValue
        @Option(help: "The file. Where none is named, it is written to the standard output.") var out: String?

        func run() async throws {
            try await checking {
                let file = try ExportFile(out)
                defer { file.removeUnfinished() }
                let lines = if let url { try await download(from: url, to: file) } else { try await copy(to: file) }
                try file.finish()
                if let out { print("Wrote \(lines) lines to '\(out)'. Check them: northern custody verify '\(out)'.") }
                return .good
            }
        }

        /// - Returns: how many lines there are.
        private func download(from url: String, to file: ExportFile) async throws -> Int {
            guard let key = apiKey ?? ProcessInfo.processInfo.environment["NORTHERN_API_KEY"], !key.isEmpty else {
                throw ConfigurationError("A key of the organization is missing. Set NORTHERN_API_KEY.")
            }
            guard Endpoint(url: url) != nil else {
                throw ConfigurationError("'\(url)' is no URL without user, query and fragment.")
            }
            return try await HTTPClient.withHTTPClient(configuration: LogServer.clientConfiguration) { client in
                let download = ExportDownload(client, url: url, key: key, .init(from: from, to: to))
                return try await download.write(to: file)
            }
        }

        /// Out of the data directory, what the store has.
        ///
        /// - Returns: how many lines there are.
        private func copy(to file: ExportFile) async throws -> Int {
            let log = try await LocalLog(options)
            var query = CustodyQuery(limit: 1_000)
            query.from = try time(from, "--from")
            query.to = try time(to, "--to")
            var lines = 0
            repeat {
                guard let page = try log.export(query, of: OrganizationID(rawValue: organization)) else {
                    throw LogNotBegun()
                }
                // The last line says where it goes on.
                for line in CustodyText.export(page).split(separator: UInt8(ascii: "\n")).dropLast() {
                    try file.write(Array(line))
                    lines += 1
                }
                query.cursor = page.next
            } while query.cursor != nil
            return lines
        }

        private func time(_ text: String, _ option: String) throws -> Timestamp {
            guard let time = Timestamp(dayOrTime: text) else {
                throw ConfigurationError("'\(option) \(text)' is no day as YYYY-MM-DD and no time as RFC 3339.")
            }
            return time
        }
    }
}

extension ExportDownload {
    /// - Returns: how many lines there are.
    fileprivate func write(to file: ExportFile) async throws -> Int {
        var lines = 0
        try await run { (line) throws(ConfigurationError) in
            try file.write(line)
            lines += 1
        }
        return lines
    }
}
