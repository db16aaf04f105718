import ArgumentParser
import Domain
import Providers

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at configuration, routes and credentials before a start. Nothing is sent to a provider.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await explaining {
            let configuration = try await options.load()
            let offer = try Offer(configuration, sources: try CatalogSource.configured(configuration))
            _ = try offer.bindings(offer.credentialSlots())
            print("Configuration: sound. Data directory: \(configuration.dataDirectory)")
            print("\nCredentials:")
            for (provider, origin) in offer.credentialOrigins { print("  \(provider): \(origin)") }
            print("\nOffered (\(offer.routes.count)):")
            for offered in offer.routes { print(describe(offered.route)) }
            print("\nNot offered (\(offer.leftOut.count)):")
            for (route, reason) in offer.leftOut { print("  \(route)\n    \(reason)") }
            guard !offer.routes.isEmpty else {
                throw ConfigurationError(
                    "No route is offered, so every request would be refused. Configure a provider: 'northern config'.")
            }
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
