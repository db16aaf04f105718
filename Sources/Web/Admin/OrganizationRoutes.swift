import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/organizations`: organizations, their members and invitations.
struct OrganizationRoutes: Sendable {
    let people: any PeopleDirectory
    let clock: @Sendable () -> Timestamp

    private static let bodyLimit = 16 << 10

    func add(to group: RouterGroup<AdminContext>) {
        group.get("organizations") { _, context in try await list(context) }
        group.post("organizations") { try await make($0, $1) }
        group.get("organizations/:id/members") { _, context in try await members(context) }
        group.patch("organizations/:id/members/:user") { try await changeRole($0, $1) }
        group.delete("organizations/:id/members/:user") { _, context in try await remove(context) }
        group.get("organizations/:id/invitations") { _, context in try await invitations(context) }
        group.post("organizations/:id/invitations") { try await invite($0, $1) }
        group.delete("organizations/:id/invitations/:invitation") { _, context in try await withdraw(context) }
    }

    private func list(_ context: AdminContext) async throws -> Response {
        let actor = try context.check(.readModels)
        let all = try await people.organizations().filter {
            actor.has(.manageOrganizations) || $0.id == actor.organization
        }
        return .json(["organizations": .array(all.map { .object($0.json) })])
    }

    private func make(_ request: Request, _ context: AdminContext) async throws -> Response {
        let actor = try context.check(.manageOrganizations)
        let object = try await object(of: request, ["name"])
        let name = try KeyDraft.name(object["name"])
        var owner: User.ID?
        if case .member(let user, _, _) = actor { owner = user }
        let made = try await people.createOrganization(name, owner: owner, at: clock())
        return .json(.object(made.json), status: .created)
    }

    private func members(_ context: AdminContext) async throws -> Response {
        let all = try await people.members(of: try await context.organization(.readMembers, in: people))
        return .json(["members": .array(all.map { .object($0.json) })])
    }

    private func changeRole(_ request: Request, _ context: AdminContext) async throws -> Response {
        let organization = try await context.organization(.manageMembers, in: people)
        let actor = try context.check(.manageMembers, in: organization)
        let role = try Self.role(try await object(of: request, ["role"]))
        try actor.checkMayGive(role, in: organization)
        let member = try await people.changeRole(
            of: try context.parameters.require("user"), in: organization, to: role
        ) { try actor.checkMayGive($0, in: organization) }
        return .json(.object(member.json))
    }

    private func remove(_ context: AdminContext) async throws -> Response {
        let organization = try await context.organization(.manageMembers, in: people)
        let actor = try context.check(.manageMembers, in: organization)
        try await people.removeMember(try context.parameters.require("user"), from: organization) {
            try actor.checkMayGive($0, in: organization)
        }
        return Response(status: .noContent)
    }

    private func invitations(_ context: AdminContext) async throws -> Response {
        let all = try await people.invitations(
            of: try await context.organization(.manageMembers, in: people), at: clock())
        return .json(["invitations": .array(all.map { .object($0.json) })])
    }

    private func invite(_ request: Request, _ context: AdminContext) async throws -> Response {
        let organization = try await context.organization(.manageMembers, in: people)
        let actor = try context.check(.manageMembers, in: organization)
        let object = try await object(of: request, ["email", "role"])
        let role = try Self.role(object)
        try actor.checkMayGive(role, in: organization)
        guard let email = object["email"]?.string.flatMap({ EmailAddress($0) }) else {
            throw GatewayError.invalidValue(
                "email", "'email' must be an e-mail address.", "'email' doit être une adresse électronique.")
        }
        let (invitation, token) = try await people.invite(email, to: organization, as: role, at: clock())
        var reply = invitation.json
        reply["path"] = .string("/portal/invitation?token=\(token.text)")
        return .json(.object(reply), status: .created)
    }

    private func withdraw(_ context: AdminContext) async throws -> Response {
        let organization = try await context.organization(.manageMembers, in: people)
        let actor = try context.check(.manageMembers, in: organization)
        try await people.withdraw(try context.parameters.require("invitation"), of: organization) {
            try actor.checkMayGive($0, in: organization)
        }
        return Response(status: .noContent)
    }

    private func object(of request: Request, _ known: [String]) async throws -> JSONObject {
        try await request.json(ofAtMost: Self.bodyLimit).object(knowing: known)
    }

    private static func role(_ object: JSONObject) throws(AdminError) -> Role {
        guard let role: Role = try KeyDraft.choice(object["role"], "role") else {
            throw .gateway(.missingParameter("role"))
        }
        return role
    }
}

extension Organization {
    fileprivate var json: JSONObject {
        ["id": .string(id.rawValue), "name": .string(name), "created_at": .string(createdAt.description)]
    }
}

extension Member {
    fileprivate var json: JSONObject {
        [
            "id": .string(user.id), "email": .string(user.email.text), "name": .string(user.name),
            "role": .string(role.rawValue), "joined_at": .string(joinedAt.description),
        ]
    }
}

extension Invitation {
    fileprivate var json: JSONObject {
        [
            "id": .string(id), "email": .string(email.text), "role": .string(role.rawValue),
            "created_at": .string(createdAt.description), "expires_at": .string(expiresAt.description),
        ]
    }
}
