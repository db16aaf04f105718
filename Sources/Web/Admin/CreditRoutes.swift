import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/organizations/{id}/credits`: what an organization has paid in advance.
struct CreditRoutes: Sendable {
    let credits: any CreditLedger
    let people: any PeopleDirectory
    let clock: @Sendable () -> Timestamp

    private static let bodyLimit = 16 << 10
    private static let members = ["amount_usd", "kind", "reference", "note"]

    func add(to group: RouterGroup<AdminContext>) {
        group.get("organizations/:id/credits") { try await show($0, $1) }
        group.post("organizations/:id/credits") { try await add($0, $1) }
    }

    private func show(_ request: Request, _ context: AdminContext) async throws -> Response {
        let organization = try await context.organization(.readUsage, in: people)
        var limit = PageLimit.usual
        var cursor: CreditCursor?
        for (name, value) in try request.parameters() {
            switch name {
            case "limit": limit = try PageLimit.read(value)
            case "before": cursor = try Self.cursor(value)
            default: throw AdminError.unknownParameter(String(name))
            }
        }
        let standing = try credits.creditStanding(of: organization)
        let page = try credits.creditEntries(of: organization, before: cursor, atMost: limit)
        return .json([
            "organization": .string(organization.rawValue),
            "prepaid": .bool(standing.balance != nil),
            "balance_usd": standing.balance.map { .string($0.description) } ?? .null,
            "reserved_usd": .string(standing.reserved.description),
            "entries": .array(page.entries.map { .object($0.json) }),
            "next": page.next.map { .string($0.description) } ?? .null,
        ])
    }

    private static func cursor(_ text: Substring) throws(AdminError) -> CreditCursor {
        guard let cursor = CreditCursor(String(text)) else {
            throw .gateway(
                .invalidValue(
                    "before", "'before' must be 'next' of the page before.",
                    "'before' doit être le 'next' de la page précédente."))
        }
        return cursor
    }

    /// Whoever sells credits makes entries; an organization doesn't make its own.
    private func add(_ request: Request, _ context: AdminContext) async throws -> Response {
        let actor = try context.check(.manageOrganizations)
        let id = try await people.known(OrganizationID(rawValue: try context.parameters.require("id")))
        let body = try await request.json(ofAtMost: Self.bodyLimit)
        let draft = try CreditDraft(try body.object(knowing: Self.members))
        let (entry, isNew) = try credits.addCredit(draft, to: id, by: actor.bookkeepingName, at: clock())
        return .json(.object(entry.json), status: isNew ? .created : .ok)
    }
}

extension Actor {
    /// As an entry says who made it.
    var bookkeepingName: String {
        switch self {
        case .token: "admin_token"
        case .member(let user, _, _): user
        }
    }
}

extension CreditEntry {
    fileprivate var json: JSONObject {
        [
            "id": .string(id), "at": .string(at.description), "kind": .string(kind.rawValue),
            "debit": .string(debit), "credit": .string(credit), "amount_usd": .string(amount.description),
            "reference": .string(reference), "note": note.map { .string($0) } ?? .null, "made_by": .string(madeBy),
        ]
    }
}
