import Domain
import Testing

@testable import northern

@Suite struct CatalogLoaderTests {
    let loader = CatalogLoader.complete

    @Test func `reads every member of a route`() throws {
        let entry = Entry(
            "site/model-ca",
            [
                "name": "Modèle d'essai", "tier": "canadian_owned_cloud", "upstream_model": "model:7b",
                "endpoint": "{base_url: \"https://llm.example.ca:8443/v1\", region: bench, jurisdiction: CA}",
                "exposure": "[CA]",
                "capabilities": """
                    {supports_vision: true, supports_function_calling: false, modalities: [text, image],
                     context_window: 200000, max_output_tokens: 64000, supports_sampling_parameters: false}
                """,
                "lifecycle": "{deprecated_at: 2026-12-24, retires_at: 2027-01-31, replacement: other, enforced: false}",
                "fallbacks": "[other]", "retention": "{days: 7, training: false, human_review: false}",
                "credential_source": "customer", "credential": "bedrock-hospital",
                "answers_as": "[model-7b, model.gguf]",
            ])
        let other = Entry("other", ["exposure": "[CA]"])
        let loaded = try #require(try loader.routes(from: [.file(entry, other)]).first)
        let route = loaded.route
        #expect(loaded.credential == "bedrock-hospital")
        #expect(route.id == "site/model-ca" && route.name == "Modèle d'essai" && route.upstreamModel == "model:7b")
        #expect(route.answersAs == ["model-7b", "model.gguf"])
        #expect(route.tier == .canadianOwnedCloud && route.endpoint.url == "https://llm.example.ca:8443/v1")
        #expect(
            route.capabilities
                == Capabilities(
                    supportsVision: true, supportsFunctionCalling: false, modalities: ["text", "image"],
                    contextWindow: 200_000, maximumOutputTokens: 64_000, supportsSamplingParameters: false,
                    basis: .route))
        #expect(
            route.lifecycle
                == Lifecycle(
                    deprecatedAt: try .day("2026-12-24"), retiresAt: try .day("2027-01-31"), replacement: "other",
                    isEnforced: false))
        #expect(route.fallbacks == ["other"])
        #expect(route.retention == Retention(days: 7, isUsedForTraining: false, isReviewedByHumans: false))
        #expect(route.credentialSource == .customer && route.prices.id.hasPrefix("routes-2026-12-01-"))
    }

    @Test func `only a provider's own tier lets a request be sent onward, unless the route says otherwise`() throws {
        for tier in Tier.allCases {
            let route = try loader.route(Entry("a", ["tier": tier.rawValue]))
            #expect(route.onward == (tier == .providerAPI ? .allowed : .refused))
        }
        #expect(try loader.route(Entry("a", ["onward": "allowed"])).onward == .allowed)
        #expect(try loader.route(Entry("a", ["tier": "provider_api", "onward": "refused"])).onward == .refused)
    }

    @Test func `reads the smallest file that the documentation shows`() throws {
        let route = try loader.route(
            Entry(
                "mock-model",
                [
                    "provider": "compatible", "tier": "customer_premises",
                    "endpoint": #"{base_url: "http://127.0.0.1:1/v1", region: bench, jurisdiction: CA}"#,
                    "prices": "{input: 1.00, output: 5.00}",
                ]))
        #expect(route.endpoint == Endpoint(isTLS: false, host: "127.0.0.1", port: 1, pathPrefix: "/v1"))
        #expect(route.capabilities == .careful && route.lifecycle == Lifecycle() && route.fallbacks.isEmpty)
        #expect(route.credentialSource == .platform)
    }

    @Test func `a route's own base URL comes before the configured one, and that before the provider's`() throws {
        let configured = CatalogLoader(providers: [
            ProviderID(rawValue: "bedrock"): ProviderCatalogFacts(
                defaultBaseURL: { "https://\($0).example" }, configuredEndpoint: Endpoint(url: "http://127.0.0.1:9"),
                credential: "bedrock")
        ])
        let own = Entry("a", ["endpoint": "{base_url: \"https://own.example\", region: r1, jurisdiction: CA}"])
        #expect(try configured.route(own).endpoint.host == "own.example")
        #expect(try configured.route(Entry()).endpoint.port == 9)
        #expect(try loader.route(Entry()).endpoint.host == "bedrock-runtime.ca-central-1.amazonaws.com")
    }

    @Test func `what is said about retention nowhere is taken for the worst`() throws {
        #expect(try loader.route(Entry()).retention == .unstated)
        let partly = try loader.route(Entry("a", ["retention": "{training: false}"])).retention
        #expect(partly == Retention(days: nil, isUsedForTraining: false, isReviewedByHumans: true))
    }

    @Test func `NO is Norway`() throws {
        let route = try loader.route(Entry("a", ["processing": "[NO, CA]"]))
        #expect(route.residency.processing == .of("CA", "NO"))
    }

    @Test func `a later file adds routes, and replaces those it says it replaces in their place`() throws {
        let first = CatalogSource.file(Entry("a"), Entry("b"), named: "first.yaml")
        let second = CatalogSource.file(
            Entry("c"), Entry("a", ["name": "Replaced", "replaces": "true"]), named: "second.yaml")
        let routes = try loader.routes(from: [first, second]).map(\.route)
        #expect(routes.map(\.id) == ["a", "b", "c"])
        #expect(routes.map(\.name) == ["Replaced", "Mock", "Mock"])
        let files = routes.map { $0.prices.id.split(separator: "-").first ?? "" }
        #expect(files == ["second", "first", "second"])
    }

    @Test func `a file without routes is fine`() throws {
        #expect(try loader.routes(from: [.text("version: 1\nroutes: []\n")]).isEmpty)
        #expect(try loader.routes(from: []).isEmpty)
    }

    @Test func `an anchor stands for what it is the anchor of`() throws {
        let entry = Entry("a", ["processing": "&here [CA]", "storage": "*here"])
        #expect(try loader.route(entry).residency.storage == .of("CA"))
    }
}
