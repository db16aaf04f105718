import Domain
import Providers
import Testing

@testable import northern

extension CatalogLoader {
    /// Knows where every provider is, in the form that the real ones have.
    static let complete = CatalogLoader(providers: [
        ProviderID(rawValue: "bedrock"): ProviderCatalogFacts(
            defaultBaseURL: { "https://bedrock-runtime.\($0).amazonaws.com" }, credential: "bedrock",
            otherCredentials: ["bedrock-hospital"]),
        ProviderID(rawValue: "anthropic"): ProviderCatalogFacts(
            defaultBaseURL: { _ in "https://api.anthropic.com" }, credential: "anthropic"),
        ProviderID(rawValue: "vertex"): ProviderCatalogFacts(
            defaultBaseURL: { "https://\($0)-aiplatform.googleapis.com" }, credential: "vertex"),
        ProviderID(rawValue: "openai"): ProviderCatalogFacts(
            defaultBaseURL: { _ in "https://api.openai.com/v1" }, credential: "openai"),
        ProviderID(rawValue: "azure"): ProviderCatalogFacts(
            defaultBaseURL: { _ in nil }, configuredEndpoint: Endpoint(url: "https://example.openai.azure.com"),
            credential: "azure"),
        ProviderID(rawValue: "compatible"): ProviderCatalogFacts(
            defaultBaseURL: { _ in nil }, configuredEndpoint: Endpoint(url: "http://127.0.0.1:8000/v1"),
            credential: "compatible"),
    ])

    /// Like ``complete``, and with what the providers' interfaces say about where models run.
    static var judging: CatalogLoader {
        var providers = complete.providers
        for adapter in everyProvider {
            guard let facts = providers[adapter.facts.id] else { continue }
            providers[adapter.facts.id] = ProviderCatalogFacts(
                defaultBaseURL: facts.defaultBaseURL, configuredEndpoint: facts.configuredEndpoint,
                credential: facts.credential, otherCredentials: facts.otherCredentials,
                residency: adapter.facts.residency)
        }
        return CatalogLoader(providers: providers)
    }

    /// Like ``complete``, of an installation without Azure and without hardware of its own.
    static let cloudOnly = CatalogLoader(
        providers: complete.providers.mapValues { facts in
            ProviderCatalogFacts(defaultBaseURL: facts.defaultBaseURL, credential: facts.credential)
        })

    /// The mistakes in the files; none if they load.
    func errors(in sources: CatalogSource...) -> [CatalogError] {
        do throws(CatalogErrors) {
            _ = try routes(from: sources)
            return []
        } catch {
            return error.errors
        }
    }

    func route(_ entry: Entry) throws -> Route {
        try #require(try routes(from: [.file(entry)]).first).route
    }
}

/// A route as it is written: right, but for the lines that a test changes.
struct Entry {
    private var lines: [(name: String, value: String)] = [
        ("id", "mock-model"), ("name", "Mock"), ("provider", "bedrock"), ("upstream_model", "mock-model"),
        ("tier", "managed_canadian_cloud"), ("endpoint", "{region: ca-central-1, jurisdiction: CA}"),
        ("processing", "[CA]"), ("storage", "[CA]"), ("exposure", "[CA, US]"),
        ("prices", "{input: 1.00, output: 5.00}"),
    ]

    init(_ id: String = "mock-model", _ changes: KeyValuePairs<String, String?> = [:]) {
        set("id", id)
        for (name, value) in changes { set(name, value) }
    }

    /// - Parameter value: nil takes the line out.
    private mutating func set(_ name: String, _ value: String?) {
        let position = lines.firstIndex { $0.name == name }
        switch (position, value) {
        case (let position?, let value?): lines[position].value = value
        case (let position?, nil): lines.remove(at: position)
        case (nil, let value?): lines.append((name, value))
        case (nil, nil): break
        }
    }

    var yaml: String {
        lines.enumerated().map { "\($0 == 0 ? "  - " : "    ")\($1.name): \($1.value)\n" }.joined()
    }
}

extension CatalogSource {
    /// The first route begins on line 3.
    static func file(
        _ entries: Entry..., named name: String = "/etc/northern/routes.yaml",
        unaddressedRoutes: UnaddressedRoutes = .refused
    ) -> CatalogSource {
        CatalogSource(
            name: name, text: "version: 2026-12-01\nroutes:\n" + entries.map(\.yaml).joined(),
            unaddressedRoutes: unaddressedRoutes)
    }

    static func text(_ text: String) -> CatalogSource { CatalogSource(name: "routes.yaml", text: text) }
}

extension CalendarDate {
    static func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
}

extension JurisdictionSet {
    static func of(_ codes: String...) -> JurisdictionSet { JurisdictionSet(codes.compactMap { Jurisdiction($0) }) }
}
