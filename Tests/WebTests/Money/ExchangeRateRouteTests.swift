import Domain
import Testing
import Wire

@testable import Web

@Suite struct ExchangeRateRouteTests {
    private static let bearer = ["authorization": "Bearer secret-token"]
    private static let path = "/api/admin/exchange-rates/2026-11-27"

    @Test func `the rate of a day is kept digit by digit, and a later one takes its place`() async throws {
        let house = try House()
        defer { withExtendedLifetime(house) {} }
        try await withAdminServer(people: house.store, money: MoneyPorts(house.store)) { client in
            #expect(try await client.get(Self.path, Self.bearer).status == 404)
            for rate in [#""1.37020""#, "1.4000"] {
                let body = #"{"cad_per_usd":\#(rate),"source":"Bank of Canada"}"#
                #expect(try await client.send("PUT", Self.path, Self.bearer, body: body).status == 200)
                let shown = try JSON(parsing: try await client.get(Self.path, Self.bearer).body)
                #expect(shown["cad_per_usd"]?.string == rate.replacing("\"", with: ""))
                #expect(shown["date"] == "2026-11-27" && shown["source"] == "Bank of Canada")
            }
        }
    }

    @Test(arguments: [
        (path, #"{"cad_per_usd":"0","source":"s"}"#), (path, #"{"cad_per_usd":"1,37","source":"s"}"#),
        (path, #"{"cad_per_usd":"1.37"}"#), (path, #"{"source":"s"}"#), (path, #"{"cad_per_usd":"1.37","source":""}"#),
        (path, #"{"cad_per_usd":"1.37","source":"s","usd":1}"#),
        ("/api/admin/exchange-rates/2026-02-30", #"{"cad_per_usd":"1.37","source":"s"}"#),
    ])
    func `a rate that can't be meant is refused`(path: String, body: String) async throws {
        let house = try House()
        defer { withExtendedLifetime(house) {} }
        try await withAdminServer(people: house.store, money: MoneyPorts(house.store)) { client in
            let status = try await client.send("PUT", path, Self.bearer, body: body).status
            #expect(status == 400)
        }
    }
}
