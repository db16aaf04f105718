import Domain
import Providers
import Testing

/// What providers' interfaces say about where a model runs.
@Suite struct ProviderResidencyTests {
    private func finding(
        _ provider: String, model: String = "m", region: String = "r", url: String = "https://example.test",
        type: String? = nil
    ) throws -> ResidencyFinding {
        let adapter = try #require(everyProvider.first { $0.facts.id.rawValue == provider })
        return adapter.facts.residency(
            RouteSite(
                upstreamModel: model, region: region, endpoint: try #require(Endpoint(url: url)), deploymentType: type))
    }

    @Test(arguments: [
        ("global.anthropic.claude-sonnet-4-6", "*"), ("us.anthropic.claude-sonnet-4-6", "US"),
        ("us-gov.anthropic.claude", "US"), ("eu.amazon.nova-pro-v1:0", "CH,DE,ES,FR,GB,IE,IT,SE"),
        ("au.anthropic.claude", "AU"), ("jp.anthropic.claude", "JP"), ("ca.amazon.nova-lite-v1:0", "CA"),
        ("ca.anthropic.claude-sonnet-4-6", "*"), ("meta.llama3-8b-instruct-v1:0", "CA"), ("mars.anthropic.claude", "*"),
        ("llama", "*"), ("", "*"), ("anthropic.claude-v2", "CA"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2", "US"),
        ("arn:aws:bedrock:ca-central-1:111122223333:provisioned-model/abc", "CA"),
        ("arn:aws:bedrock:ca-central-1:111122223333:inference-profile/us.anthropic.claude", "US"),
        ("arn:aws:bedrock:ca-central-1:111122223333:application-inference-profile/abc", "*"), ("arn:aws:s3:x", "*"),
    ])
    func `Bedrock runs a model where its id says`(model: String, places: String) throws {
        for provider in ["bedrock", "bedrock_anthropic"] {
            let found = try finding(provider, model: model, region: "ca-central-1")
            #expect(found.processing?.places.description == places && found.processing?.grade == .constrained)
            #expect(found.jurisdiction?.code == "CA" && found.addresses == .regional(.aws))
        }
    }

    @Test func `nothing is claimed of a region that isn't known`() throws {
        let found = try finding("bedrock", model: "meta.llama3-8b-instruct-v1:0", region: "ca-north-9")
        #expect(found.processing == nil && found.jurisdiction == nil)
    }

    @Test(arguments: [
        ("bedrock", "https://bedrock-runtime.ca-central-1.amazonaws.com", "ca-central-1"),
        ("bedrock", "https://bedrock-runtime-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("bedrock", "https://bedrock-runtime.ca-west-1.api.aws", "ca-west-1"),
        ("bedrock", "https://vpce-0a1b.bedrock-runtime.ca-central-1.vpce.amazonaws.com", "ca-central-1"),
        ("bedrock", "https://bedrock-runtime.amazonaws.com", nil), ("bedrock", "http://127.0.0.1:9000", nil),
        ("bedrock", "https://bedrock-runtime.ca-central-1.amazonaws.com.example.test", nil),
        ("vertex", "https://northamerica-northeast1-aiplatform.googleapis.com", "northamerica-northeast1"),
        ("vertex", "https://aiplatform.googleapis.com", "global"),
        ("vertex_anthropic", "https://aiplatform.us.rep.googleapis.com", "us"),
        ("azure", "https://example.openai.azure.com", nil), ("compatible", "http://10.0.0.1:8000", nil),
    ])
    func `a host's name tells its region or nothing`(provider: String, url: String, region: String?) throws {
        #expect(try finding(provider, url: url).hostRegion == region)
    }

    @Test(arguments: [
        ("gemini-2.5-pro", "northamerica-northeast1", "CA", EvidenceGrade.constrained),
        ("gemini-3.8-flash", "northamerica-northeast1", "CA", .declared),
        ("gemini-2.5-pro", "global", "*", .constrained),
        ("gemini-2.5-flash", "us", "US", .constrained), ("claude-sonnet-4-6", "europe-west1", "BE", .declared),
    ])
    func `Vertex runs a model in its location, and promises it of some`(
        model: String, location: String, places: String, grade: EvidenceGrade
    ) throws {
        let found = try finding("vertex", model: model, region: location)
        #expect(found.processing?.places.description == places && found.processing?.grade == grade)
        #expect(found.addresses == .unpublished)
    }

    @Test(arguments: [
        ("Standard", "canadaeast", "CA"), ("ProvisionedManaged", "canadacentral", "CA"),
        ("GlobalStandard", "canadaeast", "*"), ("GlobalProvisionedManaged", "canadaeast", "*"),
        ("DataZoneStandard", "eastus2", "US"), ("DataZoneStandard", "canadaeast", "*"), ("Standard", "moon", "*"),
        ("Something", "canadaeast", "*"),
    ])
    func `Azure runs a model where the deployment's type says`(type: String, region: String, places: String) throws {
        let found = try finding("azure", region: region, type: type)
        #expect(found.processing?.places.description == places && found.processing?.grade == .declared)
    }

    @Test func `a European data zone is the European Union`() throws {
        let places = try #require(
            try finding("azure", region: "westeurope", type: "DataZoneStandard").processing?.places)
        #expect(places.members.count == 27)
        #expect(places.description.contains("IE") && !places.description.contains("CH"))
    }

    @Test func `without a type Azure's deployments run where the catalogue says`() throws {
        #expect(try finding("azure", region: "canadaeast").processing == nil)
    }

    @Test(arguments: [
        ("gpt-oss:120b-cloud", true), ("glm-4.6:cloud", true), ("llama3.3:70b", false), ("cloud", false),
        ("my-cloud", false), ("model:cloudy", false),
    ])
    func `a model that Ollama hands on may run anywhere`(model: String, isHandedOn: Bool) throws {
        #expect(try finding("compatible", model: model).processing?.places == (isHandedOn ? .anywhere : nil))
    }
}
