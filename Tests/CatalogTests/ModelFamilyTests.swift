import Domain
import Testing

@testable import northern

@Suite struct ModelFamilyTests {
    @Test(arguments: [
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", 200_000, 64_000),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", 200_000, 64_000),
        ("claude-haiku-4-5@20251001", 200_000, 64_000),
        ("anthropic/claude-haiku-4.5", 200_000, 64_000),
        ("us.anthropic.claude-sonnet-4-6", 1_000_000, 64_000),
        ("claude-sonnet-4-20250514", 200_000, 64_000),
        ("claude-opus-4-1-20250805", 200_000, 32_000),
        ("arn:aws:bedrock:ca-central-1:1:inference-profile/us.anthropic.claude-opus-4-8", 1_000_000, 128_000),
        ("publishers/google/models/gemini-2.5-flash-preview-05-20", 1_048_576, 65_535),
        ("gemini-2.0-flash-001", 1_048_576, 8_192),
        ("gpt-4.1-mini-2025-04-14", 1_047_576, 32_768),
        ("gpt-4-1106-preview", 8_192, 4_096),
        ("gpt-4o-2024-11-20", 128_000, 16_384),
        ("gpt-5-2025-08-07", 272_000, 128_000),
        ("us-gov.amazon.nova-lite-v1:0", 300_000, 10_000),
        ("meta.llama3-3-70b-instruct-v1:0", 128_000, 4_096),
        ("meta-llama/Llama-3.3-70B-Instruct", 128_000, 4_096),
        ("llama3.3:70b", 128_000, 4_096),
        ("mistral.mistral-large-2402-v1:0", 32_000, 4_096),
        ("mistral.mistral-large-3-675b-instruct", 256_000, 32_000),
    ])
    func `a model is known by any of its ids`(id: String, contextWindow: Int, output: Int) throws {
        let facts = try #require(Capabilities.family(of: id))
        #expect(facts.contextWindow == contextWindow && facts.maximumOutputTokens == output)
        #expect(facts.basis == .modelFamily)
    }

    @Test(arguments: ["mock-model", "claudette-3", "gpt", "", "/", ":", "...", "o30-mini", "global.", "claude"])
    func `what belongs to no family is unknown`(id: String) {
        #expect(Capabilities.family(of: id) == nil)
    }

    @Test func `the newest models take no sampling parameters`() throws {
        #expect(try #require(Capabilities.family(of: "claude-opus-4-6")).supportsSamplingParameters)
        #expect(try !#require(Capabilities.family(of: "claude-opus-4-7")).supportsSamplingParameters)
        #expect(try !#require(Capabilities.family(of: "gpt-5-mini")).supportsSamplingParameters)
    }

    @Test func `an unknown model is taken for text only, without tools, with 8,192 and 2,048 tokens`() throws {
        let route = try CatalogLoader.complete.route(Entry("a", ["upstream_model": "a-model-of-our-own"]))
        #expect(
            route.capabilities
                == Capabilities(
                    supportsVision: false, supportsFunctionCalling: false, modalities: ["text"],
                    contextWindow: 8_192, maximumOutputTokens: 2_048, basis: .default))
    }

    @Test func `a route that doesn't say what its model can do gets what the family can`() throws {
        let route = try CatalogLoader.complete.route(Entry("a", ["upstream_model": "anthropic.claude-sonnet-4-6"]))
        #expect(route.capabilities.supportsVision && route.capabilities.modalities == ["text", "image"])
        #expect(route.capabilities.basis == .modelFamily)
    }

    /// A name with other words could never be found.
    @Test func `every known family has a name that is found`() {
        for name in ModelFamily.known.keys {
            #expect(ModelFamily.words(of: name).joined(separator: "-") == name)
        }
    }

    @Test func `the families agree with the built-in routes, or promise less`() throws {
        for route in try CatalogLoader.complete.routes(from: [.builtIn]).map(\.route) {
            let family = try #require(Capabilities.family(of: route.upstreamModel), "\(route.id)")
            let facts = route.capabilities
            #expect(family.contextWindow <= facts.contextWindow, "\(route.id)")
            #expect(family.maximumOutputTokens <= facts.maximumOutputTokens, "\(route.id)")
            #expect(!family.supportsVision || facts.supportsVision, "\(route.id)")
            #expect(!family.supportsFunctionCalling || facts.supportsFunctionCalling, "\(route.id)")
            #expect(family.supportsSamplingParameters == facts.supportsSamplingParameters, "\(route.id)")
        }
    }
}
