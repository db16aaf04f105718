import Domain
import Hummingbird
import Storage
import Testing
import Wire

@testable import Web

@Suite struct AdminRoleTests {
    private static let managers: [Role] = [.owner, .admin]
    private static let auditors: [Role] = [.owner, .admin, .auditor]
    private static let makers: [Role] = [.owner, .admin, .developer]
    private static let members = "/api/admin/organizations/:id/members"
    private static let invitations = "/api/admin/organizations/:id/invitations"

    /// Every address of the admin API, with the roles that may use it in the operator's organization.
    private static let table: [String: [Role]] = [
        "GET /api/admin/keys": makers,
        "POST /api/admin/keys": makers,
        "GET /api/admin/keys/:id": makers,
        "PATCH /api/admin/keys/:id": makers,
        "DELETE /api/admin/keys/:id": makers,
        "POST /api/admin/keys/:id/rotate": makers,
        "GET /api/admin/mappings": makers,
        "GET /api/admin/drift": managers,
        "GET /api/admin/address-lists": managers,
        "GET /api/admin/pii-audit": auditors,
        "GET /api/admin/audit": auditors,
        "GET /api/admin/audit/:id": auditors,
        "GET /api/admin/audit/:id/receipt": auditors,
        "GET /api/admin/credentials": managers,
        "POST /api/admin/credentials": managers,
        "GET /api/admin/credentials/:id": managers,
        "DELETE /api/admin/credentials/:id": managers,
        "POST /api/admin/credentials/:id/rotate": managers,
        "POST /api/admin/credentials/:id/check": managers,
        "GET /api/admin/prices": managers,
        "GET /api/admin/exchange-rates/:date": managers,
        "PUT /api/admin/exchange-rates/:date": managers,
        "GET /api/admin/organizations/:id/credits": Role.allCases,
        "POST /api/admin/organizations/:id/credits": managers,
        "GET /api/admin/organizations": Role.allCases,
        "POST /api/admin/organizations": managers,
        "GET \(members)": managers,
        "PATCH \(members)/:user": managers,
        "DELETE \(members)/:user": managers,
        "GET \(invitations)": managers,
        "POST \(invitations)": managers,
        "DELETE \(invitations)/:invitation": managers,
    ]

    /// What a session sends along.
    private static func fields(_ house: House, _ user: User, in place: OrganizationID = .default) throws
        -> [String: String]
    {
        let token = try house.store.startSession(user.id, in: place, at: .now)
        return ["cookie": "ni_session=\(token.text)", "x-csrf-token": PortalContext.csrf(of: token)]
    }

    /// With every port that it can have.
    private func serve(_ house: House, _ work: @Sendable @escaping (HTTPClient) async throws -> Void) async throws {
        try await withAdminServer(
            people: house.store, money: MoneyPorts(house.store), credentials: try CredentialBook(house.store), do: work)
    }

    private static func path(_ name: String) -> (method: String, path: String) {
        let parts = name.replacing(":id", with: "org_default").replacing(":user", with: "usr_none")
            .replacing(":invitation", with: "inv_none").replacing(":date", with: "2026-11-27").split(separator: " ")
        return (String(parts[0]), String(parts[1]))
    }

    @Test func `each address takes the roles it is for, and nobody without a token or a session`() async throws {
        let house = try House()
        try await serve(house) { client in
            for role in Role.allCases {
                let user = try await house.member(role.rawValue, role)
                for (name, roles) in Self.table {
                    let (method, path) = Self.path(name)
                    let status = try await client.send(method, path, try Self.fields(house, user), body: "{}").status
                    #expect(
                        roles.contains(role) ? ![401, 403, 500].contains(status) : status == 403, "\(role) \(name)")
                }
            }
            for name in Self.table.keys {
                let (method, path) = Self.path(name)
                #expect(try await client.send(method, path).status == 401, "\(name)")
            }
        }
    }

    @Test func `an address that the table leaves out does nothing`() async throws {
        let house = try House()
        let server = AdminServer(
            token: nil, people: house.store, keys: KeyBook(), credentials: try CredentialBook(house.store),
            mappings: FixedMappings(), drifts: FixedDrifts(),
            piiAudit: FixedPIIAudit(), addressLists: FixedAddressLists(), adminAudit: StoreAudit(store: house.store),
            money: MoneyPorts(house.store), metrics: FixedMetrics(all: []),
            readiness: { .ready }, clock: { .now }, logger: .silent)
        let names = server.router().routes.map { "\($0.method) \($0.path)" }
        let unlisted = names.filter {
            $0.contains("/api/admin/") && !$0.hasPrefix("HEAD")
                && Self.table[$0.replacing("{", with: ":").replacing("}", with: "")] == nil
        }
        #expect(names.count > Self.table.count)
        try await serve(house) { client in
            for name in unlisted {
                let (method, path) = Self.path(name.replacing("{", with: ":").replacing("}", with: ""))
                let reply = try await client.send(method, path, ["authorization": "Bearer secret-token"])
                // There to say which methods are meant.
                #expect(reply.status == 405, "\(name)")
            }
        }
    }

    @Test func `a session without its token, or with another one's, is refused`() async throws {
        let house = try House()
        try await serve(house) { client in
            let user = try await house.member("ada", .owner)
            var fields = try Self.fields(house, user)
            fields["x-csrf-token"] = try Self.fields(house, user)["x-csrf-token"]
            let reply = try await client.get("/api/admin/keys", fields)
            #expect(reply.status == 403 && reply.body.contains("csrf_token_invalid"))
            fields["x-csrf-token"] = nil
            #expect(try await client.get("/api/admin/keys", fields).status == 403)
        }
    }

    @Test func `no address takes a session's cookie alone`() async throws {
        let house = try House()
        try await serve(house) { client in
            let user = try await house.member("ada", .owner)
            var fields = try Self.fields(house, user)
            fields["x-csrf-token"] = nil
            for name in Self.table.keys {
                let (method, path) = Self.path(name)
                let reply = try await client.send(method, path, fields, body: "{}")
                #expect(reply.status == 403 && reply.body.contains("csrf_token_invalid"), "\(name)")
            }
        }
    }

    @Test func `the admin token may do everything`() async throws {
        let house = try House()
        try await serve(house) { client in
            for name in Self.table.keys {
                let (method, path) = Self.path(name)
                let bearer = ["authorization": "Bearer secret-token"]
                let status = try await client.send(method, path, bearer, body: "{}").status
                #expect(![401, 403, 405, 500].contains(status), "\(name): \(status)")
            }
        }
    }

    @Test func `another organization's keys and members are as if they weren't there`() async throws {
        let house = try House()
        try await serve(house) { client in
            let bearer = ["authorization": "Bearer secret-token"]
            let made = try await client.send("POST", "/api/admin/keys", bearer, body: #"{"name": "operator's"}"#)
            let id = try #require(try JSON(parsing: Array(made.body.utf8))["id"]?.string)
            let other = try house.store.createOrganization("Other", owner: nil, at: .now)
            let eve = try Self.fields(house, try await house.member("eve", .owner, of: other.id), in: other.id)
            #expect(!(try await client.get("/api/admin/keys", eve).body.contains(id)))
            for (method, path) in [
                ("GET", "keys/\(id)"), ("PATCH", "keys/\(id)"), ("DELETE", "keys/\(id)"),
                ("POST", "keys/\(id)/rotate"), ("GET", "keys?organization=org_default"),
                ("GET", "organizations/org_default/members"), ("GET", "organizations/org_none/members"),
            ] {
                let reply = try await client.send(method, "/api/admin/\(path)", eve, body: "{}")
                #expect(reply.status == 404, "\(method) \(path)")
            }
            let draft = #"{"name": "x", "organization": "org_default"}"#
            #expect(try await client.send("POST", "/api/admin/keys", eve, body: draft).status == 404)
            let own = try await client.send("POST", "/api/admin/keys", eve, body: #"{"name": "eve's"}"#)
            #expect(own.status == 201 && own.body.contains(other.id.rawValue))
            let listed = try await client.get("/api/admin/keys?organization=\(other.id)", bearer).body
            #expect(listed.contains("eve's") && !listed.contains(id))
        }
    }

    @Test func `an invitation's link is in one reply only, and a role is changed by its name`() async throws {
        let house = try House()
        try await serve(house) { client in
            let bearer = ["authorization": "Bearer secret-token"]
            let base = "/api/admin/organizations/org_default"
            let draft = #"{"email": "Ada@Example.test", "role": "owner"}"#
            let made = try await client.send("POST", "\(base)/invitations", bearer, body: draft)
            #expect(made.status == 201 && made.body.contains("/portal/invitation?token="))
            let listed = try await client.get("\(base)/invitations", bearer).body
            #expect(listed.contains("ada@example.test") && !listed.contains("token="))
            let user = try await house.member("bob", .developer)
            let patched = try await client.send(
                "PATCH", "\(base)/members/\(user.id)", bearer, body: #"{"role": "auditor"}"#)
            #expect(patched.status == 200 && patched.body.contains(#""role":"auditor""#))
            let wrong = try await client.send("PATCH", "\(base)/members/\(user.id)", bearer, body: #"{"role": "king"}"#)
            #expect(wrong.status == 400)
        }
    }
}
