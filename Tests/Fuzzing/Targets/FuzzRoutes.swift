package import Domain
import Providers

/// The upstreams that fuzzed requests are written for, and whose replies are made up: every provider, with models of all
/// kinds that its adapter tells apart.
package struct FuzzRoute: Sendable {
    package let provider: ProviderID
    let adapter: any TranslatingAdapter

    package static let all: [FuzzRoute] = models.compactMap { provider, model in
        let adapter = try? Route.recorded(of: provider, model: model, takesSampling: true).adapter(["project": "p-1"])
        return adapter.map { FuzzRoute(provider: ProviderID(rawValue: provider), adapter: $0) }
    }

    private static let models = [
        ("anthropic", "claude-sonnet-4-6"), ("anthropic", "claude-3-5-haiku-20241022"),
        ("bedrock", "global.anthropic.claude-sonnet-4-6"), ("bedrock", "ca.amazon.nova-lite-v1:0"),
        ("bedrock", "meta.llama3-70b-instruct-v1:0"),
        ("bedrock_anthropic", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("vertex", "gemini-2.5-flash"), ("vertex", "gemini-3.5-flash"),
        ("vertex_anthropic", "claude-haiku-4-5@20251001"), ("openai", "gpt-4o"), ("openai", "o3"), ("azure", "gpt-5"),
        ("compatible", "qwen3-8b"), ("cohere", "command-a-03-2025"), ("cohere", "command-a-reasoning-08-2025"),
    ]
}

extension Route {
    /// A route as tests need one.
    static func recorded(of provider: String, model: String, takesSampling: Bool) throws -> Route {
        let region = provider.hasPrefix("vertex") ? "northamerica-northeast1" : "ca-central-1"
        let facts = everyProvider.first { $0.facts.id.rawValue == provider }?.facts
        let url = facts?.defaultBaseURL(region) ?? "https://upstream.example"
        guard let endpoint = Endpoint(url: url) else { throw Disagreement("\(provider) has no endpoint.") }
        let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        return Route(
            id: "route", name: "Route", provider: ProviderID(rawValue: provider), upstreamModel: model,
            endpoint: endpoint, tier: .managedCanadianCloud,
            residency: Residency(
                region: region, jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere,
                exposure: .anywhere),
            prices: PriceSnapshot(id: "free", cost: free, charge: free),
            capabilities: Capabilities(
                supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"],
                contextWindow: 200_000, maximumOutputTokens: 64_000, supportsSamplingParameters: takesSampling,
                basis: .route),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform)
    }

    /// What speaks with the route's upstream.
    func adapter(_ settings: [String: String]) throws -> any TranslatingAdapter {
        let type = everyProvider.first { $0.facts.id == provider } as? any TranslatingAdapter.Type
        guard let type else { throw Disagreement("There is no provider \(provider).") }
        return try type.init(route: self, settings: ProviderSettings(settings))
    }
}
