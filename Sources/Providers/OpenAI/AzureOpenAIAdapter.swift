public import Domain
import Wire

/// Azure OpenAI. The model of a route is the name of the deployment.
///
/// Without the setting `api_version` requests go to the `v1` paths, where the body names the deployment; with one, such as
/// `2024-10-21`, to the deployment's own path. `preview` asks for previews on the `v1` paths.
public struct AzureOpenAIAdapter: OpenAIWireAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "azure"), displayName: "Azure", litellmPrefix: "azure",
        telemetryName: "azure.ai.openai",
        // The host is named after the customer's resource, so there is none to assume.
        defaultBaseURL: { _ in nil }, residency: AzureResidency.finding,
        // Azure OpenAI names the region in each reply, such as `Canada East`.
        witness: ReplyWitness(models: .azure, regionField: "x-ms-region"))

    public let upstream: OpenAIUpstream

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        let provider = Self.facts.displayName
        let paths = try AzurePaths(deployment: route.upstreamModel, version: settings["api_version"] ?? "")
        // A deployment may have any name; where it tells nothing of the model, the newer member is right.
        let model = OpenAIModel(name: route.upstreamModel)
        var dialect = OpenAIDialect(model: route.upstreamModel, tokenLimit: model.tokenLimit)
        dialect.leastEffort = model.leastEffort
        dialect.takesSampling = route.capabilities.supportsSamplingParameters
        let hidden = [String(route.endpoint.host.prefix { $0 != "." })]
        func core(_ path: String) -> OpenAIWireCore {
            OpenAIWireCore(route: route, path: path, provider: provider, hidden: hidden)
        }
        upstream = OpenAIUpstream(
            chat: core(paths.chat), responses: paths.responses.map(core), embeddings: core(paths.embeddings),
            model: route.upstreamModel, encoder: OpenAIChatEncoder(dialect),
            style: ChatCompletionStyle(provider: provider))
    }
}

/// Azure's two styles of paths.
struct AzurePaths {
    let chat: String
    /// Nil for versions that have none.
    let responses: String?
    let embeddings: String

    init(deployment: String, version: String) throws(AdapterSettingError) {
        guard version.utf8.allSatisfy(Self.isAllowed) else {
            throw AdapterSettingError(
                setting: "api_version", "It must be a version of Azure's API, such as '2024-10-21', or be left out.")
        }
        switch version {
        case "", "v1":
            (chat, responses) = ("/openai/v1/chat/completions", "/openai/v1/responses")
            embeddings = "/openai/v1/embeddings"
        case "preview":
            chat = "/openai/v1/chat/completions?api-version=preview"
            responses = "/openai/v1/responses?api-version=preview"
            embeddings = "/openai/v1/embeddings?api-version=preview"
        default:
            let name = SigV4CanonicalRequest.percentEncoded(deployment)
            chat = "/openai/deployments/\(name)/chat/completions?api-version=\(version)"
            embeddings = "/openai/deployments/\(name)/embeddings?api-version=\(version)"
            // Dates are written so that their texts have their order.
            responses = version < Self.firstWithResponses ? nil : "/openai/responses?api-version=\(version)"
        }
    }

    private static let firstWithResponses = "2025-03-01"

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
