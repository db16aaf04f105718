import Domain
import Testing

@testable import Web

@Suite struct UsagePartTests {
    private static func row(_ day: CalendarDate, _ route: String, requests: Int = 1) -> UsageRow {
        var sum = UsageSum()
        for _ in 0..<requests {
            sum.add(
                UsageEntry(
                    key: "key_1", route: route, outcome: .completed, usage: TokenUsage(input: 10, output: 5),
                    charge: Charge(cost: .zero, charge: Money(picodollars: 123_456_789_012), priceSnapshot: "p")))
        }
        return UsageRow(day: day, key: nil, route: route, sum: sum)
    }

    @Test func `a year of many routes is still a small page, and every request is in its pictures`() async throws {
        var house = try House()
        let today = house.clock.now.date
        house.records.rows[.default] = (0..<366).flatMap { day in
            (0..<30).map { Self.row(today.adding(days: -day), "provider/a-model-with-a-long-name-\($0)-ca-central-1") }
        }
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("eva", .auditor))
            let page = try await browser.get("/portal/usage?from=\(today.adding(days: -365))&to=\(today)")
            #expect(page.status == 200 && page.body.contains("<strong>10980</strong>"))
            #expect(page.body.utf8.count < 60 << 10, "\(page.body.utf8.count)")
            #expect(page.body.ranges(of: "<svg").count >= 3)
        }
    }

    @Test func `a file is of the period and the organization that were asked for`() async throws {
        var house = try House()
        let today = house.clock.now.date
        house.records.rows[.default] = [Self.row(today, "own/route")]
        house.records.rows[OrganizationID(rawValue: "org_other")] = [Self.row(today, "other/route")]
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            let reply = try await browser.get("/portal/usage/csv?from=\(today)&to=\(today)")
            #expect(reply.body.contains("own/route") && !reply.body.contains("other/route"))
            #expect(reply.header("content-type") == "text/csv; charset=utf-8")
        }
    }

    @Test func `a period that can't be is one that can`() throws {
        let today = try #require(CalendarDate("2026-11-27"))
        func days(_ from: String, _ to: String) -> ClosedRange<CalendarDate> {
            UsageAsk(on: today) { $0 == "from" ? from : $0 == "to" ? to : "" }.days
        }
        #expect(days("", "") == today.adding(days: -29)...today)
        #expect(days("2027-01-01", "2026-01-01").count == 1)
        #expect(days("1970-01-02", "2026-12-31").count == UsageAsk.mostDays)
    }
}

extension ClosedRange<CalendarDate> {
    fileprivate var count: Int { Int(upperBound.daysSince1970 - lowerBound.daysSince1970) + 1 }
}
