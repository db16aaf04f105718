import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/audit`: who has changed what.
struct AdminAuditRoutes: Sendable {
    let audit: any AdminAuditReader

    func add(to group: RouterGroup<AdminContext>) {
        group.get("audit") { request, context in try await list(request, context.check(.readAdminAudit)) }
        group.get("audit/:id") { _, context in
            let reach = AuditReach(of: try context.check(.readAdminAudit))
            let entry = try await audit.entry(try context.parameters.require("id"), within: reach)
            guard let entry else { throw AdminError.auditEntryNotFound }
            return Response.json(entry.answer)
        }
        group.get("audit/:id/receipt") { _, context in
            let reach = AuditReach(of: try context.check(.readAdminAudit))
            let id = try context.parameters.require("id")
            return try Response.receipt(try await audit.receipt(id, within: reach), of: id)
        }
    }

    private func list(_ request: Request, _ actor: Actor) async throws -> Response {
        let query = try AdminAuditQuery(try request.parameters(), reach: AuditReach(of: actor))
        let found = try await audit.entries(query)
        return .json([
            "entries": .array(found.map(\.answer)),
            "next": found.count < query.limit ? .null : found.last.map { .string($0.id) } ?? .null,
        ])
    }
}

extension Response {
    /// - Throws: ``AdminError``.
    static func receipt(_ receipt: CustodyReceipt?, of id: AdminAuditEntry.ID) throws(AdminError) -> Response {
        switch receipt {
        case .file(let bytes)?:
            return .file(bytes, "text/plain; charset=utf-8", name: "\(id).tlog-proof")
        case .unpublished?: throw .receiptNotReady
        case .open?, .unlogged?, nil: throw .auditEntryNotFound
        }
    }
}

extension AdminAuditEntry {
    /// What was committed to, and in its member `log` where the log has it: as the custody API gives a record.
    var answer: JSON {
        let log: JSONObject = [
            "index": JSON(place.index), "salt": .string(place.salt), "verified": .bool(isAsLogged),
        ]
        // A text that isn't JSON any more was changed by somebody.
        var object = (try? JSON(parsing: json))?.object ?? ["id": .string(id)]
        object["log"] = .object(log)
        return .object(object)
    }
}

extension AdminAuditQuery {
    /// What isn't known is refused: a misspelt filter would give what wasn't asked for.
    init(_ parameters: [(name: Substring, value: Substring)], reach: AuditReach) throws(AdminError) {
        self.init(reach, limit: PageLimit.usual)
        for (name, value) in parameters {
            switch name {
            case "limit": limit = try PageLimit.read(value)
            case "before": before = String(value)
            case "actor": actor = String(value)
            case "object": object = String(value)
            case "organization": organization = OrganizationID(rawValue: String(value))
            case "action": action = try Self.action(value)
            case "since": since = try Timestamp(asked: value, "since")
            case "until": until = try Timestamp(asked: value, "until")
            default: throw .unknownParameter(String(name))
            }
        }
    }

    private static func action(_ text: Substring) throws(AdminError) -> AdminAction {
        guard let action = AdminAction(rawValue: String(text)) else {
            let known = AdminAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw .gateway(.invalidValue("action", "'action' must be one of \(known)."))
        }
        return action
    }
}

extension Timestamp {
    /// A day or a time of a query.
    init(asked text: Substring, _ name: String) throws(AdminError) {
        guard let time = Timestamp(dayOrTime: String(text)) else {
            throw .gateway(
                .invalidValue(
                    name,
                    "'\(name)' must be a day or a time of RFC 3339, such as 2026-11-27 or 2026-11-27T06:10:00Z."))
        }
        self = time
    }
}
