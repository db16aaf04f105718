import Domain
import Storage
import Testing
import Wire

@testable import Web

@Suite struct CreditRouteTests {
    private static let bearer = ["authorization": "Bearer secret-token"]
    private static let path = "/api/admin/organizations/org_default/credits"

    @Test func `what was paid is listed with both of its accounts, and the balance`() async throws {
        let house = try House()
        defer { withExtendedLifetime(house) {} }
        let store = house.store
        try await withAdminServer(people: store, money: MoneyPorts(store)) { client in
            let empty = try JSON(parsing: try await client.get(Self.path, Self.bearer).body)
            #expect(empty["prepaid"] == false && empty["balance_usd"] == .null && empty["entries"] == [])
            let body = #"{"amount_usd":"100.000000000001","kind":"top_up","reference":"invoice 1","note":"by wire"}"#
            let made = try await client.send("POST", Self.path, Self.bearer, body: body)
            #expect(made.status == 201)
            let entry = try JSON(parsing: made.body)
            #expect(entry["debit"] == "cash" && entry["credit"] == "credits:org_default")
            #expect(entry["amount_usd"] == "100.000000000001" && entry["made_by"] == "admin_token")
            #expect(try await client.send("POST", Self.path, Self.bearer, body: body).status == 200)
            let shown = try JSON(parsing: try await client.get(Self.path, Self.bearer).body)
            #expect(shown["balance_usd"] == "100.000000000001" && shown["reserved_usd"] == "0")
            #expect(shown["entries"] == [entry] && shown["next"] == .null)
        }
    }

    @Test(arguments: [
        (#"{"amount_usd":"0","kind":"top_up","reference":"r"}"#, 400, "invalid_value"),
        (#"{"amount_usd":"-1","kind":"top_up","reference":"r"}"#, 400, "invalid_value"),
        (#"{"amount_usd":"ten","kind":"top_up","reference":"r"}"#, 400, "invalid_value"),
        (#"{"amount_usd":"1","kind":"usage","reference":"r"}"#, 400, "invalid_value"),
        (#"{"amount_usd":"1","kind":"gift","reference":"r"}"#, 400, "invalid_value"),
        (#"{"amount_usd":"1","kind":"top_up"}"#, 400, "missing_required_parameter"),
        (#"{"amount_usd":true,"kind":"top_up","reference":"r"}"#, 400, "invalid_type"),
        (#"{"amount_usd":"1","kind":"top_up","reference":"r","amount":"2"}"#, 400, "unknown_parameter"),
        (#"{"amount_usd":"1","kind":"refund","reference":"r"}"#, 409, "credits_insufficient"),
        (#"{"amount_usd":"6","kind":"top_up","reference":"first"}"#, 409, "reference_used"),
    ])
    func `an entry that can't be meant is refused`(body: String, status: Int, code: String) async throws {
        let house = try House()
        defer { withExtendedLifetime(house) {} }
        let store = house.store
        if code == "reference_used" {
            let amount = try #require(Money(dollars: "5"))
            let draft = try #require(CreditDraft(kind: .topUp, amount: amount, reference: "first"))
            _ = try store.addCredit(draft, to: .default, by: "test", at: .now)
        }
        try await withAdminServer(people: store, money: MoneyPorts(store)) { client in
            let reply = try await client.send("POST", Self.path, Self.bearer, body: body)
            #expect(reply.status == status && reply.body.contains(code), "\(reply.body)")
        }
    }

    @Test func `a query that can't be meant and an organization that isn't there are refused`() async throws {
        let house = try House()
        defer { withExtendedLifetime(house) {} }
        let store = house.store
        try await withAdminServer(people: store, money: MoneyPorts(store)) { client in
            for query in ["?before=x", "?limit=0", "?after=1"] {
                let status = try await client.get(Self.path + query, Self.bearer).status
                #expect(status == 400, "\(query)")
            }
            let other = "/api/admin/organizations/org_none/credits"
            #expect(try await client.get(other, Self.bearer).status == 404)
            #expect(try await client.send("POST", other, Self.bearer, body: "{}").status == 404)
        }
    }
}
