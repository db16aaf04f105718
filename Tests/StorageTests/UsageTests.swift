import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct UsageTests {
    let directory = TemporaryDirectory()
    let store: Store
    private let organization = OrganizationID(rawValue: "org_a")

    init() throws { store = try Store(directory) }

    /// - Parameter charge: pico-dollars.
    private func entry(
        _ number: Int, key: String = "key_1", route: String? = "a/b-ca", outcome: CustodyRecord.Outcome = .completed,
        day: Int64 = 0,
        tokens: TokenUsage? = TokenUsage(input: 1, cachedInput: 2, cacheWrite: 3, output: 4, reasoning: 5),
        charge: Int128 = 7, organization: String = "org_a"
    ) -> LedgerEntry {
        let charge = Charge(
            cost: Money(picodollars: charge / 2), charge: Money(picodollars: charge), priceSnapshot: "p")
        return LedgerEntry(
            id: LedgerEntry.id(number), organization: OrganizationID(rawValue: organization), phase: .closed,
            openedAt: .test.adding(seconds: day * 86_400), json: Array("{\"n\":\(number)}".utf8),
            usage: UsageEntry(key: key, route: route, outcome: outcome, usage: tokens, charge: charge))
    }

    private func rows(_ dimensions: Set<UsageQuery.Dimension> = [], key: String? = nil, route: String? = nil) throws
        -> [UsageRow]
    {
        let days = Timestamp.test.date.adding(days: -400)...Timestamp.test.date.adding(days: 400)
        return try store.usage(
            UsageQuery(days: days, key: key, route: route, dimensions: dimensions), of: organization)
    }

    @Test func `every class of tokens and both sums of money add up`() throws {
        try store.record((0..<5).map { entry($0) })
        let sum = try #require(try rows().first).sum
        #expect(sum.requests == 5 && sum.outcomes[.completed] == 5)
        #expect(sum.tokens == TokenUsage(input: 5, cachedInput: 10, cacheWrite: 15, output: 20, reasoning: 25))
        #expect(sum.cost.picodollars == 15 && sum.charge.picodollars == 35)
    }

    @Test func `a record that is read twice counts once`() throws {
        let entries = (0..<3).map { entry($0) }
        try store.record(entries)
        try store.record(entries + [entry(3)])
        #expect(try rows().first?.sum.requests == 4 && rows().first?.sum.charge.picodollars == 28)
    }

    @Test func `sums are exact where 64 bits are not enough`() throws {
        // Nine dollars and a bit, in pico-dollars, a million times over in one row.
        let amount: Int128 = 9_000_000 * 1_000_000_000_000 + 999_999_999_999
        try store.record((0..<4).map { entry($0, charge: amount) })
        try store.record((4..<7).map { entry($0, charge: amount) })
        #expect(try rows().first?.sum.charge.picodollars == amount * 7)
        #expect(try rows([.key]).first?.sum.cost.picodollars == amount / 2 * 7)
    }

    @Test func `usage is told apart by day, route and key, and by nobody else's`() throws {
        try store.record([
            entry(0), entry(1, key: "key_2"), entry(2, route: "c/d-us"), entry(3, day: 1),
            entry(4, organization: "org_b"),
            entry(5, route: nil, outcome: .refused, tokens: nil, charge: 0),
        ])
        #expect(try rows([.day]).map(\.sum.requests) == [4, 1])
        #expect(try rows([.key]).map { "\($0.key ?? "") \($0.sum.requests)" } == ["key_1 4", "key_2 1"])
        #expect(try rows([.route]).map { "\($0.route ?? "-") \($0.sum.requests)" } == [" 1", "a/b-ca 3", "c/d-us 1"])
        #expect(try rows([.day, .route, .key]).count == 5)
        #expect(try rows(key: "key_2").first?.sum.requests == 1 && rows(route: "c/d-us").first?.sum.requests == 1)
        #expect(try rows().first?.sum.outcomes[.refused] == 1)
        let nobody = OrganizationID(rawValue: "org_c")
        let today = Timestamp.test.date
        #expect(try store.usage(UsageQuery(days: today...today), of: nobody).isEmpty)
    }

    @Test func `an entry without usage is read as before`() throws {
        try store.record([.opened(1), .closed(1), .closed(2)])
        #expect(try store.outcome(1) == "completed" && rows([.day]).isEmpty)
    }

    @Test func `a frame whose usage is longer than the frame is damage`() throws {
        var frame = entry(1).frame()
        let payload = JournalFrame.headLength
        let start = payload + JournalFrame.leastPayload + 5
        frame[start] = 0xFF
        frame[start + 1] = 0xFF
        let sum = XXH64.checksum(frame[payload...].withUnsafeBytes { UnsafeRawBufferPointer($0) }, seed: 0)
        withUnsafeBytes(of: sum.littleEndian) { frame.replaceSubrange(4..<12, with: $0) }
        let reading = frame.withUnsafeBytes { JournalFrame.read($0, at: 0, seed: 0) }
        guard case .damaged = reading else {
            Issue.record("read \(reading)")
            return
        }
    }

    @Test(.onSQLiteAlone) func `what an earlier version has recorded is counted in`() throws {
        let json = """
            {"key":"key_9","money":{"charge_picodollars":"9007199254740993000","cost_picodollars":5},"outcome":"completed",
             "route":"a/b-ca","usage":{"cache_write_tokens":0,"cached_input_tokens":1,"input_tokens":2,
             "output_tokens":3,"reasoning_tokens":4}}
            """
        try store.write { database in
            try database.execute(sql: "DROP TABLE usage_days")
            try database.execute(sql: "DROP TABLE replaced_key_secrets")
            for column in [
                "requests_per_minute", "tokens_per_minute", "budget_day", "budget_month", "budget_total",
                "source_networks",
            ] { try database.execute(sql: "ALTER TABLE api_keys DROP COLUMN \(column)") }
            try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '009%'")
            for (number, text) in [(1, json), (2, json), (3, "no JSON")] {
                try database.execute(
                    sql: """
                        INSERT INTO custody_records (id, organization, opened_at, state, record)
                        VALUES (?, 'org_a', ?, 'closed', ?)
                        """,
                    arguments: [LedgerEntry.id(number).data, Timestamp.test.microseconds, text])
            }
        }
        let newer = try Store(directory)
        let days = Timestamp.test.date...Timestamp.test.date
        let row = try #require(
            try newer.usage(UsageQuery(days: days, dimensions: [.day, .route, .key]), of: organization).first)
        #expect(row.key == "key_9" && row.route == "a/b-ca" && row.sum.requests == 2)
        #expect(row.sum.charge.picodollars == 18_014_398_509_481_986_000 && row.sum.cost.picodollars == 10)
        #expect(row.sum.tokens == TokenUsage(input: 4, cachedInput: 2, cacheWrite: 0, output: 6, reasoning: 8))
    }

    @Test func `what a restart has closed as interrupted is counted, with nothing used`() throws {
        try store.record([.opened(1)])
        #expect(try store.closeInterrupted(at: .test) == 1)
        let row = try #require(try rows([.key]).first)
        #expect(row.key == "key_0" && row.sum.outcomes[.interrupted] == 1 && row.sum.charge == .zero)
    }
}
