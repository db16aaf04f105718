import ArgumentParser
import Foundation

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take over the configuration of another gateway.", subcommands: [LiteLLM.self])

    struct LiteLLM: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "litellm",
            abstract: "Make routes and settings of the 'config.yaml' of a LiteLLM proxy.",
            discussion: """
                Writes 'northern.yaml', 'routes.yaml' and 'northern.env', and says of each line of the file what has become \
                of it. No secret is copied: 'northern.env' says from which variables they are taken. What the file leaves to \
                the environment and is no secret, such as 'api_base: os.environ/AZURE_API_BASE', is taken from there now.
                """)

        @Argument(help: "LiteLLM's file.") var file: String
        @Option(help: "The folder that the files are written to.") var into = "."
        @Flag(help: "Write over files that are there already.") var force = false

        func run() async throws {
            try await explaining {
                let imported = LiteLLMImport(
                    try SourceFile(try read(), name: file), environment: ProcessInfo.processInfo.environment)
                for note in imported.notes { print(note) }
                guard !imported.routes.isEmpty else {
                    throw ConfigurationError("Nothing is written: no entry of 'model_list' has become a route.")
                }
                try write(imported)
            }
        }

        private func read() throws -> String {
            guard let handle = FileHandle(forReadingAtPath: file),
                let bytes = try? handle.read(upToCount: SourceFile.mostBytes + 1),
                let text = String(validating: bytes, as: UTF8.self)
            else { throw ConfigurationError("'\(file)' can't be read as text. Check its path and its rights.") }
            return text
        }

        private func write(_ imported: LiteLLMImport) throws {
            let folder = URL(filePath: into, directoryHint: .isDirectory)
            let path = { (name: String) in folder.appending(path: name).path(percentEncoded: false) }
            let name = URL(filePath: file).lastPathComponent
            let files = [
                ("northern.yaml", imported.settings.yaml(catalog: path("routes.yaml"))),
                ("routes.yaml", ImportedRoute.catalog(imported.routes, version: "imported")),
                ("northern.env", imported.settings.shell(from: name)),
            ]
            if !force, let taken = files.map({ path($0.0) }).first(where: FileManager.default.fileExists) {
                throw ConfigurationError(
                    "'\(taken)' is there already. Choose another folder with '--into', or '--force'.")
            }
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, text) in files { try writeWhole(text, to: path(name)) }
            let left = imported.notes.count { $0.outcome == .leftOut }
            print(
                """

                \(imported.routes.count) routes, \(imported.settings.values.count) settings, \
                \(imported.settings.secrets.count) secrets to be set; \(left) lines are left out.
                Look through '\(path("routes.yaml"))', then: set -a; . \(path("northern.env")); set +a; northern check \
                --config \(path("northern.yaml"))
                """)
        }
    }
}
