import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/mappings`: what was mapped, by which key, when.
struct MappingRoutes: Sendable {
    let mappings: any RouteMappingReader

    /// Of each of the two lists.
    private static let limit = 10_000

    func add(to group: RouterGroup<BasicRequestContext>) {
        group.get("mappings") { _, _ in try await list() }
        group.refuse([.post, .put, .patch, .delete], on: "mappings", allowing: "GET")
    }

    private func list() async throws -> Response {
        let inForce = try await mappings.mappings(ended: false, atMost: Self.limit)
        let ended = try await mappings.mappings(ended: true, atMost: Self.limit)
        return .json(["mappings": Self.json(inForce), "ended": Self.json(ended)])
    }

    private static func json(_ mappings: [RouteMapping]) -> JSON { .array(mappings.map { .object($0.json) }) }
}

extension RouteMapping {
    fileprivate var json: JSONObject {
        [
            "key": .string(key),
            "organization": .string(organization.rawValue),
            "name": .string(name),
            "route": .string(route),
            "mapped_at": .string(mapped.time.description),
            "mapped_by": .string(mapped.request.hex),
            "ended_at": ended.map { .string($0.time.description) } ?? .null,
            "ended_by": ended.map { .string($0.request.hex) } ?? .null,
        ]
    }
}
