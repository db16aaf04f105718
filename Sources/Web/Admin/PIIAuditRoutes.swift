import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/pii-audit`: what was replaced in which request, and by what. Never what it was.
struct PIIAuditRoutes: Sendable {
    let audit: any PIIAuditReader

    func add(to group: RouterGroup<AdminContext>) {
        group.get("pii-audit") { request, context in try await list(request, context.check(.readPIIAudit)) }
    }

    private func list(_ request: Request, _ actor: Actor) async throws -> Response {
        var query = try PIIAuditQuery(request)
        query.organization = actor.organization
        let found = try await audit.piiAudit(query)
        return .json([
            "entries": .array(found.flatMap { $0.values(of: query.type).map(\.json) }),
            "next": found.count < query.limit ? .null : found.last.map { .string($0.request.hex) } ?? .null,
        ])
    }
}

extension PIIAuditQuery {
    /// What isn't known is refused: a misspelt filter would give what wasn't asked for.
    fileprivate init(_ request: Request) throws(AdminError) {
        self.init()
        for (name, value) in try request.parameters() {
            switch name {
            case "limit": limit = try PageLimit.read(value)
            case "before": before = try Self.request(value, "before")
            case "request": self.request = try Self.request(value, "request")
            case "key": key = String(value)
            case "type": type = try Self.type(value)
            case "since": since = try Timestamp(asked: value, "since")
            case "until": until = try Timestamp(asked: value, "until")
            default: throw .unknownParameter(String(name))
            }
        }
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
