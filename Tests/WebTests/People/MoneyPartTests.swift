import Domain
import Foundation
import Storage
import Testing

@testable import Web

@Suite struct CreditsPartTests {
    private static let path = "/portal/credits"

    private static func form(_ change: [String: String] = [:]) -> [String: String] {
        [
            "organization": "org_default", "kind": "top_up", "amount_usd": "100", "reference": "invoice <1>",
            "note": "by wire",
        ].merging(change) { $1 }
    }

    @Test func `what was paid is listed with the balance, and entered once`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            #expect(try await browser.get(Self.path).body.contains("pays afterwards"))
            let first = try await browser.post(Self.path, Self.form(["amount_usd": "100,000 000 000 001"]))
            #expect(first.status == 200 && first.body.contains("Entered as credit_"))
            #expect(first.body.contains("<strong>100.000000000001</strong>"))
            #expect(first.body.contains("+100.000000000001") && first.body.contains("invoice &lt;1&gt;"))
            let again = try await browser.post(Self.path, Self.form(["amount_usd": "100.000000000001"]))
            #expect(again.status == 200 && again.body.contains("entered before"))
            let refund = ["kind": "refund", "amount_usd": "40", "reference": "r2"]
            #expect(try await browser.post(Self.path, Self.form(refund)).body.contains("−40"))
            #expect(try house.store.creditStanding(of: .default).balance?.description == "60.000000000001")
            let entries = try house.store.creditEntries(of: .default, before: nil, atMost: 10).entries
            #expect(entries.count == 2 && entries.allSatisfy { $0.madeBy.hasPrefix("usr_") })
        }
    }

    @Test(arguments: [
        (["amount_usd": "0"], 400, "more than zero"), (["amount_usd": "ten"], 400, "such as 12.50"),
        (["kind": "usage"], 400, "gateway alone"), (["reference": ""], 400, "reference"),
        (["organization": "org_none"], 404, "no such thing"), (["organization": ""], 404, "no such thing"),
        (["kind": "refund"], 409, "more than is left"),
        (["reference": "first"], 409, "This reference is that of the entry"),
    ])
    func `an entry that can't be meant is refused, and the form keeps what was filled in`(
        change: [String: String], status: Int, sentence: String
    ) async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            try await browser.get(Self.path)
            try await browser.post(Self.path, Self.form(["amount_usd": "5", "reference": "first"]))
            let reply = try await browser.post(Self.path, Self.form(change))
            #expect(reply.status == status && reply.body.contains(sentence), "\(reply.body)")
            #expect(reply.body.contains("value=\"by wire\""))
            #expect(try house.store.creditStanding(of: .default).balance?.description == "5")
        }
    }

    @Test func `an organization sees its own credits alone, and can't enter any`() async throws {
        try await House().serve { house in
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now).id
            let ada = try house.browser(of: try await house.member("ada", .owner))
            try await ada.get(Self.path)
            #expect(try await ada.post(Self.path, Self.form(["reference": "the operator's"])).status == 200)
            let sold = Self.form(["organization": other.rawValue, "reference": "the other's", "amount_usd": "7"])
            #expect(!(try await ada.post(Self.path, sold).body.contains("the other&#39;s</th>")))
            for role in Role.allCases {
                let user = try await house.member("eve\(role.rawValue)", role, of: other)
                let eve = try house.browser(of: user, in: other)
                let body = try await eve.get("\(Self.path)?organization=org_default").body
                #expect(body.contains("the other") && body.contains("<strong>7</strong>"), "\(role)")
                #expect(!body.contains("the operator") && !body.contains("action=\"\(Self.path)\""), "\(role)")
                try await eve.get("/portal/account")
                #expect(try await eve.post(Self.path, sold).status == 403, "\(role)")
            }
            #expect(try house.store.creditStanding(of: other).balance?.description == "7")
        }
    }

    @Test func `pages of entries go on where the last one ended, and stay small`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            for number in 1...120 {
                let draft = CreditDraft(
                    kind: .topUp, amount: Money(picodollars: 1),
                    reference: "\(number)-" + String(repeating: "é", count: 90),
                    note: String(repeating: "<", count: 1_000))
                _ = try house.store.addCredit(
                    try #require(draft), to: .default, by: "test", at: house.clock.now.adding(seconds: Int64(number)))
            }
            var path: String? = Self.path
            var seen: [Int] = []
            while let asked = path, seen.count < 200 {
                let body = try await browser.get(asked).body
                #expect(body.utf8.count < 60 << 10)
                let references = body.ranges(of: "<th scope=\"row\">").map {
                    body[$0.upperBound...].prefix { $0 != "-" }
                }
                seen += references.compactMap { Int($0) }
                path = body.firstRange(of: "?before=").map { range in
                    "\(Self.path)?before=" + body[range.upperBound...].prefix { $0 != "\"" }
                }
            }
            #expect(seen == (1...120).reversed())
            #expect(try await browser.get("\(Self.path)?before=x").status == 400)
        }
    }
}

@Suite struct RatesPartTests {
    private static let path = "/portal/admin/rates"

    @Test func `a rate is entered for a day, in place of what that day had`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            let today = house.clock.now.date
            let page = try await browser.get(Self.path).body
            #expect(page.contains("There are none.") && page.contains("value=\"\(today)\""))
            for text in ["1.5", "1,3702"] {
                let form = ["date": today.description, "cad_per_usd": text, "source": "Bank of <Canada>"]
                #expect(try await browser.post(Self.path, form).status == 303)
            }
            #expect(try house.store.exchangeRate(of: today)?.text == "1.3702")
            let row = "<td>\(today)</td><td>1.3702</td><td>Bank of &lt;Canada&gt;</td>"
            #expect(try await browser.get(Self.path).body.contains(row))
            #expect(
                try await browser.get("/portal/admin/audit?action=exchange_rate_set").body.contains("ada@example.test"))
        }
    }

    @Test(arguments: [
        (["date": "2026-02-30"], "The day must be one"), (["cad_per_usd": "-1"], "must be a rate such as"),
        (["cad_per_usd": ""], "must be a rate such as"), (["source": ""], "must be a rate such as"),
    ])
    func `what is no rate is refused, and the form keeps it`(change: [String: String], sentence: String) async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            try await browser.get(Self.path)
            let form = ["date": "2026-02-28", "cad_per_usd": "1.4", "source": "S"].merging(change) { $1 }
            let reply = try await browser.post(Self.path, form)
            #expect(reply.status == 400 && reply.body.contains(sentence))
            #expect(reply.body.contains("value=\"\(form["date"] ?? "")\""))
            #expect(try house.store.exchangeRate(of: try #require(CalendarDate("2026-02-28"))) == nil)
        }
    }

    @Test func `pages of rates go on where the last one ended`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            let today = house.clock.now.date
            let days = [-2_000, -400, -90, -61, -60, -30, -1, 0, 3].map { today.adding(days: $0) }
            for day in days {
                let rate = ExchangeRate(day: day, text: "1.4", source: "S")
                try house.store.setExchangeRate(try #require(rate))
            }
            var path: String? = Self.path
            var seen: [CalendarDate] = []
            while let asked = path, seen.count < 50 {
                let body = try await browser.get(asked).body
                seen += body.ranges(of: "<tr><td>").compactMap {
                    CalendarDate(String(body[$0.upperBound...].prefix(10)))
                }
                path = body.firstRange(of: "?before=").map {
                    "\(Self.path)?before=\(body[$0.upperBound...].prefix(10))"
                }
            }
            #expect(seen == days.reversed())
            #expect(try await browser.get("\(Self.path)?before=x").status == 400)
        }
    }

    @Test func `rates are for those who run the installation`() async throws {
        try await House().serve { house in
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now).id
            let eve = try house.browser(of: try await house.member("eve", .owner, of: other), in: other)
            try await eve.get("/portal/account")
            #expect(try await eve.get(Self.path).status == 403)
            let form = ["date": "2026-02-28", "cad_per_usd": "1.4", "source": "S"]
            #expect(try await eve.post(Self.path, form).status == 403)
        }
    }
}
