import Domain
import Routing

/// Makes routes of catalogue files.
///
/// Later files add routes to those of earlier ones, and replace routes that they name with `replaces: true`.
struct CatalogLoader: Sendable {
    let providers: [ProviderID: ProviderCatalogFacts]
    /// How strictly the addresses of routes are checked that don't say.
    var egress = EgressMode.observe

    /// - Throws: every mistake in the files, not only the first.
    func routes(from sources: [CatalogSource]) throws(CatalogErrors) -> [CatalogRoute] {
        try catalog(from: sources).routes
    }

    /// Like ``routes(from:)``, and tells which routes were left out.
    func catalog(from sources: [CatalogSource]) throws(CatalogErrors) -> LoadedCatalog {
        let problems = CatalogProblems()
        var merged = CatalogEntries(noting: problems)
        for source in sources {
            merged.add(CatalogFile(source, providers: Array(providers.keys), noting: problems))
        }
        merged.checkReferences()
        let catalog = address(merged.entries, noting: problems)
        try problems.throwIfAny(inOrderOf: sources.map(\.name))
        return catalog
    }

    private func address(_ entries: [CatalogEntry], noting problems: CatalogProblems) -> LoadedCatalog {
        let endpoints = entries.map { endpoint(for: $0, noting: problems) }
        let offered = Set(zip(entries, endpoints).compactMap { $1 == nil ? nil : $0.id })
        let routes = zip(entries, endpoints).compactMap { entry, endpoint -> CatalogRoute? in
            guard let endpoint else { return nil }
            let findings = ([endpoint] + entry.otherEndpoints.map(\.endpoint)).map { endpoint in
                providers[entry.provider]?.residency(entry.site(at: endpoint)) ?? ResidencyFinding()
            }
            let route = entry.route(at: endpoint, findings, usually: egress, among: offered)
            for finding in findings { check(route, finding, of: entry, noting: problems) }
            return CatalogRoute(
                route: route, credential: credential(for: entry, noting: problems), source: entry.site.file)
        }
        let leftOut = entries.filter { !offered.contains($0.id) }
            .map { LoadedCatalog.Omission(route: $0.id, provider: $0.provider) }
        return LoadedCatalog(routes: routes, omissions: leftOut)
    }

    /// The route's own, else the configured one, else the provider's.
    private func endpoint(for entry: CatalogEntry, noting problems: CatalogProblems) -> Endpoint? {
        if let own = entry.endpoint ?? providers[entry.provider]?.configuredEndpoint { return own }
        let url = providers[entry.provider]?.defaultBaseURL(entry.residency.region)
        if let endpoint = url.flatMap(ScalarForm.baseURL.read) { return endpoint }
        if entry.unaddressed == .refused {
            problems.note(
                "nothing says where the provider '\(entry.provider)' is",
                remedy: "Write 'base_url' into 'endpoint', or configure a base URL for '\(entry.provider)'",
                at: entry.site)
        }
        return nil
    }

    private func credential(for entry: CatalogEntry, noting problems: CatalogProblems) -> String {
        let facts = providers[entry.provider]
        let usual = facts?.credential ?? entry.provider.rawValue
        guard let named = entry.credential, named.value != usual else { return usual }
        if facts?.otherCredentials.contains(named.value) != true {
            // The name isn't shown: now and then somebody writes the key itself there.
            problems.note(
                "'credential' names none that is configured for '\(entry.provider)'",
                remedy: "Configure it under that name, or leave 'credential' out to use '\(usual)'", at: named.site)
        }
        return named.value
    }

    private func check(
        _ route: Route, _ finding: ResidencyFinding, of entry: CatalogEntry, noting problems: CatalogProblems
    ) {
        do throws(RouteContradiction) {
            try route.check(against: finding)
        } catch {
            problems.note(
                "it contradicts itself: \(error.rule)",
                remedy: "Correct what the route claims, or choose an id without '-ca' or '-us'", at: entry.site)
        }
    }
}

/// What the catalogue needs to know about a provider.
struct ProviderCatalogFacts: Sendable {
    /// Where the provider's routes connect unless somebody says otherwise.
    let defaultBaseURL: @Sendable (_ region: String) -> String?
    /// Where they connect instead, by configuration. A route's own base URL comes before it.
    let configuredEndpoint: Endpoint?
    /// The credential of the routes that name none.
    let credential: String
    /// Those that routes may name.
    let otherCredentials: Set<String>
    /// What the provider's interface says about where a route's requests go.
    let residency: @Sendable (RouteSite) -> ResidencyFinding

    init(
        defaultBaseURL: @escaping @Sendable (_ region: String) -> String?, configuredEndpoint: Endpoint? = nil,
        credential: String, otherCredentials: Set<String> = [],
        residency: @escaping @Sendable (RouteSite) -> ResidencyFinding = { _ in ResidencyFinding() }
    ) {
        self.defaultBaseURL = defaultBaseURL
        self.configuredEndpoint = configuredEndpoint
        self.credential = credential
        self.otherCredentials = otherCredentials
        self.residency = residency
    }
}

/// A route, and the name of the credential it is called with.
struct CatalogRoute: Sendable {
    let route: Route
    let credential: String
    /// The name of the file that it is from.
    let source: String
}

/// The routes of a set of catalogue files.
struct LoadedCatalog: Sendable {
    /// In the order of the files.
    let routes: [CatalogRoute]
    /// What the files list and this installation can't offer: no base URL is known.
    let omissions: [Omission]

    struct Omission: Hashable, Sendable {
        let route: Route.ID
        let provider: ProviderID
    }
}
