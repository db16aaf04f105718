import ArgumentParser
import Domain
import Foundation
import Gateway
import Logging
import NIOPosix
import ProviderSimulator
import Providers
import Storage
import Wire

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try the gateway in front of simulated providers: no account, no network.")

    @Option(help: "The port that callers connect to. 0: any that is free.") var port = 8080
    @Option(name: .long, help: "Write a JSON object with addresses and keys to this file once everything listens.")
    var readyFile: String?
    @Option(
        name: .customLong("upstream"),
        help: "A route of your own to a host that speaks OpenAI's wire: ROUTE=URL, or ROUTE=URL#MODEL.")
    var upstreams: [OwnUpstream] = []
    @Option(name: .long, help: "The key of those hosts.") var upstreamKey: String?
    @Option(name: .long, help: "What is logged at least.") var logLevel = Logger.Level.warning.rawValue

    func run() async throws {
        try await explaining {
            let directory = try freshDirectory()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let simulators = try await DemoSimulators.start()
            let token = "ni_admin_\(randomHex(bytes: 24))"
            var configuration = try await configuration(directory, simulators, adminToken: token)
            configuration.providers[OwnUpstream.credential] = ProviderConfiguration(
                credential: .fixed(upstreamKey.map { .bearer($0) } ?? .none, from: "'--upstream-key'"))
            let gateway = try await RunningGateway.start(
                configuration, routes: OwnUpstream.source(upstreams, gateway: configuration.jurisdiction),
                load: { [configuration] in configuration })
            let key = try gateway.store.createKey(
                name: "demo", organization: .default,
                policy: KeyPolicy(tiers: Set(Tier.allCases), allowsCommands: true), environment: .live,
                hashedBy: gateway.hasher, at: wallClock())
            try gateway.publishKeys()
            let baseURL = "http://127.0.0.1:\(gateway.server.port)"
            let welcome = DemoWelcome(
                baseURL: baseURL, key: key.secret.text, adminToken: token,
                claim: try gateway.store.makeClaim().map { ClaimLink($0, at: baseURL) }, dataDirectory: directory,
                simulators: simulators, readyFile: readyFile)
            try await gateway.run { welcome.show(adminPort: $0) }
        }
    }

    private func freshDirectory() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/northern-demo-\(randomHex(bytes: 6))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return path
    }

    /// The same settings that a configuration file would have, with the simulators in place of the providers.
    private func configuration(
        _ directory: String, _ simulators: DemoSimulators, adminToken: String
    ) async throws -> GatewayConfiguration {
        var flags = [
            Settings.dataDirectory.key: directory, Settings.port.key: String(port), Settings.adminPort.key: "0",
            Settings.adminToken.key: adminToken, Settings.logLevel.key: logLevel,
            // Simulated providers fail because they are told to, and only then.
            UpstreamSetting.breakerFailures.key: "0",
        ]
        flags.merge(simulators.settings) { _, new in new }
        // The environment is left out: credentials of real accounts have no business in a demo.
        return try GatewayConfiguration(await SettingReader(file: nil, flags: flags, environment: [:]))
    }
}

func randomHex(bytes count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hex
}
