import Domain
import Testing
import Wire

@testable import Web

@Suite struct PriceRouteTests {
    private static let bearer = ["authorization": "Bearer secret-token"]

    @Test func `every version of a route's prices is listed, and which of them is in force`() async throws {
        try await withAdminServer(money: MoneyPorts(House().store)) { client in
            let reply = try JSON(parsing: try await client.get("/api/admin/prices", Self.bearer).body)
            let prices = reply["prices"]?.array ?? []
            #expect(prices.map { $0["in_force"] } == [false, true, false])
            #expect(prices.first?["prices"] == ["cost": ["input": "1"]] && prices.first?["source"] == "own.yaml")
            let one = try JSON(parsing: try await client.get("/api/admin/prices?route=b", Self.bearer).body)
            #expect(one["prices"]?.array?.map { $0["route"] } == ["b"])
            #expect(try await client.get("/api/admin/prices?rout=b", Self.bearer).status == 400)
            #expect(try await client.get("/api/admin/prices").status == 401)
        }
    }
}
