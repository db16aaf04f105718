import ArgumentParser
import Domain
import Storage

extension Custody {
    struct Retention: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how long an organization's records are kept, or list what was said.",
            discussion: """
                A record that is deleted takes its salt with it. Its entry in the log stays: it keeps all other proofs \
                valid and says nothing of the record any more. A running gateway deletes once an hour. Where nothing is \
                said for an organization, 'custody.retention_days' holds.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "The organization.") var organization = OrganizationID.default.rawValue
        @Option(help: "How many days, or 'forever'.") var days: String?
        @Option(help: "on or off: whether nothing is deleted, however old.") var legalHold: Switch?

        enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

        func run() async throws {
            try await explaining {
                let store = try Store(await options.load())
                if days != nil || legalHold != nil { try change(in: store) }
                let all = try store.retentions()
                if all.isEmpty {
                    print("Nothing was said for any organization: 'custody.retention_days' holds for all.")
                }
                for retention in all { print(retention.text) }
            }
        }

        private func change(in store: Store) throws {
            let organization = OrganizationID(rawValue: organization)
            let present = try store.retentions().first { $0.organization == organization }
            guard let days = try days.map(Self.days) ?? present.map(\.days) else {
                throw ConfigurationError("Say too how long records are kept: '--days 365', or '--days forever'.")
            }
            try store.setRetention(
                RecordRetention(
                    organization: organization, days: days,
                    isOnLegalHold: legalHold.map { $0 == .on } ?? present?.isOnLegalHold ?? false))
        }

        private static func days(_ text: String) throws -> Int? {
            if text == "forever" { return nil }
            guard let days = Int(text), 1...36_500 ~= days else {
                throw ConfigurationError("'--days \(text)' must be a number from 1 to 36500, or 'forever'.")
            }
            return days
        }
    }
}

extension RecordRetention {
    fileprivate var text: String {
        "\(organization.rawValue)  \(days.map { "\($0) days" } ?? "for ever")\(isOnLegalHold ? "  legal hold" : "")"
    }
}
