import ArgumentParser

struct Custody: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check custody records and the log that they are in, and look after them.",
        subcommands: [
            Verify.self, Audit.self, Export.self, Digest.self, Keys.self, RotateKey.self, Publish.self, Retention.self,
        ])
}
