import Domain
import Pipeline
import Providers
import Routing
import Storage

/// The routes that this gateway offers: those of the catalogue whose provider is configured.
struct Offer: Sendable {
    let routes: [CatalogRoute]
    /// Routes of the catalogue that aren't offered, and why.
    let leftOut: [(route: Route.ID, reason: String)]
    private let providers: [ProviderID: ProviderConfiguration]
    private let jurisdiction: Jurisdiction
    private let breaker: CircuitBreaker.Settings

    /// - Parameter stored: the names of credentials that the store has, the platform's or a customer's.
    /// - Throws: ``CatalogErrors`` with everything that is wrong in the catalogue; ``ConfigurationError``.
    init(_ configuration: GatewayConfiguration, sources: [CatalogSource], stored: Set<String> = []) throws {
        providers = configuration.providers
        jurisdiction = configuration.jurisdiction
        breaker = configuration.upstream.breaker
        let catalog = try CatalogLoader(providers: try Self.facts(configuration), egress: configuration.egressMode)
            .catalog(from: sources)
        var offered: [CatalogRoute] = []
        var leftOut = catalog.omissions.map { (route: $0.route, reason: "set '\($0.provider).base_url'") }
        for route in catalog.routes {
            if let reason = Self.obstacle(to: route, configuration.providers, stored) {
                leftOut.append((route.route.id, reason))
            } else {
                offered.append(route)
            }
        }
        routes = offered
        self.leftOut = leftOut
    }

    /// What the catalogue has to know of each provider.
    private static func facts(
        _ configuration: GatewayConfiguration
    ) throws -> [ProviderID: ProviderCatalogFacts] {
        var facts: [ProviderID: ProviderCatalogFacts] = [:]
        let names = Set(configuration.providers.keys.map(\.rawValue))
        for adapter in everyProvider {
            let id = adapter.facts.id
            facts[id] = ProviderCatalogFacts(
                defaultBaseURL: adapter.facts.defaultBaseURL,
                configuredEndpoint: try configuration.providers[id]?.baseURL.map { try endpoint($0, of: id) },
                credential: id.rawValue, otherCredentials: names, residency: adapter.facts.residency)
        }
        return facts
    }

    private static func endpoint(_ url: String, of provider: ProviderID) throws -> Endpoint {
        guard let endpoint = Endpoint(url: url) else {
            throw ConfigurationError("'\(provider).base_url' must be an http or https URL without query, not '\(url)'.")
        }
        return endpoint
    }

    /// What keeps a route from being offered; nil when nothing does.
    private static func obstacle(
        to route: CatalogRoute, _ providers: [ProviderID: ProviderConfiguration], _ stored: Set<String>
    ) -> String? {
        let name = ProviderID(rawValue: route.credential)
        guard let provider = providers[name] else { return "there is no credential named '\(route.credential)'" }
        switch provider.credential {
        case .absent where stored.contains(route.credential), .unusable where stored.contains(route.credential):
            return Self.missingSetting(of: route.route, providers)
        case .absent: return "no credential is configured under '\(route.credential)'"
        case .unusable(let reason): return "its credential can't be used: \(reason)"
        case .fixed, .issued: return nil
        }
    }

    /// Somebody's stored credential alone never ends a start: a route whose provider isn't set up is left out.
    private static func missingSetting(of route: Route, _ providers: [ProviderID: ProviderConfiguration]) -> String? {
        guard let adapter = everyProvider.first(where: { $0.facts.id == route.provider }) else { return nil }
        do throws(AdapterSettingError) {
            for endpoint in route.endpoints {
                _ = try adapter.init(
                    route: route.served(at: endpoint),
                    settings: providers[route.provider]?.settings ?? ProviderSettings())
            }
            return nil
        } catch {
            return "set '\(route.provider).\(error.setting)'"
        }
    }

    /// Credentials that have to be fetched for the routes that are offered, one for each account.
    var issuedCredentials: [IssuedCredentials] {
        let used = Set(routes.map(\.credential))
        var found: [String: IssuedCredentials] = [:]
        for (id, provider) in providers where used.contains(id.rawValue) {
            guard case .issued(let issuer, let account) = provider.credential else { continue }
            found[account, default: IssuedCredentials(account: account, issuer: issuer)].slots.append(id.rawValue)
        }
        return found.values.sorted { $0.account < $1.account }
    }

    /// Who is asked for those credentials, each host once.
    var tokenHosts: [Endpoint] {
        var seen: Set<String> = []
        return issuedCredentials.flatMap { $0.issuer.endpoints }
            .filter { seen.insert("\($0.isTLS) \($0.authority)").inserted }
    }

    /// Where each provider's credential comes from, and the reasons why some can't be used.
    var credentialOrigins: [(provider: String, origin: CredentialOrigin)] {
        providers.map { ($0.key.rawValue, $0.value.credential) }.sorted { $0.0 < $1.0 }
    }

    /// A slot for each credential, for one event loop.
    ///
    /// - Parameter key: what fingerprints for the records are made with; nil: there are none.
    func credentialSlots(fingerprintedBy key: MasterKey? = nil) -> [String: CredentialSlot] {
        Dictionary(
            uniqueKeysWithValues: providers.map { id, provider in
                let label = key.flatMap { provider.credential.label(fingerprintedBy: $0) }
                if case .fixed(let credential, _) = provider.credential {
                    return (id.rawValue, CredentialSlot(credential, label: label))
                }
                return (id.rawValue, CredentialSlot(nil, label: label))
            })
    }

    /// The same with what is stored, for one event loop.
    static func shelves(_ slots: [String: CredentialSlot]) -> CredentialShelves {
        CredentialShelves(slots.mapValues { CredentialShelf($0) })
    }

    /// What serves each route, for one event loop.
    ///
    /// - Throws: ``ConfigurationError`` when an adapter lacks a setting.
    func bindings(_ shelves: CredentialShelves) throws -> [RouteBinding] {
        try routes.map { offered in
            let route = offered.route.copy()
            guard let adapter = everyProvider.first(where: { $0.facts.id == route.provider }),
                let shelf = shelves[offered.credential]
            else { throw ConfigurationError("The route '\(route.id)' has the unknown provider '\(route.provider)'.") }
            do throws(AdapterSettingError) {
                return try RouteBinding(
                    route: route, adapter: adapter, settings: providers[route.provider]?.settings ?? ProviderSettings(),
                    credentials: shelf, gateway: jurisdiction, breaker: breaker)
            } catch {
                throw ConfigurationError("The route '\(route.id)' needs '\(route.provider).\(error.setting)': \(error)")
            }
        }
    }
}

/// A credential that is fetched, and the slots that it goes to: providers may share an account.
struct IssuedCredentials: Sendable {
    let account: String
    let issuer: any CredentialIssuer
    var slots: [String] = []
}
