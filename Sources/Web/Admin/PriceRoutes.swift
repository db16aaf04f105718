import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/prices`: every version of every route's prices.
struct PriceRoutes: Sendable {
    let prices: any PriceReader

    func add(to group: RouterGroup<AdminContext>) {
        group.get("prices") { request, context in
            try context.check(.readInstallation)
            return try await list(request)
        }
    }

    private func list(_ request: Request) async throws -> Response {
        var route: Route.ID?
        for (name, value) in try request.parameters() {
            guard name == "route" else { throw AdminError.unknownParameter(String(name)) }
            route = String(value)
        }
        let inForce = prices.pricesInForce()
        let versions = try await prices.priceVersions().filter { route == nil || $0.route == route }
        return .json(["prices": .array(versions.map { .object($0.json(isInForce: inForce[$0.route] == $0.id)) })])
    }
}

extension PriceVersion {
    fileprivate func json(isInForce: Bool) -> JSONObject {
        [
            "id": .string(id),
            "route": .string(route),
            "in_force": .bool(isInForce),
            "first_in_force": .string(firstInForce.description),
            "sha256": .string(sha256),
            "source": .string(source),
            "currency": "USD",
            "per_tokens": 1_000_000,
            "prices": (try? JSON(parsing: Array(prices.utf8))) ?? .null,
        ]
    }
}
