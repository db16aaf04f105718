import ArgumentParser
import AsyncHTTPClient
import CustodyLog
import Foundation

extension Custody {
    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow a custody log, and check that it only grows.",
            discussion: """
                The log's checkpoint must be signed by a key that you trust, and must continue the one that was seen last. \
                All that was added is downloaded and computed again: hashes from entries, tiles from the tiles below, and \
                the root from all of them.

                With --state what was seen is remembered, and the directory becomes a whole copy of the log, which any web \
                server can serve.

                Entries say nothing about records to whoever doesn't have them. What an audit shows is that no entry was \
                changed or taken away since you have looked first, and that others are shown the same log if they have the \
                same checkpoint. It doesn't show that what is in a record is true, or that every request has one.

                \(CheckStatus.help)
                """)

        @Argument(help: "The gateway's base URL, the log's own, or a directory with the log's files.") var url: String
        @Option(help: "A directory that remembers what was seen. Made where there is none.") var state: String?
        @Option(
            name: .customLong("key"),
            help: "A key of the log, as NAME+ID+BASE64. Those remembered in --state unless given.")
        var keys: [String] = []
        @Flag(help: "Where no key is known yet, trust those that are published beside the log, and remember them.")
        var trustFirstKey = false
        @Flag(help: "Download everything again, also what --state has, and compare.") var all = false
        @Flag(help: "Go on looking until something is wrong.") var follow = false
        @Option(help: "Seconds between two looks.") var interval = 60

        func validate() throws {
            guard interval > 0 else { throw ValidationError("'--interval' must be at least 1.") }
            guard state != nil || !trustFirstKey else {
                throw ValidationError("'--trust-first-key' needs '--state', where the key is remembered.")
            }
            guard state != nil || !follow else {
                throw ValidationError("'--follow' needs '--state', where what was seen is remembered.")
            }
        }

        func run() async throws {
            try await checking {
                try await HTTPClient.withHTTPClient(configuration: LogServer.clientConfiguration) { client in
                    let place = try LogAddress(url, client)
                    let copy = try state.map { try LogCopy(at: $0) }
                    let watch = LogWatch(place: place, copy: copy, keys: try await trustedKeys(copy, place))
                    return try await look(with: watch)
                }
            }
        }

        private func look(with watch: LogWatch) async throws -> CheckStatus {
            var looksAtAll = all
            while true {
                do {
                    let sight = try await watch.look(looksAtAll: looksAtAll)
                    looksAtAll = false
                    show(sight, isWatched: follow)
                } catch let finding as LogFinding {
                    print("The log at \(url):\n  WRONG        \(finding.fault)\n\n\(finding.advice)")
                    return .wrong
                } catch let trouble as LogUnreachable where follow {
                    complain(trouble)
                }
                guard follow else { return .good }
                fflush(nil)
                try await Task.sleep(for: .seconds(interval))
            }
        }

        /// - Throws: ``ConfigurationError`` where there are none.
        private func trustedKeys(_ copy: LogCopy?, _ place: LogAddress) async throws -> [VerifierKey] {
            if !keys.isEmpty {
                let given = try VerifierKey.parse(keys, of: "'--key'")
                try copy?.remember(keys: given.map(\.text))
                return given
            }
            let remembered = try VerifierKey.parse(copy?.keys() ?? [], of: "'\(state ?? "")/keys'")
            if !remembered.isEmpty { return remembered }
            guard trustFirstKey else {
                throw ConfigurationError(
                    "No key of the log is known, so nothing that it says can be checked. Ask its operator for the key by a way "
                        + "that you trust, and give it with --key. Or use --state with --trust-first-key, which trusts what "
                        + "is published beside the log today.")
            }
            let published = try await place.publishedKeys(at: wallClock())
            try copy?.remember(keys: published.map(\.text))
            for key in published {
                print("Trusted from now on: \(printable(key.text)). Compare it with what the operator says elsewhere.")
            }
            return published
        }

        /// While the log is watched, a look that finds nothing new is no news.
        private func show(_ sight: LogWatch.Sight, isWatched: Bool) {
            let latest = sight.latest.checkpoint
            guard sight.known != latest || !isWatched || sight.entries > 0 else { return }
            print("The log '\(printable(latest.origin))', at \(sight.name):")
            print(sight.findings.text)
            for id in sight.unknownKeys {
                print(
                    "A key that isn't trusted here has signed too: \(id). If the operator has announced it as the log's next "
                        + "one, give both with --key, before the old one ends.")
            }
            if let state { print("'\(state)' is a whole copy of it.") }
        }
    }
}

extension LogWatch.Sight {
    fileprivate var findings: CheckFindings {
        var findings = CheckFindings()
        let checkpoint = latest.checkpoint
        for signature in latest.logSignatures {
            findings.verified(
                "Its checkpoint of \(checkpoint.size) entries is signed by the key \(signature.key.idText).")
        }
        for signature in latest.cosignatures { findings.verified(signature.witnessSentence) }
        if let known {
            findings.verified(
                known.size == checkpoint.size
                    ? "Nothing was added since it was looked at last."
                    : "It continues the one of \(known.size) entries that was seen last: \(checkpoint.size - known.size) "
                        + "were added, and none before them has changed.")
        }
        if entries > 0 {
            findings.verified(
                "\(entries) entries hash to the log's leaves, its tiles to the tiles above them, and all of it to the root "
                    + "of the checkpoint.")
        }
        return findings
    }
}
