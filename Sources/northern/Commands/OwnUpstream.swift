import ArgumentParser
import Domain

/// A route to a host of one's own, as `--upstream` names it.
struct OwnUpstream: ExpressibleByArgument, Sendable {
    let route: Route.ID
    let url: String
    let model: String

    /// The name of the credential that these routes share.
    static let credential = ProviderID(rawValue: "upstream")

    /// Reads `ROUTE=URL` or `ROUTE=URL#MODEL`. Without a model it is the route's id, cloud and place left out.
    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        route = String(argument[..<equals])
        let rest = argument[argument.index(after: equals)...].split(separator: "#", maxSplits: 1)
        guard !route.isEmpty, let url = rest.first, Endpoint(url: String(url)) != nil else { return nil }
        self.url = String(url)
        model = rest.count == 2 ? String(rest[1]) : Self.model(of: route)
    }

    private static func model(of route: Route.ID) -> String {
        let name = route.firstIndex(of: "/").map { route[route.index(after: $0)...] } ?? route[...]
        let place = ["-ca", "-us", "-global", "-local"].first { name.hasSuffix($0) }
        return String(name.dropLast(place?.count ?? 0))
    }

    /// A catalogue with these routes; none for none.
    ///
    /// Of a host on this machine it is known where it is. Of any other nothing is, so nothing is claimed.
    static func source(_ upstreams: [OwnUpstream], gateway: Jurisdiction) -> [CatalogSource] {
        guard !upstreams.isEmpty else { return [] }
        let entries = upstreams.map { $0.entry(gateway: gateway) }.joined()
        return [CatalogSource(name: "--upstream", text: "version: own\nroutes:\n" + entries)]
    }

    private func entry(gateway: Jurisdiction) -> String {
        let host = Endpoint(url: url)?.host ?? ""
        let isHere = ["127.0.0.1", "localhost", "::1"].contains(host)
        let place = isHere ? gateway.code : "*"
        return """
              - id: \(Self.quoted(route))
                name: \(Self.quoted(route))
                provider: compatible
                credential: \(Self.credential)
                upstream_model: \(Self.quoted(model))
                tier: customer_premises
                endpoint: {base_url: \(Self.quoted(url)), region: \(isHere ? "local" : "unknown"), jurisdiction: "\(place)"}
                processing: ["\(place)"]
                storage: ["\(place)"]
                exposure: ["\(place)"]
                prices: {input: 0, output: 0}

            """
    }

    /// A double-quoted YAML scalar.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
