import CustodyLog
import Domain
import Foundation
import Logging
import Providers

/// All that an operator decides, read once and handed in. See ``Settings`` for what each value is.
struct GatewayConfiguration: Sendable {
    var dataDirectory: String
    /// Nil: the store is a file in the data directory.
    var storeURL: String?
    var host: String
    var port: Int
    var bodyLimit: Int
    var listen: ListenConfiguration
    /// Networks of the proxies whose word on a caller's address is taken.
    var proxies: [IPPrefix]
    var eventLoops: Int
    var adminHost: String
    var adminPort: Int
    var adminToken: String?
    var jurisdiction: Jurisdiction
    var logLevel: Logger.Level
    var logFormat: LogFormat
    var catalogFile: String?
    var usesBuiltInCatalog: Bool
    var journalLimit: Int
    var logOrigin: String?
    var witnesses: [Witness]
    /// 0: for ever.
    var retentionDays: Int
    var digestsContent: Bool
    var substitution: SubstitutionConfiguration
    var images: ImageConfiguration
    var upstream: UpstreamConfiguration
    var egressMode: EgressMode
    /// By who publishes them.
    var addressLists: [AddressPublisher: AddressListSource]
    var addressDays: Int
    var acceptsAddressLosses: Bool
    /// Where callers reach the gateway, without `/v1`; nil: the address that a visitor used.
    var publicURL: String?
    /// Nil where people sign in with passwords only.
    var signOn: SignOnConfiguration?
    var telemetry: TelemetryConfiguration
    var storedCredentials: StoredCredentialConfiguration
    var providers: [ProviderID: ProviderConfiguration]
    /// What all of this was read from.
    var reading: ConfigurationReading

    /// - Throws: ``ConfigurationError``.
    init(_ reader: SettingReader) throws {
        dataDirectory = reader.text(Settings.dataDirectory) ?? ""
        storeURL = reader.text(Settings.storeURL)
        host = reader.text(Settings.host) ?? ""
        port = try reader.integer(Settings.port, in: 0...65535)
        bodyLimit = try reader.integer(Settings.bodyLimit, in: 1024...1 << 32)
        listen = try ListenConfiguration(reader)
        proxies = try reader.texts(Settings.proxies).map { text in
            guard let network = IPPrefix(text) else {
                throw ConfigurationError(
                    "'\(Settings.proxies.key)' has '\(text)', which is no network. Write it as 10.0.0.0/8.")
            }
            return network
        }
        eventLoops = try reader.integer(Settings.loops, in: 0...1024)
        adminHost = reader.text(Settings.adminHost) ?? ""
        adminPort = try reader.integer(Settings.adminPort, in: 0...65535)
        adminToken = reader.text(Settings.adminToken)
        jurisdiction = try Self.jurisdiction(reader)
        logLevel = try reader.choice(Settings.logLevel)
        logFormat = try reader.choice(Settings.logFormat)
        catalogFile = reader.text(Settings.catalogFile)
        usesBuiltInCatalog = try reader.flag(Settings.usesBuiltInCatalog)
        journalLimit = try reader.integer(Settings.journalLimit, in: 1 << 16...1 << 44)
        logOrigin = try Self.logOrigin(reader)
        witnesses = try Witness.all(reader)
        retentionDays = try reader.integer(Settings.retentionDays, in: 0...36_500)
        digestsContent = try reader.flag(Settings.contentDigests)
        substitution = try SubstitutionConfiguration(reader)
        images = try ImageConfiguration(reader)
        upstream = try UpstreamConfiguration(reader)
        egressMode = try reader.choice(Settings.egressMode)
        addressLists = try [
            .aws: Settings.awsAddresses, .azure: Settings.azureAddresses, .google: Settings.googleAddresses,
            .oracle: Settings.oracleAddresses,
        ].compactMapValues { setting in try reader.text(setting).map { try AddressListSource($0, of: setting) } }
        addressDays = try reader.integer(Settings.addressAge, in: 1...36_500)
        acceptsAddressLosses = try reader.flag(Settings.acceptsLosses)
        publicURL = try Self.publicURL(reader)
        signOn = try SignOnConfiguration(reader)
        telemetry = try TelemetryConfiguration(reader)
        storedCredentials = StoredCredentialConfiguration(reader)
        providers = try ProviderConfiguration.all(reader)
        reading = reader.reading
    }

    /// The same, but for what is settled at a start.
    func settled(by started: GatewayConfiguration) -> GatewayConfiguration {
        var settled = self
        settled.dataDirectory = started.dataDirectory
        settled.storeURL = started.storeURL
        settled.host = started.host
        settled.port = started.port
        settled.eventLoops = started.eventLoops
        settled.adminHost = started.adminHost
        settled.adminPort = started.adminPort
        settled.journalLimit = started.journalLimit
        settled.logOrigin = started.logOrigin
        settled.witnesses = started.witnesses
        settled.addressLists = started.addressLists
        settled.addressDays = started.addressDays
        settled.acceptsAddressLosses = started.acceptsAddressLosses
        settled.publicURL = started.publicURL
        settled.signOn = started.signOn
        return settled
    }

    private static func publicURL(_ reader: SettingReader) throws -> String? {
        guard let text = reader.text(Settings.publicURL) else { return nil }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host() != nil, url.query == nil
        else {
            throw ConfigurationError(
                "'\(Settings.publicURL.key)' must be an address such as https://gateway.example.org.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func logOrigin(_ reader: SettingReader) throws -> String? {
        guard let text = reader.text(Settings.logOrigin) else { return nil }
        guard let name = KeyName(text) else {
            throw ConfigurationError(
                "'\(Settings.logOrigin.key)' must be a name without white space and plus signs, such as "
                    + "gateway.example.org/log.")
        }
        return name.text
    }

    private static func jurisdiction(_ reader: SettingReader) throws -> Jurisdiction {
        guard let code = reader.text(Settings.jurisdiction), let jurisdiction = Jurisdiction(code), code != "*" else {
            throw ConfigurationError("'\(Settings.jurisdiction.key)' must be an ISO 3166-1 code such as CA.")
        }
        return jurisdiction
    }
}

/// What is configured for one provider.
struct ProviderConfiguration: Sendable {
    var baseURL: String?
    var settings = ProviderSettings()
    var credential: CredentialOrigin = .absent

    fileprivate static func all(_ reader: SettingReader) throws -> [ProviderID: ProviderConfiguration] {
        let bedrock = try bedrock(reader)
        let vertex = try vertex(reader)
        return [
            BedrockAdapter.facts.id: bedrock,
            // The same accounts, asked on Anthropic's wire.
            BedrockAnthropicAdapter.facts.id: bedrock,
            VertexAdapter.facts.id: vertex,
            VertexAnthropicAdapter.facts.id: vertex,
            AnthropicAdapter.facts.id: anthropic(reader),
            CohereAdapter.facts.id: cohere(reader),
            OpenAIAdapter.facts.id: try openai(reader),
            AzureOpenAIAdapter.facts.id: try azure(reader),
            OpenAICompatibleAdapter.facts.id: try compatible(reader),
        ]
    }

    private static func bedrock(_ reader: SettingReader) throws -> ProviderConfiguration {
        ProviderConfiguration(
            baseURL: reader.text(ProviderSetting.bedrockBaseURL),
            settings: settings(reader, ["anthropic_beta": ProviderSetting.bedrockBeta]),
            credential: try BedrockCredential(reader).origin())
    }

    private static func vertex(_ reader: SettingReader) throws -> ProviderConfiguration {
        let found = try VertexCredential(reader).origin()
        var configuration = ProviderConfiguration(
            baseURL: reader.text(ProviderSetting.vertexBaseURL),
            settings: settings(reader, ["anthropic_beta": ProviderSetting.vertexBeta]), credential: found.origin)
        let project = reader.text(ProviderSetting.vertexProject, orVariable: "GOOGLE_CLOUD_PROJECT") ?? found.project
        if let project { configuration.settings.values["project"] = project }
        return configuration
    }

    private static func openai(_ reader: SettingReader) throws -> ProviderConfiguration {
        ProviderConfiguration(
            baseURL: reader.text(ProviderSetting.openaiBaseURL),
            credential: key(reader, ProviderSetting.openaiKey) { .bearer($0) })
    }

    private static func anthropic(_ reader: SettingReader) -> ProviderConfiguration {
        ProviderConfiguration(
            baseURL: reader.text(ProviderSetting.anthropicBaseURL),
            settings: settings(reader, ["anthropic_beta": ProviderSetting.anthropicBeta]),
            credential: key(reader, ProviderSetting.anthropicKey) { .header(name: "x-api-key", value: $0) })
    }

    private static func cohere(_ reader: SettingReader) -> ProviderConfiguration {
        ProviderConfiguration(
            baseURL: reader.text(ProviderSetting.cohereBaseURL),
            credential: key(reader, ProviderSetting.cohereKey) { .bearer($0) })
    }

    private static func azure(_ reader: SettingReader) throws -> ProviderConfiguration {
        ProviderConfiguration(
            baseURL: reader.text(ProviderSetting.azureBaseURL),
            settings: settings(reader, ["api_version": ProviderSetting.azureVersion]),
            credential: try AzureCredential(reader).origin())
    }

    /// A host of one's own needs no key.
    private static func compatible(_ reader: SettingReader) throws -> ProviderConfiguration {
        let names = ProviderSetting.self
        return ProviderConfiguration(
            baseURL: reader.text(names.compatibleBaseURL),
            settings: settings(
                reader,
                [
                    "token_limit": names.compatibleTokenLimit, "system_messages": names.compatibleSystemMessages,
                    "reasoning": names.compatibleReasoning, "reasoning_history": names.compatibleReasoningHistory,
                    "cloud_models": names.compatibleCloudModels,
                ]),
            credential: reader.text(names.compatibleKey) == nil
                ? .fixed(.none, from: "none is sent") : key(reader, names.compatibleKey) { .bearer($0) })
    }

    private static func key(
        _ reader: SettingReader, _ setting: Setting, _ credential: (String) -> Credential
    ) -> CredentialOrigin {
        reader.text(setting).map { .fixed(credential($0), from: "'\(setting.key)'") } ?? .absent
    }

    /// What an adapter is told, under its own names.
    private static func settings(_ reader: SettingReader, _ names: [String: Setting]) -> ProviderSettings {
        ProviderSettings(names.compactMapValues { reader.text($0) })
    }
}
