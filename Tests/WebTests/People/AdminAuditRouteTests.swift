import Domain
import Storage
import Testing
import Wire

@testable import Web

/// The admin audit, through the doors that changes come by.
@Suite struct AdminAuditRouteTests {
    private let bearer = ["authorization": "Bearer secret-token"]

    private func entries(_ reply: HTTPClient.Reply) throws -> [JSON] {
        try #require(try JSON(parsing: Array(reply.body.utf8))["entries"]?.array)
    }

    @Test func `changes carry whoever was let in by the door, and where they came from`() async throws {
        try await House().serve { house in
            let ada = try await house.member("ada", .owner)
            let browser = try house.browser(of: ada)
            try await browser.get("/portal/organizations")
            try await browser.post("/portal/organizations", ["name": "From the portal"])
            try await withAdminServer(people: house.store) { client in
                let path = "/api/admin/organizations"
                _ = try await client.send("POST", path, bearer, body: #"{"name": "By token"}"#)
                let token = try house.store.startSession(ada.id, in: .default, at: .now)
                let fields = ["cookie": "ni_session=\(token.text)", "x-csrf-token": PortalContext.csrf(of: token)]
                _ = try await client.send("POST", path, fields, body: #"{"name": "By session"}"#)
                let found = try entries(try await client.get("/api/admin/audit?action=organization_created", bearer))
                #expect(found.map { $0["actor"]?["kind"]?.string } == ["member", "token", "member"])
                #expect(found.map { $0["actor"]?["email"]?.string } == ["ada@example.test", nil, "ada@example.test"])
                #expect(found.map { $0["address"]?.string } == ["127.0.0.1", "127.0.0.1", "203.0.113.7"])
                #expect(found.allSatisfy { $0["log"]?["verified"]?.bool == true && $0["log"]?["salt"]?.string != nil })
            }
        }
    }

    @Test func `a visitor who takes an invitation is the member who joined`() async throws {
        try await House().serve { house in
            let email = try #require(EmailAddress("new@example.test"))
            let (_, token) = try house.store.invite(email, to: .default, as: .owner, at: house.clock.now)
            let browser = Browser(house)
            try await browser.get("/portal/invitation?token=\(token.text)")
            let form = ["token": token.text, "name": "New", "password": House.password.text]
            #expect(try await browser.post("/portal/invitation", form).status == 303)
            let entry = try #require(try house.store.adminAudit(AdminAuditQuery(.everything, limit: 1)).first)
            let joined = try JSON(parsing: entry.json)
            #expect(joined["actor"]?["email"]?.string == "new@example.test")
            #expect(joined["address"]?.string == "203.0.113.7")
        }
    }

    @Test func `an organization's auditors see its changes, and no other's`() async throws {
        let house = try House()
        try await withAdminServer(people: house.store) { client in
            let other = try house.store.createOrganization("Other", owner: nil, at: .now)
            let eve = try await house.member("eve", .auditor, of: other.id)
            _ = try await house.member("ada", .owner)
            let token = try house.store.startSession(eve.id, in: other.id, at: .now)
            let fields = ["cookie": "ni_session=\(token.text)", "x-csrf-token": PortalContext.csrf(of: token)]
            let own = try entries(try await client.get("/api/admin/audit", fields))
            #expect(own.count == 2 && own.allSatisfy { $0["organization"]?.string == other.id.rawValue })
            let all = try entries(try await client.get("/api/admin/audit", bearer))
            let foreign = try #require(all.first?["id"]?.string)
            #expect(all.count == 5)
            for path in ["/api/admin/audit/\(foreign)", "/api/admin/audit/\(foreign)/receipt"] {
                let reply = try await client.get(path, fields)
                #expect(reply.status == 404 && reply.body.contains("audit_entry_not_found"))
            }
            let mine = try #require(own.first?["id"]?.string)
            #expect(try await client.get("/api/admin/audit/\(mine)", fields).status == 200)
            // No gateway signs checkpoints here.
            let receipt = try await client.get("/api/admin/audit/\(mine)/receipt", fields)
            #expect(receipt.status == 503 && receipt.body.contains("receipt_not_ready"))
        }
    }

    @Test func `pages follow one another, and a filter that isn't known is refused`() async throws {
        let house = try House()
        try await withAdminServer(people: house.store) { client in
            for name in ["ada", "bob", "cem"] { _ = try await house.member(name, .owner) }
            var seen: [String] = []
            var path: String? = "/api/admin/audit?limit=4"
            while let asked = path {
                let reply = try await client.get(asked, bearer)
                seen += try entries(reply).compactMap { $0["id"]?.string }
                let next = try JSON(parsing: Array(reply.body.utf8))["next"]?.string
                path = next.map { "/api/admin/audit?limit=4&before=\($0)" }
            }
            #expect(seen.count == 6 && Set(seen).count == 6)
            for query in ["colour=red", "action=key_eaten", "since=yesterday", "limit=0"] {
                #expect(try await client.get("/api/admin/audit?\(query)", bearer).status == 400, "\(query)")
            }
        }
    }
}
