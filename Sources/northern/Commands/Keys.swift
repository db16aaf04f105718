public import ArgumentParser
public import Domain
import Foundation
import Storage
import Wire

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, limit, rotate and revoke API keys.",
        subcommands: [Create.self, List.self, Limit.self, Rotate.self, Revoke.self])

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
        @OptionGroup var limits: KeyLimitOptions
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
                        exposure: try places(exposure, of: "--exposure"), evidence: evidence, egress: egress),
                    limits: try limits.changing(KeyLimits()), sourceNetworks: try limits.networks(usual: nil))
                let (key, secret) = try store.createKey(
                    name: name, organization: .default, policy: policy, environment: test ? .test : .live,
                    expiresAt: try expiry(), hashedBy: hasher, at: wallClock())
                format.show(key, secret)
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

    struct Limit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what a key may use and spend. What isn't named stays as it is.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The key's id.") var key: String
        @OptionGroup var limits: KeyLimitOptions

        func run() async throws {
            try await explaining {
                let (store, _) = try await KeyStorage.open(options)
                let changed = try store.updateKey(key) { key in
                    var policy = key.policy
                    policy.limits = try limits.changing(policy.limits)
                    policy.sourceNetworks = try limits.networks(usual: policy.sourceNetworks)
                    return APIKey(
                        id: key.id, organization: key.organization, name: key.name, hint: key.hint, policy: policy,
                        createdAt: key.createdAt, expiresAt: key.expiresAt, revokedAt: key.revokedAt)
                }
                guard let changed else { throw ConfigurationError.unknownKey }
                print(
                    "Changed \(changed.id) (\(changed.name)). A gateway that is running knows within a second or two.")
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key another secret. The old one stays as good for a while.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The key's id.") var key: String
        @Option(help: "For how many hours the old secret stays as good.") var overlapHours = 24
        @Option(help: "text or json") var format: OutputFormat = .text

        func run() async throws {
            try await explaining {
                let (store, hasher) = try await KeyStorage.open(options)
                guard 0...720 ~= overlapHours else {
                    throw ConfigurationError("'--overlap-hours' must be from 0 to 720, which is 30 days.")
                }
                let end = wallClock().adding(seconds: Int64(overlapHours) * 3_600)
                let rotated = try store.rotateKey(key, environment: nil, oldSecretUntil: end, hashedBy: hasher)
                guard let (key, secret) = rotated else { throw ConfigurationError.unknownKey }
                format.show(key, secret)
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

extension OutputFormat {
    /// Prints a key's secret, once.
    fileprivate func show(_ key: APIKey, _ secret: APIKeySecret) {
        switch self {
        case .json:
            print(JSON.object(["id": .string(key.id), "name": .string(key.name), "key": .string(secret.text)]).text())
        case .text:
            print("\(secret.text)\n")
            print("This is the only time the key is shown. Its id is \(key.id).")
        }
    }
}

/// What a key may use and spend, and from where.
struct KeyLimitOptions: ParsableArguments {
    @Option(help: "Requests within a minute; 0 for any number.") var rpm: Int?
    @Option(help: "Tokens within a minute; 0 for any number.") var tpm: Int?
    @Option(help: "US dollars that it may spend in a day, such as 5.50; 'none' for any amount.") var budgetDay: String?
    @Option(help: "The same for a month.") var budgetMonth: String?
    @Option(help: "The same in all.") var budgetTotal: String?
    @Option(
        name: .customLong("network"),
        help: "A network that callers have to be in, such as 203.0.113.0/24; 'any' for everywhere.")
    var networkTexts: [String] = []

    /// - Throws: ``ConfigurationError``.
    func changing(_ limits: KeyLimits) throws -> KeyLimits {
        KeyLimits(
            requestsPerMinute: try Self.count(rpm, "--rpm", usual: limits.requestsPerMinute),
            tokensPerMinute: try Self.count(tpm, "--tpm", usual: limits.tokensPerMinute),
            budget: Budget(
                day: try Self.amount(budgetDay, "--budget-day", usual: limits.budget.day),
                month: try Self.amount(budgetMonth, "--budget-month", usual: limits.budget.month),
                total: try Self.amount(budgetTotal, "--budget-total", usual: limits.budget.total)))
    }

    /// - Throws: ``ConfigurationError``.
    func networks(usual: Set<IPPrefix>?) throws -> Set<IPPrefix>? {
        guard !networkTexts.isEmpty else { return usual }
        guard networkTexts != ["any"] else { return nil }
        return Set(
            try networkTexts.map { text in
                guard let network = IPPrefix(text) else {
                    throw ConfigurationError("'--network \(text)' is no network. Write it as 203.0.113.0/24.")
                }
                return network
            })
    }

    private static func count(_ value: Int?, _ option: String, usual: Int?) throws -> Int? {
        guard let value else { return usual }
        guard 0...1_000_000_000_000 ~= value else { throw ConfigurationError("'\(option)' must be 0 or more.") }
        return value == 0 ? nil : value
    }

    private static func amount(_ text: String?, _ option: String, usual: Money?) throws -> Money? {
        guard let text else { return usual }
        guard text != "none" else { return nil }
        guard let money = Money(dollars: text) else {
            throw ConfigurationError("'\(option) \(text)' is no amount. Write it as 12.50, or as none.")
        }
        return money
    }
}

extension ConfigurationError {
    fileprivate static var unknownKey: ConfigurationError {
        ConfigurationError("No key that is in force has this id. 'northern keys list' shows the ids of all keys.")
    }
}

extension Tier: ExpressibleByArgument {}
extension EvidenceGrade: ExpressibleByArgument {}
extension EgressMode: ExpressibleByArgument {}
extension SubstitutionDemand: ExpressibleByArgument {}

/// The store and what keys are hashed with, for commands that need nothing else.
private enum KeyStorage {
    static func open(_ options: ConfigurationOptions) async throws -> (Store, KeyHasher) {
        let configuration = try await options.load()
        return (
            try Store(configuration),
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
