public import ArgumentParser
public import Domain
import Storage
import Web
import Wire

struct PII: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pii", abstract: "Look at what was done about personal information.", subcommands: [Audit.self])

    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what was replaced in requests, with the newest request first.",
            discussion: """
                For each value: when the request was opened, its id, the key, the type, how often, a salted digest and \
                the stand-in. The same digest is the same value; what it was stands nowhere. A running gateway's newest \
                requests come a moment later than they are answered.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Only of requests since a day as YYYY-MM-DD, or a time as RFC 3339.") var since: String?
        @Option(help: "Until when, that time not included.") var until: String?
        @Option(help: "Only of this key: its id.") var key: String?
        @Option(help: "Only of this request: its id.") var request: String?
        @Option(help: "Only of this type: \(EntityType.words).") var type: EntityType?
        @Option(help: "How many requests at most.") var limit = 100
        @Option(help: "text, or json with one text a line") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let query = try query()
                let store = try Store(await options.load())
                for entry in try store.piiAudit(query) {
                    for value in entry.values(of: type) { print(format == .json ? value.json.text() : value.line) }
                }
            }
        }

        private func query() throws -> PIIAuditQuery {
            guard 1...1_000_000 ~= limit else {
                throw ConfigurationError("'--limit \(limit)' must be a number from 1 to 1000000.")
            }
            let id = try request.map { text in
                guard let id = RequestID(hex: text) else {
                    throw ConfigurationError("'--request \(text)' is no id of a request: 32 hex digits.")
                }
                return id
            }
            return PIIAuditQuery(
                request: id, key: key, type: type, since: try since.map { try time($0, "--since") },
                until: try until.map { try time($0, "--until") }, limit: limit)
        }

        private func time(_ text: String, _ option: String) throws -> Timestamp {
            guard let time = Timestamp(dayOrTime: text) else {
                throw ConfigurationError("'\(option) \(text)' is no day as YYYY-MM-DD and no time as RFC 3339.")
            }
            return time
        }
    }
}

extension EntityType: ExpressibleByArgument {
    public init?(argument: String) {
        guard let type = EntityType.allCases.first(where: { $0.name == argument }) else { return nil }
        self = type
    }

    public static var allValueStrings: [String] { allCases.map(\.name) }
    public var defaultValueDescription: String { name }

    fileprivate static var words: String { allValueStrings.joined(separator: ", ") }
}

extension PIIAuditValue {
    fileprivate var line: String {
        "\(time)  \(request.hex)  \(key)  \(type)  \(count)  \(digest)  \(standIn)"
    }
}
