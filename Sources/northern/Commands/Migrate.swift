import ArgumentParser
import Foundation
import Storage

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy everything from one database to another that is empty.",
        discussion: """
            A database is 'sqlite:PATH' or 'postgres://user@host/database'. Everything is copied, or nothing: the rows of \
            each table are counted, and the log's root is compared. Stop the gateway first. The secrets, and the journal with \
            what isn't in the database yet, stay in the data directory, which the gateway goes on with.
            """)

    @Option(help: "The database that is copied. It stays as it is.") var from: String
    @Option(help: "The database that it is copied to. It must be empty.") var to: String

    func run() async throws {
        try await explaining {
            let (from, to) = (try Place(from), try Place(to))
            let directory = try Self.directory(from, to)
            let counts = try Store.lockingDirectory(directory) {
                try StoreCopy(from: from.open(directory, makes: false), to: to.open(directory, makes: true)).run()
            }
            for (table, rows) in counts where rows > 0 { print("\(table): \(rows)") }
            print("Copied, and compared. Set 'store.url' accordingly, and keep '\(directory)' with its secrets.")
        }
    }

    /// The one beside the file; its journal may have what the database doesn't.
    private static func directory(_ from: Place, _ to: Place) throws -> String {
        guard let path = from.path ?? to.path else {
            throw ConfigurationError("One of both has to be 'sqlite:PATH', in the data directory that has the secrets.")
        }
        let parent = (path as NSString).deletingLastPathComponent
        return parent.isEmpty ? "." : parent
    }

    private enum Place {
        case sqlite(String)
        case postgres(PostgresURL)

        /// - Throws: ``ConfigurationError`` or ``StoreError``; nothing of the text is in it.
        init(_ text: String) throws {
            if text.hasPrefix("sqlite:") {
                self = .sqlite(String(text.dropFirst("sqlite:".count)))
            } else {
                self = .postgres(try PostgresURL(text))
            }
        }

        var path: String? { if case .sqlite(let path) = self { path } else { nil } }

        func open(_ directory: String, makes: Bool) throws -> Store {
            switch self {
            case .sqlite(let path):
                guard makes || FileManager.default.fileExists(atPath: path) else {
                    throw ConfigurationError("There is no database '\(path)'. Check '--from'.")
                }
                return try Store(path: path)
            case .postgres(let url): return try Store(postgres: url, directory: directory)
            }
        }
    }
}
