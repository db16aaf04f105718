import ArgumentParser
import Domain
import Storage
import Web

struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Look at who has changed what.", subcommands: [Audit.self, Check.self])

    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who has changed what, the newest first.",
            discussion: """
                For each change: when, its id, who, what was done, to what, and where. With '--format json' what it was \
                before and after too; secrets are digests under a secret of the installation's.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Only since a day as YYYY-MM-DD, or a time as RFC 3339.") var since: String?
        @Option(help: "Until when, that time not included.") var until: String?
        @Option(help: "Only by this user (id or e-mail address), or by 'token' or 'command_line'.") var actor: String?
        @Option(help: "Only this: \(AdminAction.allCases.map(\.rawValue).joined(separator: ", ")).") var action: String?
        @Option(help: "Only of this key, user, organization or other object: its id.") var object: String?
        @Option(help: "How many at most.") var limit = 100
        @Option(help: "text, or json with one text a line") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let query = try query()
                for entry in try await Store.configured(options).adminAudit(query) {
                    print(format == .json ? String(decoding: entry.json, as: UTF8.self) : AuditedChange(entry).line)
                }
            }
        }

        private func query() throws -> AdminAuditQuery {
            guard 1...1_000_000 ~= limit else {
                throw ConfigurationError("'--limit \(limit)' must be a number from 1 to 1000000.")
            }
            var query = AdminAuditQuery(.everything, limit: limit)
            query.actor = actor
            query.object = object
            query.since = try since.map { try time($0, "--since") }
            query.until = try until.map { try time($0, "--until") }
            query.action = try action.map { text in
                guard let action = AdminAction(rawValue: text) else {
                    throw ConfigurationError("'--action \(text)' is none of those that '--help' lists.")
                }
                return action
            }
            return query
        }

        private func time(_ text: String, _ option: String) throws -> Timestamp {
            guard let time = Timestamp(dayOrTime: text) else {
                throw ConfigurationError("'\(option) \(text)' is no day as YYYY-MM-DD and no time as RFC 3339.")
            }
            return time
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Hold the record of who has changed what against the custody log, and find what was tampered with.",
            discussion: """
                Each change has an entry in the custody log. What was changed in the database, taken out of it or put into \
                it afterwards is found. That the log itself was not changed is for 'northern custody audit' to say, from \
                outside.

                \(CheckStatus.help)
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await checking {
                let configuration = try await options.load()
                let store = try Store(configuration)
                // Where records are deleted after a while, entries of the log are left that nothing is of.
                let deletes = try configuration.retentionDays > 0 || store.retentions().contains { $0.days != nil }
                let check = try store.checkAdminAudit(deletes: deletes)
                var findings = CheckFindings()
                for fault in check.faults { findings.wrong(fault.sentence) }
                if check.faults.isEmpty {
                    findings.verified("\(check.count) changes are as the log has them, and none is missing.")
                }
                print("The admin audit of '\(configuration.dataDirectory)':\n\(findings.text)")
                return findings.status
            }
        }
    }
}

extension Store {
    fileprivate static func configured(_ options: ConfigurationOptions) async throws -> Store {
        try Store(await options.load())
    }
}

extension AdminAuditCheck.Fault {
    fileprivate var sentence: String {
        switch self {
        case .changed(let number):
            "Change \(number) isn't what the log has a commitment to: its text, salt or place was changed. Compare it with a "
                + "backup."
        case .missing(let numbers):
            numbers.count == 1
                ? "Change \(numbers.lowerBound) is missing. Look for it in a backup."
                : "The changes \(numbers.lowerBound) to \(numbers.upperBound) are missing. Look for them in a backup."
        case .outOfOrder(let number):
            "Change \(number) isn't the one that came after the one before it. Compare both with a backup."
        case .unclaimed(let count):
            "\(count) entries of the log are of nothing that the database has, though nothing is deleted from it. Look for "
                + "what is missing in a backup."
        }
    }
}
