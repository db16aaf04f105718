import NIOPosix
import ProviderSimulator
import Wire

/// A simulated provider of each kind, each on a port of its own.
struct DemoSimulators: Sendable {
    private let urls: [(name: String, url: String)]
    private static let key = "sim"

    /// Name and region of each, in the order in which they are shown.
    private static let kinds = [
        ("bedrock", "ca-central-1"), ("vertex", "northamerica-northeast1"), ("openai", "us"), ("anthropic", "us"),
        ("azure", "canadaeast"), ("compatible", "local"),
    ]

    static func start() async throws -> DemoSimulators {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var urls: [(name: String, url: String)] = []
        for (name, region) in kinds {
            var settings = SimulatorSettings()
            settings.models = .any
            settings.key = key
            settings.region = region
            urls.append((name, try await ProviderSimulator.start(settings, group: group).url))
        }
        return DemoSimulators(urls: urls)
    }

    private func url(_ name: String) -> String { urls.first { $0.name == name }?.url ?? "" }

    /// What makes the gateway take them for the providers.
    var settings: [String: String] {
        [
            ProviderSetting.bedrockBaseURL.key: url("bedrock"), ProviderSetting.bedrockAccessKeyID.key: "AKIDSIM",
            ProviderSetting.bedrockSecretAccessKey.key: Self.key, ProviderSetting.vertexBaseURL.key: url("vertex"),
            ProviderSetting.vertexProject.key: "demo", ProviderSetting.vertexAccessToken.key: Self.key,
            ProviderSetting.openaiBaseURL.key: url("openai") + "/v1", ProviderSetting.openaiKey.key: Self.key,
            ProviderSetting.anthropicBaseURL.key: url("anthropic"), ProviderSetting.anthropicKey.key: Self.key,
            ProviderSetting.azureBaseURL.key: url("azure"), ProviderSetting.azureKey.key: Self.key,
            ProviderSetting.compatibleBaseURL.key: url("compatible") + "/v1",
            ProviderSetting.compatibleKey.key: Self.key,
        ]
    }

    var json: JSON {
        var object = JSONObject()
        for (name, url) in urls { object[name] = .string(url) }
        return .object(object)
    }
}
