import ArgumentParser

struct Custody: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check custody records and the log that they are in.",
        subcommands: [Verify.self, Audit.self, Export.self])
}
