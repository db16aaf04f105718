import Testing

@testable import Domain

@Suite struct LimitTests {
    private static let start = Timestamp(seconds: 1_795_413_600)

    private static func demand(_ tokens: Int = 0, dollars: String = "0") throws -> UsageDemand {
        UsageDemand(tokens: tokens, charge: try #require(Money(dollars: dollars)))
    }

    private static func allowance() -> Allowance { Allowance(Spending(on: start.date)) }

    // MARK: The minute

    @Test func `no span of sixty seconds holds more requests than the limit, wherever it begins`() throws {
        let allowance = Self.allowance()
        let limits = KeyLimits(requestsPerMinute: 10)
        var admitted: [Int64] = []
        // Three a second for five minutes, at odd moments within each second.
        for moment in stride(from: Int64(0), to: 300_000_000, by: 333_333) {
            let now = Timestamp(microseconds: Self.start.microseconds + moment)
            if (try? allowance.reserve(try Self.demand(), within: limits, at: now)) != nil { admitted.append(moment) }
        }
        for first in admitted {
            #expect(admitted.count { first..<first + 60_000_000 ~= $0 } <= 10)
        }
        #expect(admitted.count >= 40)
    }

    @Test func `a request that waits as long as it was told to is admitted`() throws {
        let allowance = Self.allowance()
        let limits = KeyLimits(requestsPerMinute: 3)
        for second: Int64 in [0, 20, 40] {
            _ = try allowance.reserve(try Self.demand(), within: limits, at: Self.start.adding(seconds: second))
        }
        let now = Self.start.adding(seconds: 50)
        let struck = try #require(throws: LimitStruck.self) {
            try allowance.reserve(try Self.demand(), within: limits, at: now)
        }
        #expect(struck.limit == .requestsPerMinute && struck.standing.requests?.remaining == 0)
        let wait = try #require(struck.retryAfter)
        #expect(throws: LimitStruck.self) {
            try allowance.reserve(try Self.demand(), within: limits, at: now.adding(seconds: wait - 1))
        }
        _ = try allowance.reserve(try Self.demand(), within: limits, at: now.adding(seconds: wait))
    }

    @Test func `tokens that were held and not used are there for the next request`() throws {
        let allowance = Self.allowance()
        let limits = KeyLimits(tokensPerMinute: 1_000)
        let first = try allowance.reserve(try Self.demand(900), within: limits, at: Self.start)
        #expect(throws: LimitStruck.self) {
            try allowance.reserve(try Self.demand(200), within: limits, at: Self.start)
        }
        allowance.settle(first, tokens: 100, charge: .zero, at: Self.start.adding(seconds: 1))
        let second = try allowance.reserve(try Self.demand(200), within: limits, at: Self.start.adding(seconds: 1))
        #expect(second.standing.tokens?.remaining == 700)
    }

    @Test func `what a request used beyond what was held keeps the next one waiting`() throws {
        let allowance = Self.allowance()
        let limits = KeyLimits(tokensPerMinute: 1_000)
        let first = try allowance.reserve(try Self.demand(10), within: limits, at: Self.start)
        allowance.settle(first, tokens: 5_000, charge: .zero, at: Self.start)
        let struck = try #require(throws: LimitStruck.self) {
            try allowance.reserve(try Self.demand(10), within: limits, at: Self.start.adding(seconds: 30))
        }
        #expect(struck.retryAfter == 31)
        _ = try allowance.reserve(try Self.demand(10), within: limits, at: Self.start.adding(seconds: 61))
    }

    @Test func `a request that alone is too much is never told to wait`() throws {
        let struck = try #require(throws: LimitStruck.self) {
            try Self.allowance().reserve(
                try Self.demand(1_001), within: KeyLimits(tokensPerMinute: 1_000), at: Self.start)
        }
        #expect(struck.retryAfter == nil)
    }

    @Test func `a clock that is set back gives nothing back`() throws {
        let allowance = Self.allowance()
        let limits = KeyLimits(requestsPerMinute: 1)
        _ = try allowance.reserve(try Self.demand(), within: limits, at: Self.start)
        for second: Int64 in [-1, -3_600, -86_400] {
            #expect(throws: LimitStruck.self) {
                try allowance.reserve(try Self.demand(), within: limits, at: Self.start.adding(seconds: second))
            }
        }
        allowance.settle(
            try Self.allowance().reserve(try Self.demand(), within: limits, at: Self.start), tokens: 1, charge: .zero,
            at: Timestamp(microseconds: .min / 2))
    }

    // MARK: Money

    @Test func `requests under way never come to more than the budget together`() throws {
        let allowance = Self.allowance()
        let limits = KeyLimits(budget: Budget(total: Money(dollars: "1")))
        let held = try (0..<4).map { _ in
            try allowance.reserve(try Self.demand(dollars: "0.25"), within: limits, at: Self.start)
        }
        #expect(throws: LimitStruck.self) {
            try allowance.reserve(try Self.demand(dollars: "0.000000000001"), within: limits, at: Self.start)
        }
        for reservation in held {
            allowance.settle(reservation, tokens: 0, charge: try #require(Money(dollars: "0.1")), at: Self.start)
        }
        #expect(allowance.spending.total == Money(dollars: "0.4") && allowance.spending.reserved == .zero)
        _ = try allowance.reserve(try Self.demand(dollars: "0.6"), within: limits, at: Self.start)
    }

    @Test func `a day's budget begins anew with the day, and a month's with the month`() throws {
        let evening = Timestamp(seconds: CalendarDate("2026-11-30").map { $0.daysSince1970 * 86_400 + 86_390 } ?? 0)
        let allowance = Allowance(
            Spending(
                on: evening.date, today: try #require(Money(dollars: "1")),
                thisMonth: try #require(Money(dollars: "5")),
                total: try #require(Money(dollars: "9"))))
        let day = KeyLimits(budget: Budget(day: Money(dollars: "1")))
        let month = KeyLimits(budget: Budget(month: Money(dollars: "5")))
        let total = KeyLimits(budget: Budget(total: Money(dollars: "9")))
        for (limits, limit, wait) in [
            (day, Limit.dayBudget, 10), (month, .monthBudget, 10), (total, .totalBudget, nil),
        ] {
            let struck = try #require(throws: LimitStruck.self) {
                try allowance.reserve(try Self.demand(dollars: "0.01"), within: limits, at: evening)
            }
            #expect(struck.limit == limit && struck.retryAfter == wait.map(Int64.init))
        }
        let morning = evening.adding(seconds: 10)
        _ = try allowance.reserve(try Self.demand(dollars: "1"), within: day, at: morning)
        _ = try allowance.reserve(try Self.demand(dollars: "4"), within: month, at: morning)
        #expect(throws: LimitStruck.self) {
            try allowance.reserve(try Self.demand(dollars: "0.01"), within: total, at: morning)
        }
    }

    @Test func `what began before midnight counts on the day before`() throws {
        let evening = Timestamp(seconds: CalendarDate("2026-11-28").map { $0.daysSince1970 * 86_400 + 86_390 } ?? 0)
        let allowance = Allowance(Spending(on: evening.date))
        let held = try allowance.reserve(try Self.demand(dollars: "1"), within: KeyLimits(), at: evening)
        allowance.settle(held, tokens: 0, charge: try #require(Money(dollars: "1")), at: evening.adding(seconds: 60))
        let spending = allowance.spending
        #expect(spending.today == .zero && spending.thisMonth == Money(dollars: "1") && spending.reserved == .zero)
    }

    // MARK: Amounts

    @Test func `an amount of dollars is read digit by digit or not at all`() {
        #expect(Money(dollars: "12.5")?.picodollars == 12_500_000_000_000)
        #expect(Money(dollars: "0.000000000001")?.picodollars == 1)
        #expect(Money(dollars: "999999999")?.description == "999999999")
        for text in ["", ".", ".5", "5.", "-1", "+1", "1e3", "1,5", " 1", "1 ", "0.0000000000001", "1234567890", "٣"] {
            #expect(Money(dollars: text) == nil, "\(text)")
        }
    }

    @Test func `months have their own lengths`() throws {
        for (day, start, next) in [
            ("2026-02-28", "2026-02-01", "2026-03-01"), ("2028-02-29", "2028-02-01", "2028-03-01"),
            ("2026-12-31", "2026-12-01", "2027-01-01"), ("2026-01-01", "2026-01-01", "2026-02-01"),
        ] {
            let date = try #require(CalendarDate(day))
            #expect(date.monthStart.description == start && date.nextMonthStart.description == next)
        }
    }

    @Test func `a policy with limits has another text, and one without keeps its own`() {
        let plain = KeyPolicy(tiers: [.providerAPI])
        var limited = plain
        limited.limits = KeyLimits(requestsPerMinute: 5, budget: Budget(day: Money(dollars: "1.5")))
        limited.sourceNetworks = Set(["10.0.0.0/8", "2001:db8::/32"].compactMap { IPPrefix($0) })
        #expect(plain.canonicalText == "tiers=provider_api;routes=*;fallbacks=true")
        #expect(
            limited.canonicalText
                == plain.canonicalText + ";rpm=5;budget_day=1.5;networks=10.0.0.0/8,2001:db8::/32")
    }

    @Test func `a caller whose address isn't known is in no network`() throws {
        var policy = KeyPolicy(tiers: [])
        #expect(policy.admits(nil))
        policy.sourceNetworks = [try #require(IPPrefix("192.0.2.0/24"))]
        #expect(policy.admits(IPAddress("192.0.2.7")) && policy.admits(IPAddress("::ffff:192.0.2.7")))
        #expect(!policy.admits(IPAddress("192.0.3.7")) && !policy.admits(nil))
    }
}
