import Domain
import Foundation
import Storage
import Testing

@testable import Web

@Suite struct RecordsPartTests {
    private static let record = """
        {"attempts":[{"address":"192.0.2.1:443","ended_at":"2026-11-27T12:00:01.000000Z","failure":"timeout",\
        "host":"<b>evil</b>","provider":"bedrock","received_bytes":0,"region":"ca-central-1","route":"bedrock/model-ca",\
        "sent_bytes":7,"started_at":"2026-11-27T12:00:00.000000Z"}],"id":"x","key":"key_1",\
        "money":{"charge_picodollars":"1500000"},"nonce":"a\\"\\u0301 onclick=alert(1)",\
        "opened_at":"2026-11-27T12:00:00.000000Z","outcome":"failed","route":"bedrock/model-ca","status":504,\
        "usage":{"input_tokens":3,"output_tokens":4}}
        """

    private static func records(_ count: Int) -> [ArchivedRecord] {
        (0..<count).reversed().map { number in
            ArchivedRecord(
                id: RequestID(high: 1, low: UInt64(number)), json: Array(record.utf8), isOpen: number == 0,
                place: number == 0 ? nil : LogPlace(index: number, salt: String(repeating: "0", count: 32)))
        }
    }

    @Test func `a request's page has its way, its receipt and every field, and nothing of a field is markup`()
        async throws
    {
        var house = try House()
        house.records.all[.default] = Self.records(2)
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("eva", .auditor))
            let path = "/portal/requests/\(RequestID(high: 1, low: 1).hex)"
            let page = try await browser.get(path).body
            for text in ["attempts.1.host", "192.0.2.1:443", "charge_picodollars", "1500000", "receipt of", "<svg"] {
                #expect(page.contains(text), "\(text)")
            }
            let quote = "\"\u{301}"
            #expect(!page.contains("<b>evil") && !page.contains(quote) && page.utf8.count < 60 << 10)
            let receipt = try await browser.get("\(path)/receipt")
            #expect(receipt.status == 200 && receipt.body.hasPrefix("receipt of"))
            #expect(receipt.header("content-disposition")?.contains(".tlog-proof") == true)
        }
    }

    @Test func `a request that isn't over has a page, and no receipt yet`() async throws {
        var house = try House()
        house.records.all[.default] = Self.records(1)
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            let path = "/portal/requests/\(RequestID(high: 1, low: 0).hex)"
            let page = try await browser.get(path)
            #expect(page.status == 200 && !page.body.contains("data-verify"))
            #expect(try await browser.get("\(path)/receipt").status == 400)
            #expect(try await browser.get("/portal/requests/nonsense").status == 404)
        }
    }

    @Test func `a list goes on where the page before ended, and a page is small`() async throws {
        var house = try House()
        house.records.all[.default] = Self.records(120)
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            var (path, seen, pages): (String?, Int, Int) = ("/portal/requests?outcome=failed", 0, 0)
            while let now = path {
                let body = try await browser.get(now).body
                seen += body.ranges(of: "<tr><th scope=\"row\">").count
                pages += 1
                #expect(body.utf8.count < 60 << 10)
                path = body.firstRange(of: "rel=\"next\" href=\"").map { range in
                    String(body[range.upperBound...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
                }
                #expect(path?.contains("outcome=failed") ?? true)
            }
            #expect(seen == 120 && pages == 3)
        }
    }

    @Test func `an export has all records, however many parts they come in`() async throws {
        var house = try House()
        house.records.all[.default] = Self.records(2_345)
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("eva", .auditor))
            let reply = try await browser.get("/portal/ledger/export?from=2026-01-01")
            #expect(reply.status == 200 && reply.body.ranges(of: "\"opened_at\"").count == 2_345)
            #expect(reply.header("content-disposition")?.contains("ledger-2026-01-01.ndjson") == true)
        }
    }

    @Test func `a search takes days, times and what a browser's field sends, and nothing unreadable`() {
        func search(_ values: [String: String]) -> CustodyQuery { RecordSearch(limit: 1) { values[$0] ?? "" }.query }
        #expect(search(["from": "2026-11-27"]).from == Timestamp(rfc3339: "2026-11-27T00:00:00Z"))
        #expect(search(["from": "2026-11-27T06:10"]).from == Timestamp(rfc3339: "2026-11-27T06:10:00Z"))
        #expect(search(["to": "2026-11-27T06:10:05"]).to == Timestamp(rfc3339: "2026-11-27T06:10:05Z"))
        #expect(search(["from": "yesterday", "outcome": "good", "cursor": "1", "key": ""]) == CustodyQuery(limit: 1))
        let values = ["route": "a/b&c=d", "outcome": "failed"]
        #expect(RecordSearch(limit: 1) { values[$0] ?? "" }.parameters == "route=a%2Fb%26c%3Dd&outcome=failed")
    }
}
