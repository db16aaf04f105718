public import ArgumentParser
public import Domain
import Foundation
import Storage
import Wire

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke API keys.", subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key. Its secret is shown once and kept nowhere.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "What the key is for.") var name: String
        @Option(
            name: .customLong("tier"),
            help: "A tier the key may use: \(Tier.words). All unless given.")
        var tiers: [Tier] = []
        @Option(name: .customLong("route"), help: "A route the key may use. All of its tiers unless given.")
        var routes: [String] = []
        @Flag(inversion: .prefixedNo, help: "Whether requests may fall back to other routes unless they say so.")
        var fallbacks = true
        @Flag(
            help: "Whether the gateway answers its ni-* commands. Not for an application that forwards its users' text."
        )
        var commands = false
        @Option(
            help:
                "Whether stand-ins take the place of personal information where requests don't say: \(SubstitutionDemand.words)."
        )
        var piiSubstitution: SubstitutionDemand?
        @Option(help: "Where models may run for it, such as CA or CA,US. Anywhere unless given.") var processing:
            String?
        @Option(help: "Whose law may compel disclosure of what it asks, such as CA,US. Anybody's unless given.")
        var exposure: String?
        @Option(
            help:
                "How well it has to be known where an endpoint is: \(EvidenceGrade.words)."
        )
        var evidence: EvidenceGrade?
        @Option(
            help:
                "How strictly endpoints' addresses are checked, where a route is less strict: \(EgressMode.words)."
        )
        var egress: EgressMode?
        @Flag(help: "Make a test key.") var test = false
        @Option(help: "The day on which the key ends, as YYYY-MM-DD.") var expires: String?
        @Option(help: "text or json") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let (store, hasher) = try await KeyStorage.open(options)
                let policy = KeyPolicy(
                    tiers: Set(tiers.isEmpty ? Tier.allCases : tiers), routes: routes.isEmpty ? nil : Set(routes),
                    allowsFallbacks: fallbacks, allowsCommands: commands, substitution: piiSubstitution,
                    residency: ResidencyDemand(
                        processing: try places(processing, of: "--processing"),
                        exposure: try places(exposure, of: "--exposure"), evidence: evidence, egress: egress))
                let (key, secret) = try store.createKey(
                    name: name, organization: .default, policy: policy, environment: test ? .test : .live,
                    expiresAt: try expiry(), hashedBy: hasher, at: wallClock())
                show(key, secret)
            }
        }

        private func places(_ codes: String?, of option: String) throws -> JurisdictionSet? {
            guard let codes else { return nil }
            guard let places = JurisdictionSet(codes: codes) else {
                throw ConfigurationError(
                    "'\(option) \(codes)' must be countries' codes with commas between them, such as CA,US, or *.")
            }
            return places
        }

        private func expiry() throws -> Timestamp? {
            guard let expires else { return nil }
            guard let date = CalendarDate(expires) else {
                throw ConfigurationError("'--expires \(expires)' is no day. Write it as YYYY-MM-DD.")
            }
            return Timestamp(seconds: date.daysSince1970 * 86_400)
        }

        private func show(_ key: APIKey, _ secret: APIKeySecret) {
            switch format {
            case .json:
                print(
                    JSON.object(["id": .string(key.id), "name": .string(key.name), "key": .string(secret.text)]).text())
            case .text:
                print("\(secret.text)\n")
                print("This is the only time the key is shown. Its id is \(key.id).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all keys, without their secrets.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await explaining {
                let (store, _) = try await KeyStorage.open(options)
                let now = wallClock()
                for key in try store.keys(of: nil) {
                    let tiers = key.policy.tiers.map(\.rawValue).sorted().joined(separator: ",")
                    print("\(key.id)  \(key.hint)…  \(key.state(at: now))  \(tiers)  \(key.name)")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a key for good.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The key's id, or the beginning of its secret as 'northern keys list' shows it.") var key:
            String

        func run() async throws {
            try await explaining {
                let (store, _) = try await KeyStorage.open(options)
                let revoked = try store.revokeKey(key, at: wallClock())
                print(
                    "Revoked \(revoked.id) (\(revoked.name)). A gateway that is running knows within a second or two.")
            }
        }
    }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

extension Tier: ExpressibleByArgument {}
extension EvidenceGrade: ExpressibleByArgument {}
extension EgressMode: ExpressibleByArgument {}
extension SubstitutionDemand: ExpressibleByArgument {}

/// The store and what keys are hashed with, for commands that need nothing else.
private enum KeyStorage {
    static func open(_ options: ConfigurationOptions) async throws -> (Store, KeyHasher) {
        let configuration = try await options.load()
        return (
            try Store(path: "\(configuration.dataDirectory)/northern.sqlite"),
            try KeyHasher(directory: configuration.dataDirectory)
        )
    }
}

extension APIKey {
    /// In one word.
    func state(at now: Timestamp) -> String {
        if revokedAt != nil { return "revoked" }
        if let expiresAt, expiresAt <= now { return "expired" }
        return "active"
    }
}
