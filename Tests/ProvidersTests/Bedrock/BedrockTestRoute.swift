import Domain
import Foundation
import Providers
import Testing
import Wire

/// A route to Bedrock for tests.
func bedrockRoute(
    model: String = "global.anthropic.claude-sonnet-4-6",
    url: String = "https://bedrock-runtime.ca-central-1.amazonaws.com",
    region: String = "ca-central-1", takesSampling: Bool = true
) throws -> Route {
    let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
    return Route(
        id: "test", name: "Test", provider: BedrockAdapter.facts.id, upstreamModel: model,
        endpoint: try #require(Endpoint(url: url)), tier: .managedCanadianCloud,
        residency: Residency(
            region: region, jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere, exposure: .anywhere),
        prices: PriceSnapshot(id: "free", cost: free, charge: free),
        capabilities: Capabilities(
            supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"], contextWindow: 200_000,
            maximumOutputTokens: 8_192, supportsSamplingParameters: takesSampling, basis: .route),
        lifecycle: Lifecycle(), fallbacks: [],
        retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false), credentialSource: .platform)
}

func bedrockFixture(_ name: String) throws -> JSON {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/\(name)")
    return try JSON(parsing: Data(contentsOf: file))
}
