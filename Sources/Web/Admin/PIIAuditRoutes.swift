import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/pii-audit`: what was replaced in which request, and by what. Never what it was.
struct PIIAuditRoutes: Sendable {
    let audit: any PIIAuditReader

    func add(to group: RouterGroup<BasicRequestContext>) {
        group.get("pii-audit") { request, _ in try await list(request) }
        group.refuse([.post, .put, .patch, .delete], on: "pii-audit", allowing: "GET")
    }

    private func list(_ request: Request) async throws -> Response {
        let query = try PIIAuditQuery(request)
        let found = try await audit.piiAudit(query)
        return .json([
            "entries": .array(found.flatMap { $0.entries(of: query.type) }),
            "next": found.count < query.limit ? .null : found.last.map { .string($0.request.hex) } ?? .null,
        ])
    }
}

extension PIIAuditQuery {
    private static let limits = 1...1_000

    /// What isn't known is refused: a misspelt filter would give what wasn't asked for.
    fileprivate init(_ request: Request) throws(AdminError) {
        self.init()
        var seen: Set<Substring> = []
        for (name, value) in request.uri.queryParameters {
            guard seen.insert(name).inserted else { throw .gateway(.repeatedParameter(String(name))) }
            switch name {
            case "limit": limit = try Self.limit(value)
            case "before": before = try Self.request(value, "before")
            case "request": self.request = try Self.request(value, "request")
            case "key": key = String(value)
            case "type": type = try Self.type(value)
            default: throw .unknownParameter(String(name))
            }
        }
    }

    private static func limit(_ text: Substring) throws(AdminError) -> Int {
        guard let number = Int(text), limits.contains(number) else {
            throw .gateway(
                .invalidValue(
                    "limit", "'limit' must be a number from \(limits.lowerBound) to \(limits.upperBound)."))
        }
        return number
    }

    private static func request(_ text: Substring, _ name: String) throws(AdminError) -> Domain.RequestID {
        guard let id = Domain.RequestID(hex: String(text)) else {
            throw .gateway(.invalidValue(name, "'\(name)' must be the id of a request: 32 hex digits."))
        }
        return id
    }

    private static func type(_ text: Substring) throws(AdminError) -> EntityType {
        guard let type = EntityType.allCases.first(where: { $0.name == text }) else {
            let known = EntityType.allCases.map(\.name).joined(separator: ", ")
            throw .gateway(.invalidValue("type", "'type' must be one of \(known)."))
        }
        return type
    }
}

extension PIIAuditEntry {
    /// One for each value.
    fileprivate func entries(of type: EntityType?) -> [JSON] {
        guard let stored = try? JSON(parsing: json), let values = stored["entries"]?.array else { return [] }
        return values.compactMap { value in
            guard type == nil || value["type"]?.string == type?.name else { return nil }
            return [
                "time": .string(time.description),
                "request": .string(request.hex),
                "organization": .string(organization),
                "key": stored["key"] ?? .null,
                "type": value["type"] ?? .null,
                "count": value["count"] ?? .null,
                "digest": value["digest"] ?? .null,
                "stand_in": value["stand_in"] ?? .null,
            ]
        }
    }
}
