import Domain
import Providers
import Testing

/// What providers' replies say of who has answered, and where.
@Suite struct ReplyWitnessTests {
    private func witness(_ provider: String) throws -> ReplyWitness {
        try #require(everyProvider.first { $0.facts.id.rawValue == provider }).facts.witness
    }

    private func permits(
        _ answered: String, for model: String, of provider: String, answersAs: [String] = []
    ) throws -> Bool {
        let names = try witness(provider).models
        let expected = names.expected(of: try .answering(model, as: answersAs))
        return names.permit(answered, as: expected)
    }

    @Test(arguments: [
        ("openai", "gpt-4.1", "gpt-4.1"), ("openai", "gpt-4.1", "gpt-4.1-2025-04-14"),
        ("openai", "gpt-4", "gpt-4-0613"),
        ("vertex", "gemini-2.5-pro", "gemini-2.5-pro-001"),
        ("vertex", "gemini-2.5-pro", "gemini-2.5-pro-preview-05-06"),
        ("vertex", "gemini-2.5-flash", "gemini-2.5-flash-preview-09-2025"),
        ("vertex_anthropic", "claude-haiku-4-5@20251001", "claude-haiku-4-5-20251001"),
        ("vertex_anthropic", "claude-sonnet-4-6", "claude-sonnet-4-6"),
        ("vertex_anthropic", "claude-sonnet-4-5@default", "claude-sonnet-4-5-20250929"),
        ("anthropic", "claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("anthropic", "claude-opus-4-0", "claude-opus-4-20250514"),
        ("anthropic", "claude-3-7-sonnet-latest", "claude-3-7-sonnet-20250219"),
        ("bedrock_anthropic", "global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
        ("bedrock_anthropic", "us.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6"),
        ("bedrock_anthropic", "anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        (
            "bedrock_anthropic",
            "arn:aws:bedrock:ca-central-1:111122223333:inference-profile/us.anthropic.claude-opus-4-8",
            "claude-opus-4-8"
        ),
        ("compatible", "meta-llama/Llama-3.3-70B-Instruct", "meta-llama/Llama-3.3-70B-Instruct"),
    ])
    func `a model answers under its own name or a snapshot's`(provider: String, model: String, name: String) throws {
        #expect(try permits(name, for: model, of: provider))
    }

    @Test(arguments: [
        ("openai", "gpt-5", "gpt-5-mini"), ("openai", "gpt-5", "gpt-5-mini-2025-08-07"), ("openai", "gpt-4", "gpt-4.1"),
        ("openai", "gpt-4.1-2025-04-14", "gpt-4.1"), ("openai", "gpt-4.1", "gpt-4.1-2025-04-1"),
        ("openai", "gpt-4.1", "GPT-4.1"), ("openai", "gpt-4.1", "gpt-4"),
        ("vertex", "gemini-2.5-flash", "gemini-2.5-flash-lite"), ("vertex", "gemini-2.5-flash", "gemini-3.5-flash"),
        ("anthropic", "claude-opus-4", "claude-opus-4-1-20250805"),
        ("anthropic", "claude-sonnet-4", "claude-sonnet-4-5"),
        ("anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5-20251002"),
        ("vertex_anthropic", "claude-haiku-4-5@20251001", "claude-haiku-4-5-20251002"),
        ("bedrock_anthropic", "global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-sonnet-4-5-20250929"),
        ("compatible", "llama", "llama-001"), ("compatible", "llama", "llama:latest"), ("compatible", "llama", ""),
    ])
    func `any other name is another model's`(provider: String, model: String, name: String) throws {
        #expect(try !permits(name, for: model, of: provider))
    }

    @Test(arguments: [
        ("azure", "our-deployment"), ("bedrock", "meta.llama3-8b-instruct-v1:0"), ("cohere", "command-a-03-2025"),
        ("bedrock_anthropic", "arn:aws:bedrock:ca-central-1:111122223333:application-inference-profile/abc"),
    ])
    func `nothing is expected where the upstream's model doesn't tell a name`(provider: String, model: String) throws {
        #expect(try witness(provider).models.expected(of: .answering(model)).isEmpty)
    }

    @Test func `what the catalogue says a route answers as comes before what its provider makes of the model`() throws {
        #expect(try permits("gpt-4.1-2025-04-14", for: "ours", of: "azure", answersAs: ["gpt-4o", "gpt-4.1"]))
        #expect(try !permits("gpt-4.1-mini", for: "ours", of: "azure", answersAs: ["gpt-4o", "gpt-4.1"]))
        #expect(try permits("llama.gguf", for: "llama", of: "compatible", answersAs: ["llama.gguf"]))
        #expect(try !permits("llama", for: "llama", of: "compatible", answersAs: ["llama.gguf"]))
    }

    @Test(arguments: [
        ("Canada East", "canadaeast"), ("canadaeast", "canadaeast"), ("East US 2", "eastus2"),
        ("CANADA EAST", "canadaeast"),
    ])
    func `a region is the same in whatever case and with whatever blanks`(text: String, region: String) {
        #expect(ReplyWitness.region(named: text) == region)
    }

    @Test(arguments: ["", "  ", "ca-sim-1", "Canada East; and more", "Québec", String(repeating: "a", count: 64)])
    func `what isn't the name of a region names none`(text: String) {
        #expect(ReplyWitness.region(named: text) == nil)
    }

    @Test func `Anthropic's words for a geography stand for places, and an unknown one for any`() throws {
        let places = try witness("anthropic").places
        #expect(places("us")?.description == "US" && places("global") == .anywhere && places("mars") == .anywhere)
        #expect(places("not_available") == nil)
        // The clouds don't let callers choose, and promise nothing by that word.
        #expect(try witness("vertex_anthropic").places("us") == nil && witness("bedrock_anthropic").places("us") == nil)
    }
}

extension Route {
    fileprivate static func answering(_ model: String, as names: [String] = []) throws -> Route {
        let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        return Route(
            id: "r", name: "r", provider: ProviderID(rawValue: "p"), upstreamModel: model,
            endpoint: try #require(Endpoint(url: "https://example.test")), tier: .providerAPI,
            residency: Residency(
                region: "r", jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere, exposure: .anywhere),
            prices: PriceSnapshot(id: "free", cost: free, charge: free),
            capabilities: Capabilities(
                supportsVision: false, supportsFunctionCalling: false, modalities: ["text"], contextWindow: 1,
                maximumOutputTokens: 1, basis: .route),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: nil, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform, answersAs: names)
    }
}
