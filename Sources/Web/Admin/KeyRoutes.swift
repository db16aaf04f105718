import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/keys`: the keys of this installation.
struct KeyRoutes: Sendable {
    let keys: any KeyAdministration
    let people: any PeopleDirectory
    let clock: @Sendable () -> Timestamp

    private static let bodyLimit = 64 << 10

    func add(to group: RouterGroup<AdminContext>) {
        group.get("keys") { try await list($0, $1) }
        group.post("keys") { try await create($0, $1) }
        group.get("keys/:id") { _, context in try await show(context) }
        group.patch("keys/:id") { request, context in
            try await update(try await key(context, .manageKeys).id, as: request)
        }
        group.post("keys/:id/rotate") { request, context in
            try await rotate(try await key(context, .manageKeys).id, as: request)
        }
        group.delete("keys/:id") { _, context in try await revoke(try await key(context, .manageKeys).id) }
    }

    private func list(_ request: Request, _ context: AdminContext) async throws -> Response {
        let actor = try context.check(.readKeys)
        var organization = actor.organization
        for (name, value) in try request.parameters() {
            guard name == "organization" else { throw AdminError.unknownParameter(String(name)) }
            organization = try await self.organization(OrganizationID(rawValue: String(value)), context, .readKeys)
        }
        let all = try await keys.keys().filter { organization == nil || $0.organization == organization }
        let lastUses = try await keys.lastUses()
        return .json(["keys": .array(all.map { .object(Self.json($0, lastUses)) })])
    }

    private func show(_ context: AdminContext) async throws -> Response {
        .json(.object(Self.json(try await key(context, .readKeys), try await keys.lastUses())))
    }

    /// The key of the path. Another organization's is as if it weren't there.
    private func key(_ context: AdminContext, _ permission: Permission) async throws -> APIKey {
        try context.check(permission)
        let id = try context.parameters.require("id")
        guard let key = try await keys.keys().first(where: { $0.id == id }) else { throw AdminError.keyNotFound }
        do {
            try context.check(permission, in: key.organization)
        } catch AccessRefusal.unknown {
            throw AdminError.keyNotFound
        }
        return key
    }

    /// An organization that there is, and that the caller may name.
    private func organization(
        _ id: OrganizationID, _ context: AdminContext, _ permission: Permission
    ) async throws -> OrganizationID {
        do {
            try context.check(permission, in: id)
        } catch AccessRefusal.unknown {
            throw AdminError.organizationNotFound
        }
        let known = try await people.organizations().first { $0.id == id }
        guard let known else { throw AdminError.organizationNotFound }
        return known.id
    }

    private static func json(_ key: APIKey, _ lastUses: [APIKey.ID: Timestamp]) -> JSONObject {
        var object = key.json
        object["last_used_at"] = lastUses[key.id].map { .string($0.description) } ?? .null
        return object
    }

    /// What isn't named stays as it is, and null takes away (RFC 7396).
    private func update(_ id: APIKey.ID, as request: Request) async throws -> Response {
        let patch = try await body(of: request)
        let now = clock()
        guard let key = try await keys.updateKey(id, { try KeyChange(patch, of: $0, at: now) }) else {
            throw AdminError.keyNotFound
        }
        return .json(.object(key.json))
    }

    private func rotate(_ id: APIKey.ID, as request: Request) async throws -> Response {
        let overlap = try Self.overlap(try await body(of: request, usual: [:]))
        guard let (key, secret) = try await keys.rotateKey(id, overlap: overlap) else { throw AdminError.keyNotFound }
        var object = key.json
        object["secret"] = .string(secret.text)
        return .json(.object(object))
    }

    /// Both secrets are good for a day, unless something else is said; for 30 days at the most.
    private static func overlap(_ body: JSON) throws(AdminError) -> Duration {
        let name = "overlap_seconds"
        guard let object = body.object else { throw KeyDraft.wrongType("body", .object) }
        if let unknown = object.members.first(where: { $0.key != name }) { throw .unknownParameter(unknown.key) }
        guard let value = object[name], !value.isNull else { return .seconds(86_400) }
        guard let seconds = value.int else { throw KeyDraft.wrongType(name, .wholeNumber) }
        guard 0...2_592_000 ~= seconds else {
            throw .gateway(
                .invalidValue(
                    name, "'\(name)' must be from 0 to 2592000, which is 30 days.",
                    "'\(name)' doit être de 0 à 2592000, soit 30 jours."))
        }
        return .seconds(seconds)
    }

    private func create(_ request: Request, _ context: AdminContext) async throws -> Response {
        let actor = try context.check(.manageKeys)
        var draft = try KeyDraft(try await body(of: request), at: clock())
        if let organization = draft.organization {
            draft.organization = try await self.organization(organization, context, .manageKeys)
        } else {
            draft.organization = actor.organization
        }
        let (key, secret) = try await keys.createKey(draft)
        var object = key.json
        object["secret"] = .string(secret.text)
        return .json(.object(object), status: .created)
    }

    private func revoke(_ id: APIKey.ID) async throws -> Response {
        guard let key = try await keys.revokeKey(id) else { throw AdminError.keyNotFound }
        return .json(.object(key.json))
    }

    /// - Parameter usual: what an empty body stands for; nil: for nothing.
    private func body(of request: Request, usual: JSON? = nil) async throws -> JSON {
        try await request.json(ofAtMost: Self.bodyLimit, usual: usual)
    }
}
