import ArgumentParser

/// The command line: the only place that knows every concrete type.
@main
struct Northern: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "northern",
        abstract: "A sovereign gateway for language models.",
        discussion: "A request goes where its route says, or nowhere.",
        version: version,
        subcommands: [
            Demo.self, Serve.self, Reload.self, Check.self, Keys.self, Credentials.self, Credits.self, Rates.self,
            Usage.self, People.self, Admin.self, Custody.self, PII.self, Migrate.self, Import.self, Simulate.self,
            Config.self,
        ])
}
