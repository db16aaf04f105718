import ArgumentParser
import Domain
import Foundation
import Storage

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "Let people in who sign in to the portal.", subcommands: [Link.self])

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a new link that the first owner is made with.",
            discussion: "The link from before is no longer good. Once there is an owner, owners invite everybody else.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Where people reach the gateway, without a path. It is listen.host and listen.port unless given.")
        var url: String?

        func run() async throws {
            try await explaining {
                let configuration = try await options.load()
                let store = try Store(configuration)
                guard let token = try store.makeClaim() else {
                    throw ConfigurationError(
                        "This gateway has an owner already. Owners invite others under /portal/members.")
                }
                print(ClaimLink(token, at: url ?? "http://\(configuration.host):\(configuration.port)").url)
            }
        }
    }
}

/// The link that the first owner is made with. Printed once, never logged.
struct ClaimLink: Sendable {
    let url: String

    init(_ token: SecretToken, at baseURL: String) { url = "\(baseURL)/portal/claim?token=\(token.text)" }

    func show() {
        print("Nobody owns this gateway yet. Whoever opens this link first does:\n\n  \(url)\n")
        // Output to a pipe is held back otherwise.
        fflush(nil)
    }
}
