import ArgumentParser
import AsyncHTTPClient
import Domain
import Foundation

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
        @Option(help: "The gateway's base URL.") var url: String
        @Option(
            help:
                "A key of the organization. Better in the environment, as NORTHERN_API_KEY, where no other user sees it."
        )
        var apiKey: String?
        @Option(help: "The file. Where none is named, it is written to the standard output.") var out: String?

        func run() async throws {
            try await checking {
                guard let key = apiKey ?? ProcessInfo.processInfo.environment["NORTHERN_API_KEY"], !key.isEmpty else {
                    throw ConfigurationError("A key of the organization is missing. Set NORTHERN_API_KEY.")
                }
                guard Endpoint(url: url) != nil else {
                    throw ConfigurationError("'\(url)' is no URL without user, query and fragment.")
                }
                let file = try ExportFile(out)
                defer { file.removeUnfinished() }
                let lines = try await HTTPClient.withHTTPClient(configuration: LogServer.clientConfiguration) {
                    client in
                    let download = ExportDownload(client, url: url, key: key, .init(from: from, to: to))
                    return try await download.write(to: file)
                }
                try file.finish()
                if let out { print("Wrote \(lines) lines to '\(out)'. Check them: northern custody verify '\(out)'.") }
                return .good
            }
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
