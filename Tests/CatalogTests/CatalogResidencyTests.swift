import Domain
import Testing

@testable import northern

/// What a catalogue claims, against what the providers' interfaces say.
@Suite struct CatalogResidencyTests {
    private let loader = CatalogLoader.judging

    @Test(arguments: ["global.anthropic.claude-sonnet-4-6", "us.anthropic.claude-sonnet-4-6", "mars.anthropic.claude"])
    func `a Canadian route over a profile that runs elsewhere doesn't load, and the rule is told`(model: String) throws
    {
        let entry = Entry("bedrock/\(model)-ca", ["upstream_model": model])
        let error = try #require(loader.errors(in: .file(entry)).first)
        #expect(error.problem.hasPrefix("it contradicts itself: it may run in"))
        #expect(error.problem.contains("'\(model.prefix { $0 != "." }).'") && error.problem.hasSuffix("it says CA"))
    }

    @Test func `an Azure route that says Canada over a global deployment doesn't load`() throws {
        let entry = Entry(
            "azure/gpt-ca",
            [
                "provider": "azure", "upstream_model": "gpt", "deployment_type": "GlobalStandard",
                "endpoint": "{region: canadaeast, jurisdiction: CA}",
            ])
        let error = try #require(loader.errors(in: .file(entry)).first)
        #expect(error.problem.contains("deployments of the type 'GlobalStandard' do"))
    }

    @Test func `an endpoint of another region than the route's doesn't load`() throws {
        let url = "https://bedrock-runtime.us-east-1.amazonaws.com"
        let entry = Entry(
            "m",
            [
                "upstream_model": "meta.llama3-8b-instruct-v1:0",
                "endpoint": "{region: ca-central-1, jurisdiction: CA, base_url: '\(url)'}",
            ])
        let error = try #require(loader.errors(in: .file(entry)).first)
        #expect(error.problem.contains("is that of 'us-east-1'"))
    }

    @Test func `a route says how its endpoint's address is checked`() throws {
        let entry = Entry(
            "m",
            [
                "provider": "compatible", "egress": "enforce",
                "endpoint":
                    "{region: here, jurisdiction: CA, addresses: [10.0.0.0/8, '2001:db8::/32'], network: google}",
            ])
        let declared = ["10.0.0.0/8", "2001:db8::/32"].compactMap { IPPrefix($0) }
        #expect(
            try loader.route(entry).egress
                == EgressRule(mode: .enforce, proof: .regional(.google), declaredAddresses: declared))
        #expect(try loader.route(Entry("m", ["provider": "compatible"])).egress == EgressRule(mode: .observe))
        let strict = CatalogLoader(providers: loader.providers, egress: EgressMode.enforce)
        #expect(try strict.route(Entry("m", ["provider": "compatible"])).egress.mode == .enforce)
    }

    @Test(arguments: ["10.0.0.1/8", "10.0.0.0", "host", "10.0.0.0/33"])
    func `what is no prefix is no address of an endpoint`(text: String) throws {
        let entry = Entry(
            "m", ["provider": "compatible", "endpoint": "{region: r, jurisdiction: CA, addresses: ['\(text)']}"])
        #expect(loader.errors(in: .file(entry)).count == 1)
    }
}
