public import ArgumentParser
public import Domain
import Storage
import Wire

/// What organizations have paid in advance.
struct Credits: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show and change what organizations have paid in advance.", subcommands: [Show.self, Add.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what an organization has left, and the newest entries.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The organization's id.") var organization = OrganizationID.default.rawValue
        @Option(help: "How many entries.") var entries = 20
        @Option(help: "text or json") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let (store, id) = try await Credits.open(options, organization)
                let standing = try store.creditStanding(of: id)
                let page = try store.creditEntries(of: id, before: nil, atMost: max(1, min(entries, 10_000)))
                switch format {
                case .json:
                    print(
                        JSON.object([
                            "organization": .string(id.rawValue),
                            "balance_usd": standing.balance.map { .string($0.description) } ?? .null,
                            "entries": .array(page.entries.map { .object($0.json) }),
                        ]).text())
                case .text:
                    print(standing.balance.map { "\($0) US dollars are left." } ?? "This organization pays afterwards.")
                    for entry in page.entries { print(entry.line) }
                }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter what an organization has paid, or what is adjusted or paid back.",
            discussion:
                "The first entry makes an organization one that pays in advance. The same command again changes "
                + "nothing: an organization has one entry with a reference.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The organization's id.") var organization: String
        @Option(help: "US dollars, such as 100 or 12.50; less than zero only for an adjustment.") var amount: String
        @Option(help: "top_up, adjustment or refund") var kind: CreditEntry.Kind = .topUp
        @Option(help: "What names the entry, such as the number of an invoice.") var reference: String
        @Option(help: "More about it.") var note: String?
        @Option(help: "text or json") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let (store, id) = try await Credits.open(options, organization)
                guard let money = Money(signedDollars: amount),
                    let draft = CreditDraft(kind: kind, amount: money, reference: reference, note: note)
                else {
                    throw ConfigurationError(
                        "'--amount \(amount)' must be dollars such as 12.50, more than zero unless it is an adjustment; "
                            + "'--kind' top_up, adjustment or refund; '--reference' and '--note' not longer than "
                            + "\(CreditDraft.longestReference) and \(CreditDraft.longestNote) bytes.")
                }
                let (entry, isNew) = try add(draft, to: id, in: store)
                switch format {
                case .json: print(JSON.object(entry.json).text())
                case .text: print(isNew ? entry.line : "It was there before: \(entry.line)")
                }
            }
        }

        private func add(
            _ draft: CreditDraft, to id: OrganizationID, in store: Store
        ) throws -> (entry: CreditEntry, isNew: Bool) {
            do {
                return try store.addCredit(draft, to: id, by: "command_line", at: wallClock())
            } catch CreditError.referenceUsed(let entry) {
                throw ConfigurationError(
                    "Another entry has the reference '\(draft.reference)': \(entry.line). Use another one.")
            } catch CreditError.insufficient(let left) {
                throw ConfigurationError("That is more than the \(left) US dollars that are left.")
            }
        }
    }

    private static func open(
        _ options: ConfigurationOptions, _ organization: String
    ) async throws -> (Store, OrganizationID) {
        let configuration = try await options.load()
        let store = try Store(configuration)
        let id = OrganizationID(rawValue: organization)
        let known = try store.organizations().map(\.id)
        guard known.contains(id) else {
            throw ConfigurationError(
                "No organization has the id '\(organization)'. There are: \(known.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return (store, id)
    }
}

extension CreditEntry.Kind: ExpressibleByArgument {}

extension CreditEntry {
    fileprivate var line: String {
        "\(at)  \(amount) USD  \(kind.rawValue)  from \(debit) to \(credit)  \(reference)"
            + (note.map { "  \(printable($0))" } ?? "")
    }

    fileprivate var json: JSONObject {
        [
            "id": .string(id), "at": .string(at.description), "kind": .string(kind.rawValue),
            "debit": .string(debit), "credit": .string(credit), "amount_usd": .string(amount.description),
            "reference": .string(reference), "note": note.map { .string($0) } ?? .null, "made_by": .string(madeBy),
        ]
    }
}
