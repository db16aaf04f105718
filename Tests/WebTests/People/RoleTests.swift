import Domain
import HTTPTypes
import Storage
import Testing

@testable import Web

@Suite struct RoleTests {
    private static let everyone: [Role] = Role.allCases
    private static let makers: [Role] = [.owner, .admin, .developer]

    /// Every address of the portal but those for anyone, with the roles that may go there, in the operator's organization.
    private static let table: [String: [Role]] = [
        "GET /portal": everyone,
        "POST /portal/sign-out": everyone,
        "GET /portal/account": everyone,
        "POST /portal/account": everyone,
        "POST /portal/account/password": everyone,
        "POST /portal/account/sessions": everyone,
        "POST /portal/account/organization": everyone,
        "GET /portal/members": [.owner, .admin],
        "POST /portal/members/invite": [.owner, .admin],
        "POST /portal/members/:id/role": [.owner, .admin],
        "POST /portal/members/:id/remove": [.owner, .admin],
        "POST /portal/invitations/:id/withdraw": [.owner, .admin],
        "GET /portal/keys": makers,
        "GET /portal/keys/new": makers,
        "POST /portal/keys": makers,
        "GET /portal/keys/:id": makers,
        "POST /portal/keys/:id": makers,
        "POST /portal/keys/:id/rotate": makers,
        "POST /portal/keys/:id/revoke": makers,
        "GET /portal/usage": everyone,
        "GET /portal/usage/csv": everyone,
        "GET /portal/usage/ndjson": everyone,
        "GET /portal/credits": everyone,
        "POST /portal/credits": [.owner, .admin],
        "GET /portal/requests": everyone,
        "GET /portal/requests/:id": everyone,
        "GET /portal/requests/:id/receipt": everyone,
        "GET /portal/ledger": [.owner, .admin, .auditor],
        "GET /portal/ledger/export": [.owner, .admin, .auditor],
        "GET /portal/playground": makers,
        "POST /portal/playground/key": makers,
        "GET /portal/organizations": [.owner, .admin],
        "POST /portal/organizations": [.owner, .admin],
        "GET /portal/admin/credentials": [.owner, .admin],
        "GET /portal/admin/credentials/new": [.owner, .admin],
        "POST /portal/admin/credentials": [.owner, .admin],
        "GET /portal/admin/credentials/:id": [.owner, .admin],
        "POST /portal/admin/credentials/:id/rotate": [.owner, .admin],
        "POST /portal/admin/credentials/:id/check": [.owner, .admin],
        "POST /portal/admin/credentials/:id/revoke": [.owner, .admin],
        "GET /portal/admin/pii-audit": auditors,
        "GET /portal/admin/audit": auditors,
        "GET /portal/admin/audit/:id": auditors,
        "GET /portal/admin/audit/:id/receipt": auditors,
        "GET /portal/admin/routes": [.owner, .admin],
        "GET /portal/admin/drift": [.owner, .admin],
        "GET /portal/admin/prices": [.owner, .admin],
        "GET /portal/admin/invoice": [.owner, .admin],
        "POST /portal/admin/invoice": [.owner, .admin],
        "GET /portal/admin/rates": [.owner, .admin],
        "POST /portal/admin/rates": [.owner, .admin],
    ]
    private static let auditors: [Role] = [.owner, .admin, .auditor]
    private static let forAnyone: Set<String> = [
        "GET /portal/sign-in", "POST /portal/sign-in", "GET /portal/claim", "POST /portal/claim",
        "GET /portal/invitation", "POST /portal/invitation",
    ]

    @Test func `each address lets in the roles it is for, and nobody without a session`() async throws {
        try await House().serve { house in
            let routes = house.portal.parts.flatMap(\.routes)
            let names = Set(routes.map { "\($0.method) \($0.path)" })
            #expect(names == Set(Self.table.keys).union(Self.forAnyone), "an address isn't in the table")
            for role in Role.allCases {
                let user = try await house.member(role.rawValue, role)
                for (name, roles) in Self.table {
                    let status = try await Self.status(name, try house.browser(of: user))
                    #expect(roles.contains(role) ? status != 403 : status == 403, "\(role) \(name): \(status)")
                    if name.hasPrefix("GET ") { #expect(status != 500) }
                }
            }
            for name in Self.table.keys {
                let status = try await Self.status(name, Browser(house))
                #expect(name.hasPrefix("GET") ? status == 303 : status == 401, "\(name): \(status)")
            }
        }
    }

    private static func status(_ name: String, _ browser: Browser) async throws -> Int {
        let parts = name.replacing(":id", with: "usr_none").split(separator: " ")
        // A page with a form for anyone: it has the token.
        try await browser.get("/portal/sign-in")
        return parts[0] == "GET"
            ? try await browser.get(String(parts[1])).status : try await browser.post(String(parts[1])).status
    }

    @Test func `what concerns the installation is for the operator's organization alone`() async throws {
        try await House().serve { house in
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now)
            let owner = try house.browser(of: try await house.member("eve", .owner, of: other.id), in: other.id)
            #expect(try await owner.get("/portal/organizations").status == 403)
            #expect(!(try await owner.get("/portal/members").body.contains("/portal/organizations")))
            #expect(Actor.token.has(.manageOrganizations))
        }
    }

    @Test func `another organization's members and invitations are as if they weren't there`() async throws {
        try await House().serve { house in
            let mine = try await house.member("ada", .owner)
            let (invitation, _) = try house.store.invite(
                try #require(EmailAddress("bob@example.test")), to: .default, as: .developer, at: house.clock.now)
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now)
            let eve = try house.browser(of: try await house.member("eve", .owner, of: other.id), in: other.id)
            #expect(!(try await eve.get("/portal/members").body.contains("ada@example.test")))
            let role = ["role": "auditor"]
            #expect(try await eve.post("/portal/members/\(mine.id)/role", role).status == 404)
            #expect(try await eve.post("/portal/members/\(mine.id)/remove").status == 404)
            #expect(try await eve.post("/portal/invitations/\(invitation.id)/withdraw").status == 404)
            let place = ["organization": "org_default"]
            #expect(try await eve.post("/portal/account/organization", place).status == 404)
            #expect(try house.store.members(of: .default).map(\.role) == [.owner])
        }
    }

    @Test func `the last owner can't go, and can't become anything else`() async throws {
        try await House().serve { house in
            let user = try await house.member("ada", .owner)
            let browser = try house.browser(of: user)
            try await browser.get("/portal/members")
            #expect(try await browser.post("/portal/members/\(user.id)/remove").status == 409)
            #expect(try await browser.post("/portal/members/\(user.id)/role", ["role": "admin"]).status == 409)
            _ = try await house.member("bob", .owner)
            let before = browser.cookies["ni_session"]
            #expect(try await browser.post("/portal/members/\(user.id)/role", ["role": "admin"]).status == 303)
            #expect(browser.cookies["ni_session"] != before)
        }
    }

    @Test func `an administrator neither makes owners nor touches them`() async throws {
        try await House().serve { house in
            let owners = [try await house.member("ada", .owner), try await house.member("bob", .owner)]
            let admin = try await house.member("cem", .admin)
            let browser = try house.browser(of: admin)
            try await browser.get("/portal/members")
            let path = "/portal/members"
            #expect(try await browser.post("\(path)/\(admin.id)/role", ["role": "owner"]).status == 403)
            #expect(try await browser.post("\(path)/\(owners[0].id)/role", ["role": "auditor"]).status == 403)
            #expect(try await browser.post("\(path)/\(owners[0].id)/remove").status == 403)
            let form = ["email": "new@example.test", "role": "owner"]
            #expect(try await browser.post("\(path)/invite", form).status == 403)
        }
    }

    @Test func `a member who is removed is out at once`() async throws {
        try await House().serve { house in
            let owner = try house.browser(of: try await house.member("ada", .owner))
            let user = try await house.member("bob", .developer)
            let browser = try house.browser(of: user)
            #expect(try await browser.get("/portal/account").status == 200)
            try await owner.get("/portal/members")
            #expect(try await owner.post("/portal/members/\(user.id)/remove").status == 303)
            #expect(try await browser.get("/portal/account").status == 303)
        }
    }

    @Test func `pages are in French for those who ask, and say so`() async throws {
        try await House().serve { house in
            let browser = Browser(house)
            let french = try await browser.get("/portal/sign-in", ["accept-language": "fr-CA"]).body
            #expect(french.contains(#"<html lang="fr">"#) && french.contains("Mot de passe"))
            #expect(try await browser.get("/portal/sign-in?lang=fr").body.contains("Mot de passe"))
            #expect(try await browser.get("/portal/sign-in").body.contains("Mot de passe"))
        }
    }

    @Test func `a name can't leave its place on the page`() async throws {
        try await House().serve { house in
            let user = try await house.member("ada", .owner)
            try house.store.update(user.id, name: "\"\u{301}><script>alert(1)</script>", language: nil)
            for path in ["/portal/account", "/portal/members"] {
                let body = try await house.browser(of: user).get(path).body
                #expect(!body.contains("<script>") && !body.contains("value=\"\"\u{301}"))
            }
        }
    }
}
