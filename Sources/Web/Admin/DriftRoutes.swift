import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/drift`: the upstreams that were other than their routes say.
struct DriftRoutes: Sendable {
    let drifts: any DriftReader

    func add(to group: RouterGroup<AdminContext>) {
        group.get("drift") { request, context in
            try context.check(.readInstallation)
            return try await list(request)
        }
    }

    private func list(_ request: Request) async throws -> Response {
        let query = try DriftQuery(request)
        let page = try await drifts.drifts(before: query.before, ofAtMost: query.limit)
        return .json([
            "drifts": .array(page.drifts.map { .object($0.json) }),
            "next": page.next.map { .string($0.hex) } ?? .null,
        ])
    }
}

/// `?limit=` and `?before=`. What isn't known is refused: a misspelt cursor would give the first page again and again.
private struct DriftQuery {
    private(set) var limit = PageLimit.usual
    private(set) var before: Domain.RequestID?

    init(_ request: Request) throws(AdminError) {
        for (name, value) in try request.parameters() {
            switch name {
            case "limit": limit = try PageLimit.read(value)
            case "before": before = try Self.request(value)
            default: throw .unknownParameter(String(name))
            }
        }
    }

    private static func request(_ text: Substring) throws(AdminError) -> Domain.RequestID {
        guard let id = Domain.RequestID(hex: String(text)) else {
            throw .gateway(
                .invalidValue("before", "'before' must be the id of a request, such as 'next' of the page before."))
        }
        return id
    }
}

extension RecordedDrift {
    fileprivate var json: JSONObject {
        [
            "request": .string(request.hex),
            "organization": .string(organization),
            "kind": .string(kind),
            "expected": .string(expected),
            "seen": .string(seen),
            "route": .string(route),
            "provider": .string(provider),
            "host": .string(host),
            "address": address.map { .string($0) } ?? .null,
            "list": list.map { .string($0) } ?? .null,
            "time": .string(time),
            "sent": .bool(wasSent),
        ]
    }
}
