import Domain
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct CreditTests {
    let directory = TemporaryDirectory()
    let store: Store
    private let organization = OrganizationID(rawValue: "org_a")

    init() throws { store = try Store(directory) }

    private func add(
        _ dollars: String, _ reference: String, as kind: CreditEntry.Kind = .topUp, at seconds: Int64 = 0,
        in other: Store? = nil
    ) throws -> (entry: CreditEntry, isNew: Bool) {
        let amount = try #require(Money(signedDollars: dollars))
        let draft = try #require(CreditDraft(kind: kind, amount: amount, reference: reference))
        return try (other ?? store).addCredit(
            draft, to: organization, by: "usr_1", at: .test.adding(seconds: seconds))
    }

    /// - Parameter charge: pico-dollars.
    private func use(_ numbers: Range<Int>, charge: Int128, day: Int64 = 0) throws {
        try store.record(
            numbers.map { number in
                LedgerEntry(
                    id: LedgerEntry.id(number), organization: organization, phase: .closed,
                    openedAt: .test.adding(seconds: day * 86_400), json: Array("{\"n\":\(number)}".utf8),
                    usage: UsageEntry(
                        key: "key_1", route: "a", outcome: .completed,
                        charge: Charge(cost: .zero, charge: Money(picodollars: charge), priceSnapshot: "p")))
            })
    }

    private func balance() throws -> String? { try store.creditStanding(of: organization).balance?.description }

    @Test func `the balance is what was entered, less what was charged since the day of the first entry`() throws {
        try use(0..<2, charge: 5_000_000_000_000, day: -1)
        #expect(try balance() == nil)
        _ = try add("10", "a")
        _ = try add("-0.5", "b", as: .adjustment)
        _ = try add("2", "c", as: .refund)
        try use(2..<5, charge: 1_000_000_000_001)
        #expect(try balance() == "4.499999999997")
        #expect(
            try Store(directory).creditStanding(of: organization).balance?.description
                == "4.499999999997")
    }

    @Test func `the same reference enters an amount once, and never another one`() throws {
        let (first, isNew) = try add("10", "invoice 7")
        let (again, isNewAgain) = try add("10", "invoice 7", at: 50)
        #expect(isNew && !isNewAgain && again == first)
        for (kind, amount) in [(CreditEntry.Kind.topUp, "11"), (.refund, "10"), (.adjustment, "10")] {
            #expect(throws: CreditError.referenceUsed(first)) { try add(amount, "invoice 7", as: kind) }
        }
        #expect(try balance() == "10")
    }

    @Test func `no more is paid back than is left`() throws {
        #expect(throws: CreditError.insufficient(left: .zero)) { try add("1", "a", as: .refund) }
        _ = try add("10", "b")
        try use(0..<1, charge: 4_000_000_000_000)
        #expect(throws: CreditError.self) { try add("6.000000000001", "c", as: .refund) }
        _ = try add("6", "d", as: .refund)
        #expect(try balance() == "0")
    }

    @Test func `each day's usage is an entry, and pages of entries follow one another to the last`() throws {
        _ = try add("10", "a")
        try use(0..<3, charge: 1_000, day: 0)
        try use(3..<5, charge: 1_000, day: 2)
        try use(5..<6, charge: 0, day: 3)
        _ = try add("1", "b", as: .adjustment, at: 86_400)
        var pages: [CreditPage] = []
        repeat {
            pages.append(try store.creditEntries(of: organization, before: pages.last?.next, atMost: 2))
        } while pages.last?.next != nil
        let entries = pages.flatMap(\.entries)
        #expect(entries.map(\.kind) == [.usage, .adjustment, .usage, .topUp])
        #expect(entries.map(\.amount.picodollars) == [2_000, 1_000_000_000_000, 3_000, 10_000_000_000_000])
        #expect(entries.first?.debit == "credits:org_a" && entries.first?.credit == "revenue:usage")
        #expect(entries.first?.id == "usage_\(Timestamp.test.date.adding(days: 2))")
        // What all entries say together is the balance.
        let sum = entries.reduce(Money.zero) { $1.credit == "credits:org_a" ? $0 + $1.amount : $0 - $1.amount }
        #expect(try balance() == sum.description)
    }

    @Test func `an entry is neither changed nor removed`() throws {
        _ = try add("10", "a")
        #expect(throws: StoreError.self) {
            try store.write { try $0.execute(sql: "UPDATE credit_entries SET dollars = 20") }
        }
        #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: "DELETE FROM credit_entries") } }
        #expect(try balance() == "10")
    }

    @Test func `all keys of an organization share its credits, and learn of those that another process adds`() throws {
        let hasher = try KeyHasher(directory: directory.path)
        let secrets = try (0..<2).map { number in
            try store.createKey(
                name: "\(number)", organization: organization, policy: KeyPolicy(tiers: []), environment: .live,
                hashedBy: hasher, at: .test
            ).secret
        }
        func credits(_ secret: APIKeySecret) throws -> Credits? {
            let lookup = try store.keyDirectory(hasher: hasher, at: .test).key(for: secret, at: .test)
            return if case .found(let key) = lookup { key.credits } else { nil }
        }
        let first = try #require(try credits(secrets[0]))
        #expect(!first.isPrepaid)
        _ = try add("10", "a", in: Store(directory))
        #expect(try credits(secrets[1]) === first && first.balance == Money(dollars: "10"))
        // At once where it is the same process.
        _ = try add("5", "b")
        #expect(first.balance == Money(dollars: "15"))
        #expect(first.reserve(try #require(Money(dollars: "14"))))
        let left = try #require(Money(dollars: "1"))
        #expect(throws: CreditError.insufficient(left: left)) {
            try add("2", "c", as: .refund)
        }
    }
}
