import Domain
import Foundation
import Storage
import Testing
import Wire

@testable import Web

@Suite struct CredentialRouteTests {
    private static let canary = "sk-canary-1a2b3c4d5e6f7a8b9c0d"
    private static let path = "/api/admin/credentials"
    private static let bearer = ["authorization": "Bearer secret-token"]

    private static func draft(organization: String? = nil, secret: String = canary) -> String {
        let owner = organization.map { #", "organization": "\#($0)""# } ?? ""
        return
            #"{"provider": "openai", "name": "main", "kind": "api_key", "secret": {"api_key": "\#(secret)"}\#(owner)}"#
    }

    private static func fields(_ house: House, _ user: User, in place: OrganizationID) throws -> [String: String] {
        let token = try house.store.startSession(user.id, in: place, at: .now)
        return ["cookie": "ni_session=\(token.text)", "x-csrf-token": PortalContext.csrf(of: token)]
    }

    private func object(_ reply: HTTPClient.Reply) throws -> JSON { try JSON(parsing: Array(reply.body.utf8)) }

    @Test func `a secret goes in and never comes out`() async throws {
        let house = try House()
        try await withAdminServer(people: house.store, credentials: try CredentialBook(house.store)) { client in
            let made = try await client.send("POST", Self.path, Self.bearer, body: Self.draft())
            #expect(made.status == 201)
            let id = try #require(try object(made)["id"]?.string)
            var replies = [made]
            replies.append(try await client.send("POST", Self.path, Self.bearer, body: Self.draft()))
            #expect(replies[1].status == 409 && replies[1].body.contains("credential_exists"))
            replies.append(try await client.get(Self.path, Self.bearer))
            replies.append(try await client.get("\(Self.path)/\(id)", Self.bearer))
            let next = #"{"secret": {"api_key": "\#(Self.canary)2"}}"#
            replies.append(try await client.send("POST", "\(Self.path)/\(id)/rotate", Self.bearer, body: next))
            #expect(try object(replies[4])["fingerprint"] != object(made)["fingerprint"])
            let check = try await client.send("POST", "\(Self.path)/\(id)/check", Self.bearer)
            #expect(try object(check)["result"] == "refused" && object(check)["upstream_status"] == 401)
            replies.append(try await client.send("DELETE", "\(Self.path)/\(id)", Self.bearer))
            #expect(try object(replies[5])["revoked_at"]?.string != nil)
            replies.append(try await client.send("POST", "\(Self.path)/\(id)/rotate", Self.bearer, body: next))
            replies.append(try await client.send("POST", "\(Self.path)/\(id)/check", Self.bearer))
            #expect(replies[6].status == 404 && replies[7].status == 404)
            #expect(replies.allSatisfy { !$0.body.contains(Self.canary) })
        }
    }

    @Test(arguments: [
        #"{"provider": "openai", "name": "n", "kind": "api_key", "secret": "CANARY"}"#,
        #"{"provider": "openai", "name": "n", "kind": "api_key", "secret": {"CANARY": "x"}}"#,
        #"{"provider": "openai", "name": "n", "kind": "api_key", "secret": {"api_key": "CANARY x"}}"#,
        #"{"provider": "openai", "name": "n", "kind": "api_key", "CANARY": "x", "secret": {"api_key": "x"}}"#,
        #"{"provider": "openai", "name": "n", "kind": "aws_keys", "secret": {"access_key_id": "CANARY"}}"#,
        #"{"provider": "nobody", "name": "n", "kind": "api_key", "secret": {"api_key": "CANARY"}}"#,
    ])
    func `what is refused isn't repeated`(_ body: String) async throws {
        let house = try House()
        try await withAdminServer(people: house.store, credentials: try CredentialBook(house.store)) { client in
            let body = body.replacing("CANARY", with: Self.canary)
            let reply = try await client.send("POST", Self.path, Self.bearer, body: body)
            #expect(reply.status == 400 && !reply.body.contains(Self.canary), "\(reply.body)")
        }
    }

    @Test func `another organization's credentials, and the platform's, are as if they weren't there`() async throws {
        let house = try House()
        try await withAdminServer(people: house.store, credentials: try CredentialBook(house.store)) { client in
            let one = try house.store.createOrganization("One", owner: nil, at: .now).id
            let two = try house.store.createOrganization("Two", owner: nil, at: .now).id
            let eve = try Self.fields(house, try await house.member("eve", .owner, of: two), in: two)
            var strangers: [String] = []
            for owner in [nil, one.rawValue] {
                let made = try await client.send(
                    "POST", Self.path, Self.bearer, body: Self.draft(organization: owner))
                strangers.append(try #require(try object(made)["id"]?.string))
            }
            for id in strangers {
                for (method, path) in [("GET", id), ("DELETE", id), ("POST", "\(id)/rotate"), ("POST", "\(id)/check")] {
                    let body = #"{"secret": {"api_key": "x"}}"#
                    let reply = try await client.send(method, "\(Self.path)/\(path)", eve, body: body)
                    #expect(reply.status == 404 && reply.body.contains("credential_not_found"), "\(method) \(path)")
                }
            }
            for owner in [one.rawValue, "org_none", "org_default"] {
                let reply = try await client.send("POST", Self.path, eve, body: Self.draft(organization: owner))
                #expect(reply.status == 404, "\(owner)")
            }
            let own = try await client.send("POST", Self.path, eve, body: Self.draft())
            #expect(try own.status == 201 && object(own)["organization"]?.string == two.rawValue)
            let seen = try object(try await client.get(Self.path, eve))["credentials"]?.array ?? []
            #expect(seen.compactMap { $0["organization"]?.string } == [two.rawValue])
            let all = try object(try await client.get(Self.path, Self.bearer))["credentials"]?.array
            #expect(all?.count == 3)
        }
    }

    @Test func `credentials are for owners and admins`() async throws {
        let house = try House()
        try await withAdminServer(people: house.store, credentials: try CredentialBook(house.store)) { client in
            for role in Role.allCases {
                let user = try await house.member(role.rawValue, role)
                let reply = try await client.get(Self.path, try Self.fields(house, user, in: .default))
                #expect(reply.status == (role == .owner || role == .admin ? 200 : 403), "\(role)")
            }
            #expect(try await client.get(Self.path).status == 401)
        }
    }
}
