import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/mappings`: what was mapped, by which key, when.
struct MappingRoutes: Sendable {
    let mappings: any RouteMappingReader

    /// Of each of the two lists.
    private static let limit = 10_000

    func add(to group: RouterGroup<AdminContext>) {
        group.get("mappings") { _, context in try await list(context.check(.readKeys)) }
    }

    private func list(_ actor: Actor) async throws -> Response {
        let inForce = try await mappings.mappings(ended: false, atMost: Self.limit)
        let ended = try await mappings.mappings(ended: true, atMost: Self.limit)
        return .json(["mappings": Self.json(inForce, actor), "ended": Self.json(ended, actor)])
    }

    private static func json(_ mappings: [RouteMapping], _ actor: Actor) -> JSON {
        let own = mappings.filter { actor.organization == nil || $0.organization == actor.organization }
        return .array(own.map { .object($0.json) })
    }
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
