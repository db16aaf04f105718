import ArgumentParser

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the reference of all settings, as Markdown.")

    func run() { print(ConfigurationReference.markdown, terminator: "") }
}
