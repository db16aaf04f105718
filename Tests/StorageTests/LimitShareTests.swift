import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// Limits, budgets and credits of two nodes on one store, by turns.
@Suite struct LimitShareTests {
    private static let organization = OrganizationID(rawValue: "org_a")
    private let directory = TemporaryDirectory()

    private static func dollars(_ text: String) -> Money { Money(dollars: text) ?? .zero }

    /// A node that serves one key.
    private final class TestNode {
        let store: Store
        let ledger: Ledger
        let journal: JournalWriter
        let hasher: KeyHasher
        let id: APIKey.ID
        private(set) var key: APIKey

        init(_ directory: TemporaryDirectory, _ name: String, _ secret: APIKeySecret, at now: Timestamp) throws {
            let opened = try Store(path: directory.database)
            store = opened
            hasher = try KeyHasher(directory: directory.path)
            var options = LedgerOptions()
            options.sharesLimits = true
            ledger = try Ledger(
                directory: "\(directory.path)/\(name)", store: opened, at: now, options: options)
            journal = try ledger.makeJournal()
            key = try Self.read(opened, hasher, secret, at: now)
            id = key.id
            try ledger.fillAllLimits(at: now)
        }

        func reread(_ secret: APIKeySecret, at now: Timestamp) throws {
            key = try Self.read(store, hasher, secret, at: now)
            try ledger.fillAllLimits(at: now)
        }

        private static func read(
            _ store: Store, _ hasher: KeyHasher, _ secret: APIKeySecret, at now: Timestamp
        ) throws -> APIKey {
            guard case .found(let key) = try store.keyDirectory(hasher: hasher, at: now).key(for: secret, at: now)
            else { throw CancellationError() }
            return key
        }

        /// Nil where it was refused.
        func begin(_ money: Money, tokens: Int = 0, at now: Timestamp) throws(LimitStruck) -> Call? {
            let demand = UsageDemand(tokens: tokens, charge: money)
            let reservation = try key.allowance?.reserve(demand, within: key.policy.limits, at: now)
            guard let credits = key.credits, credits.isPrepaid else {
                return Call(reservation: reservation, credits: .zero, began: now)
            }
            guard credits.reserve(money) else {
                if let reservation { key.allowance?.settle(reservation, tokens: 0, charge: .zero, at: now) }
                return nil
            }
            return Call(reservation: reservation, credits: money, began: now)
        }

        /// It is over, and its record is in the journal.
        func end(_ call: Call, _ number: Int, charged money: Money, tokens: Int = 0, at now: Timestamp) throws {
            key.credits?.settle(money, reserved: call.credits)
            if let reservation = call.reservation {
                key.allowance?.settle(reservation, tokens: tokens, charge: money, at: now)
            }
            let charge = Charge(cost: money, charge: money, priceSnapshot: "")
            let usage = UsageEntry(
                key: id, route: "a/b-ca", outcome: .completed,
                usage: TokenUsage(input: tokens, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0),
                charge: charge)
            journal.append(
                LedgerEntry(
                    id: LedgerEntry.id(number), organization: key.organization, phase: .closed, openedAt: call.began,
                    json: Array("{}".utf8), usage: usage))
            try journal.commit()
        }
    }

    private struct Call {
        let reservation: Reservation?
        let credits: Money
        let began: Timestamp
    }

    private func makeKey(_ limits: KeyLimits) throws -> APIKeySecret {
        let store = try Store(path: directory.database)
        let policy = KeyPolicy(tiers: [.providerAPI], limits: limits)
        return try store.createKey(
            name: "k", organization: Self.organization, policy: policy, environment: .test,
            hashedBy: KeyHasher(directory: directory.path), at: .test
        ).secret
    }

    private func charged() throws -> Money {
        let store = try Store(path: directory.database)
        let days = Timestamp.test.date...Timestamp.test.adding(seconds: 86_400 * 5).date
        return try store.usage(UsageQuery(days: days, dimensions: []), of: Self.organization).first?.sum.charge ?? .zero
    }

    private func after(_ seconds: Int64) -> Timestamp { .test.adding(seconds: seconds) }

    @Test func `a node that is alone holds everything there is`() throws {
        let secret = try makeKey(
            KeyLimits(requestsPerMinute: 3, tokensPerMinute: 100, budget: Budget(total: Self.dollars("10"))))
        let node = try TestNode(directory, "a", secret, at: .test)
        let call = try node.begin(Self.dollars("10"), tokens: 100, at: .test)
        #expect(call != nil)
        let struck = #expect(throws: LimitStruck.self) { try node.begin(.zero, tokens: 1, at: .test) }
        #expect(struck?.isShare == false && struck?.limit == .tokensPerMinute)
        try node.end(try #require(call), 1, charged: Self.dollars("4"), tokens: 0, at: .test)
        #expect(try node.begin(Self.dollars("6"), at: .test) != nil)
    }

    @Test func `a day has its budget from its first moment on`() throws {
        let secret = try makeKey(KeyLimits(budget: Budget(day: Self.dollars("1"))))
        let midnight = Timestamp(seconds: (Timestamp.test.date.daysSince1970 + 1) * 86_400)
        let node = try TestNode(directory, "a", secret, at: midnight.adding(seconds: -30))
        let call = try #require(try node.begin(Self.dollars("1"), at: midnight.adding(seconds: -1)))
        try node.end(call, 1, charged: Self.dollars("1"), at: midnight)
        #expect(try node.begin(Self.dollars("1"), at: midnight) != nil)
    }

    @Test func `a second node gets its part within seconds, and together they never have more`() throws {
        let secret = try makeKey(KeyLimits(requestsPerMinute: 10, budget: Budget(total: Self.dollars("10"))))
        let a = try TestNode(directory, "a", secret, at: .test)
        let b = try TestNode(directory, "b", secret, at: .test)
        let struck = #expect(throws: LimitStruck.self) { try b.begin(Self.dollars("1"), at: .test) }
        #expect(struck?.isShare == true && struck?.retryAfter == 1)
        try #expect(GatewayError(#require(struck)).message.english.contains("This node"))
        for second in 1...3 {
            a.ledger.beat(at: after(Int64(second)))
            a.ledger.fillLimits(at: after(Int64(second)))
            b.ledger.fillLimits(at: after(Int64(second)))
        }
        #expect(try b.begin(Self.dollars("1"), at: after(3)) != nil)
        var calls = 1
        for _ in 0..<30 {
            for node in [a, b] where (try? node.begin(Self.dollars("0.1"), at: after(4))) != nil { calls += 1 }
            a.ledger.fillLimits(at: after(4))
            b.ledger.fillLimits(at: after(4))
        }
        #expect(calls == 10)
    }

    @Test func `what a dead node has held stays spent until it has settled`() throws {
        let secret = try makeKey(KeyLimits(budget: Budget(total: Self.dollars("10"))))
        let a = try TestNode(directory, "a", secret, at: .test)
        let call = try #require(try a.begin(Self.dollars("3"), at: .test))
        try a.end(call, 1, charged: Self.dollars("3"), at: .test)
        let left = try directory.copyAsAfterKill()
        // Long after.
        let b = try TestNode(directory, "b", secret, at: after(3_600))
        b.ledger.fillLimits(at: after(3_620))
        #expect(throws: LimitStruck.self) { try b.begin(Self.dollars("0.01"), at: after(3_630)) }
        var options = LedgerOptions()
        options.sharesLimits = true
        _ = try Ledger(
            directory: "\(left.path)/a", store: Store(path: directory.database), at: after(3_640), options: options)
        b.ledger.fillLimits(at: after(3_650))
        #expect(try charged() == Self.dollars("3"))
        #expect(throws: LimitStruck.self) { try b.begin(Self.dollars("7.01"), at: after(3_651)) }
        #expect(try b.begin(Self.dollars("7"), at: after(3_651)) != nil)
    }

    @Test func `a node that leaves gives back what it hasn't spent`() throws {
        let secret = try makeKey(KeyLimits(budget: Budget(month: Self.dollars("10"))))
        let a = try TestNode(directory, "a", secret, at: .test)
        let call = try #require(try a.begin(Self.dollars("3"), at: .test))
        try a.end(call, 1, charged: Self.dollars("2"), at: .test)
        a.ledger.stop()
        a.ledger.leave(at: after(1))
        let b = try TestNode(directory, "b", secret, at: after(2))
        #expect(throws: LimitStruck.self) { try b.begin(Self.dollars("8.01"), at: after(3)) }
        #expect(try b.begin(Self.dollars("8"), at: after(3)) != nil)
    }

    @Test func `a node that can't renew serves a minute of its pace, and its budget to the end`() throws {
        let secret = try makeKey(KeyLimits(requestsPerMinute: 10, budget: Budget(total: Self.dollars("10"))))
        let a = try TestNode(directory, "a", secret, at: .test)
        #expect(try a.begin(Self.dollars("1"), at: after(59)) != nil)
        let struck = #expect(throws: LimitStruck.self) { try a.begin(Self.dollars("1"), at: after(61)) }
        #expect(struck?.isShare == true && struck?.limit == .requestsPerMinute)
        // Others have it by then.
        let b = try TestNode(directory, "b", secret, at: after(200))
        #expect(try b.begin(.zero, at: after(200)) != nil)
        a.ledger.beat(at: after(201))
        #expect(throws: LimitStruck.self) { try a.begin(.zero, at: after(201)) }
    }

    @Test func `credits are spent once, whichever node spends them`() throws {
        let secret = try makeKey(KeyLimits())
        let credit = CreditDraft(kind: .topUp, amount: Self.dollars("5"), reference: "r1", note: nil)
        let first = try Store(path: directory.database)
        _ = try first.addCredit(try #require(credit), to: Self.organization, by: "t", at: .test)
        let (a, b) = (try TestNode(directory, "a", secret, at: .test), try TestNode(directory, "b", secret, at: .test))
        #expect(try b.begin(Self.dollars("1"), at: .test) == nil, "nothing is held yet")
        for _ in 0..<4 {
            a.ledger.fillLimits(at: after(1))
            b.ledger.fillLimits(at: after(1))
        }
        var spent = Money.zero
        for _ in 0..<40 {
            for node in [a, b] where try node.begin(Self.dollars("0.5"), at: after(2)) != nil {
                spent = spent + Self.dollars("0.5")
            }
            a.ledger.fillLimits(at: after(2))
            b.ledger.fillLimits(at: after(2))
        }
        #expect(spent == Self.dollars("5"))
    }

    @Test(arguments: 1...16) func `whatever two nodes do by turns, a budget is never overspent and none of it is lost`(
        seed: UInt64
    ) throws {
        var chance = Dice(seed: seed)
        let secret = try makeKey(
            KeyLimits(requestsPerMinute: 40, budget: Budget(day: Self.dollars("8"), total: Self.dollars("20"))))
        var now = Timestamp.test
        var nodes: [TestNode?] = [
            try TestNode(directory, "a", secret, at: now), try TestNode(directory, "b", secret, at: now),
        ]
        var calls: [(node: Int, call: Call)] = []
        var times: [Timestamp] = []
        var number = 0
        for _ in 0..<220 {
            let index = Int(chance.next() % 2)
            switch chance.next() % 12 {
            case 0: now = now.adding(seconds: Int64(chance.next() % 8))
            case 1: nodes[index]?.ledger.beat(at: now)
            case 2: nodes[index]?.ledger.fillLimits(at: now)
            case 3: try nodes[index]?.ledger.drainNow()
            case 4 where chance.next() % 8 == 0:
                // Killed: what was under way is over, and nothing is known of it. The journal stays.
                calls.removeAll { $0.node == index }
                nodes[index] = nil
                nodes[index] = try TestNode(directory, ["a", "b"][index], secret, at: now)
            case 5 where chance.next() % 40 == 0: now = now.adding(seconds: 70_000)
            case 6, 7, 8:
                guard let position = calls.firstIndex(where: { $0.node == index }) else { break }
                let call = calls.remove(at: position).call
                number += 1
                let most = call.reservation.map { _ in Int128(chance.next() % 1_000) * 1_000_000_000 } ?? 0
                try nodes[index]?.end(call, number, charged: Money(picodollars: most), at: now)
            default:
                if let call = try? nodes[index]?.begin(Self.dollars("1"), at: now) {
                    calls.append((index, call))
                    times.append(now)
                }
            }
        }
        for node in nodes.compactMap(\.self) { try node.ledger.drainNow() }
        #expect(try charged() <= Self.dollars("20"))
        for day in Set(times.map(\.date)) {
            let sum = try nodes[0]?.store.usage(UsageQuery(days: day...day, dimensions: []), of: Self.organization)
                .first?.sum.charge
            #expect(sum ?? .zero <= Self.dollars("8"))
        }
        // Of the total, whatever isn't charged can be spent in the end.
        let total = try charged()
        for (node, call) in calls {
            number += 1
            try nodes[node]?.end(call, number, charged: .zero, at: now)
        }
        for node in nodes.compactMap(\.self) {
            node.ledger.stop()
            node.ledger.leave(at: now)
        }
        let tomorrow = now.adding(seconds: 3 * 86_400)
        let last = try TestNode(directory, "c", secret, at: tomorrow)
        let rest = Self.dollars("20") - total
        if rest > .zero {
            #expect(try last.begin(min(rest, Self.dollars("8")), at: tomorrow) != nil)
        }
    }
}
