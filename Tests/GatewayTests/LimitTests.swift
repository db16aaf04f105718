import Domain
import Storage
import Testing
import Wire

/// What a key may use in a minute, spend, and where its callers have to be.
@Suite(.gateway) struct LimitTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private func key(
        _ limits: KeyLimits = KeyLimits(), networks: Set<IPPrefix>? = nil
    ) async throws -> (id: APIKey.ID, secret: String) {
        try await gateway.makeKey(
            KeyPolicy(tiers: Set(Tier.allCases), limits: limits, sourceNetworks: networks))
    }

    @Test func `however many come at a time, no more are sent on than the limit`() async throws {
        let tag = gateway.tag()
        let key = try await key(KeyLimits(requestsPerMinute: 10))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await gateway.reply(to: gateway.chat(.compatible, tag).with(key: key.secret)).status
                }
            }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [200: 10, 429: 40])
        #expect(gateway.upstreamRequests(with: tag).count == 10)
    }

    @Test func `a refusal says which limit struck and when to come back, and is on record`() async throws {
        let key = try await key(KeyLimits(requestsPerMinute: 1))
        let first = try await gateway.reply(to: gateway.chat(.compatible, "hi").with(key: key.secret))
        #expect(first["x-ratelimit-limit-requests"] == "1")
        #expect(first["x-ratelimit-remaining-requests"] == "0")
        #expect(first["x-ratelimit-reset-requests"] == "1m1s")
        #expect(first["x-ratelimit-limit-tokens"] == nil)
        let refused = try await gateway.reply(to: gateway.chat(.compatible, "hi").with(key: key.secret))
        #expect(refused.status == 429 && refused["x-ni-limit"] == "requests_per_minute")
        #expect(try refused.errorCode == "rate_limit_exceeded")
        let wait = try #require(refused["retry-after"].flatMap { Int($0) })
        #expect(60...61 ~= wait)
        let record = try await gateway.record(of: refused, key: key.secret)
        #expect(record["outcome"] == "refused" && record["error"] == "rate_limit_exceeded")
        #expect(record["attempts"] == [])
    }

    @Test func `a key without limits tells nothing of them`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(.compatible, "hi"))
        #expect(reply.status == 200 && reply["x-ratelimit-limit-requests"] == nil)
    }

    @Test(arguments: [false, true])
    func `tokens are held as they may be used, and settled as they were`(isStreamed: Bool) async throws {
        let key = try await key(KeyLimits(tokensPerMinute: 2_000))
        let text = "[[sim:usage in=100 out=50]]hi"
        let call = isStreamed ? gateway.stream(.compatible, text) : gateway.chat(.compatible, text)
        let limited = call.with(key: key.secret)
        #expect(try await gateway.reply(to: limited).status == 200)
        let second = try await gateway.reply(to: limited)
        // 150 of the first, and what is held for the second's prompt.
        let remaining = try #require(second["x-ratelimit-remaining-tokens"].flatMap { Int($0) })
        #expect(1_700..<1_850 ~= remaining)
    }

    @Test func `a request that asks for more tokens than a minute has is refused without a wait`() async throws {
        let key = try await key(KeyLimits(tokensPerMinute: 1_000))
        let call = gateway.chat(.compatible, "hi", ["max_tokens": 1_000]).with(key: key.secret)
        let refused = try await gateway.reply(to: call)
        #expect(refused.status == 429 && refused["x-ni-limit"] == "tokens_per_minute")
        #expect(refused["retry-after"] == nil)
        let fewer = gateway.chat(.compatible, "hi", ["max_tokens": 900]).with(key: key.secret)
        #expect(try await gateway.reply(to: fewer).status == 200)
    }

    @Test func `however many come at a time, the budget isn't overspent`() async throws {
        let budget = try #require(Money(dollars: "0.01"))
        let key = try await key(KeyLimits(budget: Budget(total: budget)))
        let tag = gateway.tag()
        // A hundred output tokens are charged 0.003 dollars.
        let call = gateway.chat(.compatible, "[[sim:usage in=10 out=100]]\(tag)", ["max_tokens": 100])
        let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
            for _ in 0..<40 { group.addTask { try await gateway.reply(to: call.with(key: key.secret)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let served = replies.filter { $0.status == 200 }
        #expect(!served.isEmpty && served.count < 40)
        #expect(replies.allSatisfy { $0.status == 200 || $0.status == 402 })
        var spent: Int128 = 0
        for reply in served {
            let record = try await gateway.record(of: reply, key: key.secret)
            spent += Int128(try #require(record["money"]?["charge_picodollars"]?.int))
        }
        #expect(spent <= budget.picodollars)
        let usage = try await gateway.reply(to: .get("/api/usage?key=\(key.id)", key: key.secret)).json
        #expect(usage["total"]?["charge_usd"]?.string == Money(picodollars: spent).description)
        #expect(
            usage["total"]?["completed"]?.int == served.count && usage["total"]?["refused"]?.int == 40 - served.count)
        #expect(gateway.upstreamRequests(with: tag).count == served.count)
    }

    /// With a gateway of its own, because the default organization pays in advance in it.
    @Test func `however many come at a time, credits aren't overspent, and more of them are there at once`()
        async throws
    {
        try await withGateway { gateway in
            let paid = try #require(Money(dollars: "0.01"))
            let draft = try #require(CreditDraft(kind: .topUp, amount: paid, reference: "first"))
            _ = try gateway.ledger.addCredit(draft, to: .default, by: "test", at: TestClock.start)
            let (_, secret) = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases)))
            let call = gateway.chat(.compatible, "[[sim:usage in=10 out=100]]hi", ["max_tokens": 100])
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for number in 0..<40 {
                    group.addTask { try await gateway.reply(to: number % 2 == 0 ? call : call.with(key: secret)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let served = replies.filter { $0.status == 200 }
            #expect(!served.isEmpty && served.count < 40)
            for refused in replies where refused.status != 200 {
                #expect(refused.status == 402 && refused["x-ni-limit"] == "credits")
                #expect(try refused.errorCode == "credits_exhausted" && refused["retry-after"] == nil)
            }
            let charged = try await gateway.reply(to: .get("/api/usage", key: secret)).json["total"]?["charge_usd"]?
                .string
            let spent = try #require(charged.flatMap { Money(dollars: $0) })
            let standing = try gateway.ledger.creditStanding(of: .default)
            #expect(standing.balance == paid - spent && spent <= paid && standing.reserved == .zero)

            let more = try #require(CreditDraft(kind: .topUp, amount: paid, reference: "second"))
            _ = try gateway.ledger.addCredit(more, to: .default, by: "test", at: TestClock.start)
            #expect(try await gateway.reply(to: call).status == 200)
        }
    }

    @Test func `a request that may cost more than the budget has is refused, and a smaller one isn't`() async throws {
        let key = try await key(KeyLimits(budget: Budget(day: Money(dollars: "0.05"))))
        let large = gateway.chat(.compatible, "hi", ["max_tokens": 100_000]).with(key: key.secret)
        let refused = try await gateway.reply(to: large)
        #expect(refused.status == 402 && refused["x-ni-limit"] == "budget_day")
        #expect(try refused.errorCode == "budget_exceeded")
        #expect(refused["retry-after"].flatMap { Int($0) }.map { 1...86_400 ~= $0 } == true)
        // So it is with several replies, with pictures, and where nothing is said of the output.
        for members: JSONObject in [["max_tokens": 1_000, "n": 100], ["max_completion_tokens": 100_000]] {
            #expect(
                try await gateway.reply(to: gateway.chat(.compatible, "hi", members).with(key: key.secret)).status
                    == 402)
        }
        let small = gateway.chat(.compatible, "hi", ["max_tokens": 100]).with(key: key.secret)
        #expect(try await gateway.reply(to: small).status == 200)
    }

    @Test func `what an upstream fails to answer costs nothing and holds nothing`() async throws {
        let key = try await key(KeyLimits(budget: Budget(day: Money(dollars: "0.03"))))
        for _ in 0..<5 {
            let failing = gateway.chat(.compatible, "[[sim:status 500]]hi", ["max_tokens": 500]).with(key: key.secret)
            #expect(try await gateway.reply(to: failing).status >= 500)
        }
        let call = gateway.chat(.compatible, "hi", ["max_tokens": 500]).with(key: key.secret)
        #expect(try await gateway.reply(to: call).status == 200)
    }

    @Test func `a caller outside of the key's networks is refused before anything is read`() async throws {
        let here = try await key(networks: [try #require(IPPrefix("127.0.0.0/8"))])
        let elsewhere = try await key(networks: [try #require(IPPrefix("203.0.113.0/24"))])
        let tag = gateway.tag()
        #expect(try await gateway.reply(to: gateway.chat(.compatible, "hi").with(key: here.secret)).status == 200)
        let call = gateway.chat(.compatible, tag).with(key: elsewhere.secret)
        let refused = try await gateway.reply(to: call)
        #expect(refused.status == 403)
        #expect(try refused.errorCode == "address_not_allowed")
        // Nobody is believed who isn't known.
        let forged = try await gateway.reply(to: call.with("x-forwarded-for", "203.0.113.9"))
        #expect(forged.status == 403)
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        #expect(try await gateway.reply(to: .get("/v1/models", key: elsewhere.secret)).status == 403)
    }

    // MARK: What was used

    @Test func `usage is told as JSON, as lines and as a table, all with the same sums`() async throws {
        let key = try await key()
        let call = gateway.chat(.compatible, "[[sim:usage in=100 out=50 cache-read=20 reasoning=5]]hi").with(
            key: key.secret)
        for _ in 0..<3 { #expect(try await gateway.reply(to: call).status == 200) }
        let path = "/api/usage?key=\(key.id)&group_by=day,route,key"
        let json = try await gateway.reply(to: .get(path, key: key.secret)).json
        let row = try #require(json["rows"]?.array?.first)
        #expect(json["rows"]?.array?.count == 1 && row["requests"] == 3 && row["completed"] == 3)
        #expect(row["input_tokens"] == 240 && row["cached_input_tokens"] == 60 && row["output_tokens"] == 135)
        #expect(row["reasoning_tokens"] == 15 && row["route"]?.string == Family.compatible.route)
        let lines = try await gateway.reply(to: .get(path + "&format=ndjson", key: key.secret))
        #expect(try JSON(parsing: lines.text) == row)
        let table = try await gateway.reply(to: .get(path + "&format=csv", key: key.secret)).text
        let cells = table.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(cells.count == 2 && cells.first?.count == cells.last?.count)
        for (name, cell) in zip(try #require(cells.first), try #require(cells.last)) {
            let value = row[String(name)]
            #expect(value?.string ?? value?.text() == String(cell), "\(name)")
        }
    }

    /// With a gateway of its own, because the rates count for all of its usage.
    @Test func `usage in Canadian dollars names the rate that each day's sums were converted by`() async throws {
        try await withGateway { gateway in
            let today = gateway.clock.now().date
            #expect(
                try await gateway.reply(to: gateway.chat(.compatible, "[[sim:usage in=100 out=50]]hi")).status == 200)
            let path = "/api/usage?currency=CAD"
            let refused = try await gateway.reply(to: .get(path, key: gateway.keys.main))
            #expect(refused.status == 400 && refused.text.contains("rate for Canadian dollars on \(today)"))

            for (offset, text) in [(-40, "1.1"), (-3, "1.5"), (1, "9")] {
                let day = today.adding(days: offset)
                try gateway.store.setExchangeRate(
                    try #require(ExchangeRate(day: day, text: text, source: "Bank of Canada")))
            }
            for grouping in ["&group_by=day", "&group_by=route", "&group_by="] {
                let usage = try await gateway.reply(to: .get(path + grouping, key: gateway.keys.main)).json
                let row = try #require(usage["rows"]?.array?.first)
                let dollars = try #require(row["charge_usd"]?.string.flatMap { Money(dollars: $0) })
                let expected = try #require(Money(dollars: row["charge_cad"]?.string ?? ""))
                #expect(expected.picodollars == dollars.picodollars * 3 / 2, "\(grouping)")
                #expect(row["rate"] == "1.5" && row["rate_source"] == "Bank of Canada")
                #expect(row["rate_date"]?.string == today.adding(days: -3).description)
                #expect(usage["currency"] == "CAD" && usage["total"]?["charge_cad"] == row["charge_cad"])
            }
            let table = try await gateway.reply(to: .get(path + "&format=csv", key: gateway.keys.main)).text
            #expect(
                table.hasPrefix("day,requests,")
                    && table.contains(",cost_cad,charge_cad,rate,rate_date,rate_source\r\n"))
        }
    }

    @Test(arguments: [
        "?currency=EUR", "?from=2026-11-24&to=2026-11-23", "?from=2020-01-01", "?from=yesterday", "?group_by=hour",
        "?format=xml",
        "?days=3", "?key=a&key=b", "?to=999999-01-01",
    ])
    func `a question about usage that can't be meant is refused`(query: String) async throws {
        #expect(try await gateway.reply(to: .get("/api/usage\(query)", key: gateway.keys.main)).status == 400)
    }
}
