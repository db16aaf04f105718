import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/credentials`: credentials for providers, the platform's and organizations' own. A secret comes in, and never
/// goes out.
struct CredentialRoutes: Sendable {
    let credentials: any CredentialAdministration
    let people: any PeopleDirectory

    private static let bodyLimit = 64 << 10

    func add(to group: RouterGroup<AdminContext>) {
        group.get("credentials") { _, context in try await list(context) }
        group.post("credentials") { try await add($0, $1) }
        group.get("credentials/:id") { _, context in try await show(context) }
        group.delete("credentials/:id") { _, context in try await revoke(context) }
        group.post("credentials/:id/rotate") { try await rotate($0, $1) }
        group.post("credentials/:id/check") { _, context in try await check(context) }
    }

    private func list(_ context: AdminContext) async throws -> Response {
        let actor = try context.check(.manageOwnCredentials)
        let all = try await credentials.credentials().filter { $0.isVisible(to: actor) }
        return .json(["credentials": .array(all.map { .object($0.json) })])
    }

    private func show(_ context: AdminContext) async throws -> Response {
        .json(.object(try await credential(context).json))
    }

    /// The credential of the path. One that the caller may not see is as if it weren't there.
    private func credential(_ context: AdminContext) async throws -> ProviderCredential {
        let actor = try context.check(.manageOwnCredentials)
        let id = try context.parameters.require("id")
        let found = try await credentials.credential(id, visibleTo: actor)
        guard let found else { throw AdminError.credentialNotFound }
        return found
    }

    private func add(_ request: Request, _ context: AdminContext) async throws -> Response {
        let actor = try context.check(.manageOwnCredentials)
        let object = try await object(of: request, ["organization", "provider", "name", "kind", "secret"])
        let organization = try await organization(object["organization"], actor)
        guard let provider = object["provider"]?.string else {
            throw object["provider"] == nil
                ? AdminError.gateway(.missingParameter("provider")) : KeyDraft.wrongType("provider", .string)
        }
        guard let kind: ProviderCredential.Kind = try KeyDraft.choice(object["kind"], "kind") else {
            throw AdminError.gateway(.missingParameter("kind"))
        }
        let draft = ProviderCredentialDraft(
            organization: organization, provider: ProviderID(rawValue: provider),
            name: try KeyDraft.name(object["name"]), kind: kind, secret: try Self.secret(object["secret"], of: kind))
        let added = try await refusing { try await credentials.addCredential(draft) }
        return .json(.object(added.json), status: .created)
    }

    /// Null, or nothing, is the platform for those who manage its credentials, and for all others their own organization.
    private func organization(_ value: JSON?, _ actor: Actor) async throws -> OrganizationID? {
        guard let value, !value.isNull else { return try await people.credentialOwner(nil, addedBy: actor) }
        guard let text = value.string else { throw KeyDraft.wrongType("organization", .string) }
        return try await people.credentialOwner(OrganizationID(rawValue: text), addedBy: actor)
    }

    private func rotate(_ request: Request, _ context: AdminContext) async throws -> Response {
        let old = try await credential(context)
        let object = try await object(of: request, ["secret"])
        let secret = try Self.secret(object["secret"], of: old.kind)
        let rotated = try await refusing { try await credentials.rotateCredential(old, to: secret) }
        guard let rotated else { throw AdminError.credentialNotFound }
        return .json(.object(rotated.json))
    }

    private func revoke(_ context: AdminContext) async throws -> Response {
        let id = try await credential(context).id
        guard let revoked = try await credentials.revokeCredential(id) else { throw AdminError.credentialNotFound }
        return .json(.object(revoked.json))
    }

    private func check(_ context: AdminContext) async throws -> Response {
        let id = try await credential(context).id
        guard let verdict = try await refusing({ try await credentials.checkCredential(id) }) else {
            throw AdminError.credentialNotFound
        }
        return .json(.object(verdict.json))
    }

    private func refusing<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as CredentialExists {
            throw AdminError.credentialExists(error.id)
        } catch let error as CredentialUnusable {
            throw GatewayError.invalidValue("secret", error.description)
        }
    }

    private static func secret(_ value: JSON?, of kind: ProviderCredential.Kind) throws -> CredentialSecret {
        guard let value else { throw GatewayError.missingParameter("secret") }
        guard let object = value.object else { throw KeyDraft.wrongType("secret", .object) }
        var values: [String: String] = [:]
        for member in object.members {
            guard let text = member.value.string else { throw KeyDraft.wrongType("secret", .object) }
            values[member.key] = text
        }
        do {
            return try CredentialSecret(values, of: kind)
        } catch {
            throw GatewayError.invalidValue("secret", error.description)
        }
    }

    private func object(of request: Request, _ known: [String]) async throws -> JSONObject {
        let body = try await request.json(ofAtMost: Self.bodyLimit)
        guard let object = body.object else { throw KeyDraft.wrongType("body", .object) }
        // Its name isn't repeated: somebody may have put a secret there.
        guard object.members.allSatisfy({ known.contains($0.key) }) else {
            let names = known.map { "'\($0)'" }.joined(separator: ", ")
            throw GatewayError.invalidValue("body", "The body may have \(names), and nothing else.")
        }
        return object
    }
}

extension ProviderCredential {
    var json: JSONObject {
        let text = { (time: Timestamp?) -> JSON in time.map { .string($0.description) } ?? .null }
        return [
            "id": .string(id), "organization": organization.map { .string($0.rawValue) } ?? .null,
            "provider": .string(provider.rawValue), "name": .string(name), "kind": .string(kind.rawValue),
            "fingerprint": .string(fingerprint.text), "created_at": .string(createdAt.description),
            "replaced_at": text(replacedAt), "revoked_at": text(revokedAt), "last_used_at": text(lastUsedAt),
        ]
    }
}

extension CredentialVerdict {
    fileprivate var json: JSONObject {
        switch self {
        case .accepted: ["result": "accepted"]
        case .refused(let status): ["result": "refused", "upstream_status": JSON(status)]
        case .unreachable(let reason): ["result": "unreachable", "reason": .string(reason)]
        case .unchecked: ["result": "unchecked"]
        }
    }
}
