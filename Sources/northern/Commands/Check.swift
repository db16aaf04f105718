import ArgumentParser
import AsyncHTTPClient
import Domain
import Providers
import Storage
import Upstream
import Web

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at configuration, routes, credentials and endpoints before a start.",
        discussion: """
            Endpoints of the routes, and the hosts that their credentials come from, are connected to; nothing is sent to \
            any of them.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Leave the network out: no name is looked up, and nothing is connected to.")
    var offline = false

    func run() async throws {
        try await explaining {
            let configuration = try await options.load()
            let offer = try Offer(configuration, sources: try CatalogSource.configured(configuration))
            _ = try offer.bindings(Offer.shelves(offer.credentialSlots()))
            let lists = try AddressLists.configured(configuration, for: offer.routes.map(\.route), at: wallClock())
            let survey = offline ? nil : try await survey(offer, lists, configuration)
            let database = offline ? nil : try checkDatabase(configuration)
            print("Configuration: sound. Data directory: \(configuration.dataDirectory)")
            if let database { print("Database: \(database)") }
            printCredentials(offer)
            await printLists(lists)
            printRoutes(offer, survey)
            if let survey { printTokenHosts(survey) }
            guard !offer.routes.isEmpty else {
                throw ConfigurationError(
                    "No route is offered, so every request would be refused. Configure a provider: 'northern config'.")
            }
            if let survey { try demandAll(of: offer, in: survey) }
        }
    }

    /// - Returns: nil for SQLite, whose file may not be there yet.
    private func checkDatabase(_ configuration: GatewayConfiguration) throws -> String? {
        guard let url = configuration.storeURL else { return nil }
        let steps = try Store.missingSteps(
            postgres: PostgresURL(url), directory: configuration.dataDirectory, secrets: Store.namesOfAllSecrets)
        return "PostgreSQL, " + (steps == 0 ? "up to date" : "reached; the start makes \(steps) steps")
    }

    private func survey(
        _ offer: Offer, _ lists: AddressLists, _ configuration: GatewayConfiguration
    ) async throws -> EndpointSurvey {
        try await HTTPClient.withHTTPClient(configuration: AddressListDownload.clientConfiguration) { client in
            await lists.fetchWhatIsMissing(with: AddressListDownload(client), at: wallClock())
        }
        return try await EndpointSurvey(
            of: offer, catalogs: await lists.inForce, connectTimeout: configuration.upstream.connectTimeout)
    }

    /// - Throws: ``ConfigurationError`` when a request could not be sent where a route says.
    private func demandAll(of offer: Offer, in survey: EndpointSurvey) throws {
        let routes = offer.routes.map(\.route).filter { route in
            !route.endpoints.allSatisfy { survey.reach(of: route, at: $0.endpoint)?.isConnected ?? false }
        }
        let hosts = survey.tokenHosts.filter { !(survey.reach(of: $0)?.isConnected ?? false) }
        guard !routes.isEmpty || !hosts.isEmpty else { return }
        throw ConfigurationError(
            "\(routes.count) of \(offer.routes.count) routes and \(hosts.count) of \(survey.tokenHosts.count) token hosts "
                + "can't be used: see NOT REACHED and WOULD BE REFUSED above. '--offline' leaves the network out.")
    }
}

/// What it prints.
extension Check {
    private func printCredentials(_ offer: Offer) {
        print("\nCredentials:")
        for (provider, origin) in offer.credentialOrigins { print("  \(provider): \(origin)") }
    }

    private func printLists(_ lists: AddressLists) async {
        let lists = await lists.addressLists(at: wallClock())
        guard !lists.isEmpty else { return }
        print("\nLists of addresses:")
        for list in lists {
            let version = list.version.map { ", version \($0)" } ?? ""
            let age = list.publishedAt.map { " of \($0.date)" } ?? ""
            let problem = list.problem.map { ": \($0)" } ?? ""
            print("  \(list.publisher.rawValue): \(list.state.rawValue)\(version)\(age), from \(list.source)\(problem)")
        }
    }

    private func printRoutes(_ offer: Offer, _ survey: EndpointSurvey?) {
        print("\nOffered (\(offer.routes.count)):")
        for route in offer.routes.map(\.route) {
            print(describe(route))
            for endpoint in route.endpoints.map(\.endpoint) {
                if route.endpoints.count > 1 { print("    at \(endpoint.url):") }
                for line in survey?.reach(of: route, at: endpoint)?.lines(for: route) ?? [] { print("    \(line)") }
            }
        }
        print("\nNot offered (\(offer.leftOut.count)):")
        for (route, reason) in offer.leftOut { print("  \(route)\n    \(reason)") }
    }

    private func printTokenHosts(_ survey: EndpointSurvey) {
        guard !survey.tokenHosts.isEmpty else { return }
        print("\nToken hosts:")
        for host in survey.tokenHosts {
            print("  \(host.authority)")
            for line in survey.reach(of: host)?.lines(for: nil) ?? [] { print("    \(line)") }
        }
    }

    private func describe(_ route: Route) -> String {
        let residency = route.residency
        return """
              \(route.id)
                goes to \(route.endpoint.url) in \(residency.region) (\(residency.jurisdiction)); runs in \
            \(residency.processing); exposed to \(residency.exposure); tier \(route.tier.rawValue)
            """
    }
}
