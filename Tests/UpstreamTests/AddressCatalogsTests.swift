import Domain
import Testing

@testable import Upstream

@Suite struct AddressCatalogsTests {
    private let saved = Timestamp(seconds: 1_795_000_000)

    private func finding(savedAt: Timestamp?, after seconds: Int64) throws -> AddressFinding {
        let file = RangeFiles.azure([("AzureCloud.canadaeast", "canadaeast", ["192.0.2.0/24"])])
        let catalog = try AddressCatalog(reading: Array(file.utf8), of: .azure, savedAt: savedAt)
        let address = try #require(IPAddress("192.0.2.7"))
        return AddressCatalogs([catalog], mostAge: 60)
            .finding(for: address, of: try Self.route(), at: saved.adding(seconds: seconds))
    }

    @Test func `a list that doesn't say of when it is is as old as its file`() throws {
        #expect(try finding(savedAt: saved, after: 60).result == .match)
        #expect(try finding(savedAt: saved, after: 61).result == .stale)
    }

    @Test func `a list of which nobody knows how old it is counts as too old`() throws {
        #expect(try finding(savedAt: nil, after: 0).result == .stale)
    }

    private static func route() throws -> Route {
        let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        let canada = try #require(JurisdictionSet(codes: "CA"))
        return Route(
            id: "a", name: "a", provider: ProviderID(rawValue: "azure"), upstreamModel: "m",
            endpoint: Endpoint(isTLS: true, host: "example.test", port: 443, pathPrefix: ""),
            tier: .managedCanadianCloud,
            residency: Residency(
                region: "canadaeast", jurisdiction: try #require(Jurisdiction("CA")), processing: canada,
                storage: canada, exposure: canada),
            prices: PriceSnapshot(id: "free", cost: free, charge: free),
            capabilities: Capabilities(
                supportsVision: false, supportsFunctionCalling: true, modalities: ["text"], contextWindow: 8_192,
                maximumOutputTokens: 1_024, basis: .default),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform, egress: EgressRule(mode: .enforce, proof: .regional(.azure)))
    }
}
