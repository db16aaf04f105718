import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct KeyTests {
    let directory = TemporaryDirectory()
    let store: Store
    let hasher: KeyHasher

    init() throws {
        store = try Store(directory)
        hasher = try KeyHasher(directory: directory.path)
    }

    private func make(
        _ name: String = "one", organization: String = "org_a", policy: KeyPolicy = KeyPolicy(tiers: [.providerAPI]),
        environment: KeyEnvironment = .live, expiresAt: Timestamp? = nil
    ) throws -> (key: APIKey, secret: APIKeySecret) {
        try store.createKey(
            name: name, organization: OrganizationID(rawValue: organization), policy: policy, environment: environment,
            expiresAt: expiresAt, hashedBy: hasher, at: .test)
    }

    private func lookUp(_ secret: APIKeySecret, at now: Timestamp = .test) throws -> KeyLookup {
        try store.keyDirectory(hasher: hasher, at: .test).key(for: secret, at: now)
    }

    @Test func `a key is found by its secret with everything it was made with`() throws {
        let policy = KeyPolicy(
            tiers: [.providerAPI, .canadianOwnedCloud], routes: ["a/b,c", "d\"e"], allowsFallbacks: false,
            allowsCommands: true,
            residency: ResidencyDemand(
                processing: JurisdictionSet(codes: "CA,US"), exposure: .anywhere, evidence: .observedNetwork,
                egress: .enforce))
        let (key, secret) = try make("Ünïcode", policy: policy, expiresAt: .test.adding(seconds: 60))
        guard case .found(let found) = try lookUp(secret) else {
            Issue.record("not found")
            return
        }
        #expect(found.id == key.id && found.name == "Ünïcode" && found.organization.rawValue == "org_a")
        #expect(found.policy == policy && found.createdAt == .test && found.expiresAt == .test.adding(seconds: 60))
        #expect(found.hint == key.hint && secret.text.hasPrefix(found.hint) && found.hint.count == 12)
        #expect(found !== key)
    }

    @Test func `a key without routes may use every route of its tiers`() throws {
        let (_, secret) = try make()
        guard case .found(let found) = try lookUp(secret) else {
            Issue.record("not found")
            return
        }
        #expect(found.policy.routes == nil && found.policy.allowsFallbacks && !found.policy.allowsCommands)
    }

    @Test(arguments: ["processing", "exposure", "evidence", "egress"])
    func `a demand that can't be read is an error and not forgotten`(column: String) throws {
        _ = try make()
        try store.write { try $0.execute(sql: "UPDATE api_keys SET \(column) = 'Mars'") }
        #expect(throws: StoreError.self) { try store.keyDirectory(hasher: hasher, at: .test) }
    }

    @Test func `an unknown secret is unknown, also when one letter differs`() throws {
        let (_, secret) = try make()
        let last: Character = secret.text.last == "a" ? "b" : "a"
        guard case .unknown = try lookUp(APIKeySecret(secret.text.dropLast() + String(last))) else {
            Issue.record("found")
            return
        }
        guard case .unknown = try lookUp(APIKeySecret("")) else {
            Issue.record("found")
            return
        }
    }

    @Test func `a key expires at its time, not before`() throws {
        let (_, secret) = try make(expiresAt: .test.adding(seconds: 10))
        guard case .found = try lookUp(secret, at: .test.adding(seconds: 9)) else {
            Issue.record("expired too early")
            return
        }
        guard case .expired = try lookUp(secret, at: .test.adding(seconds: 10)) else {
            Issue.record("expired too late")
            return
        }
    }

    @Test func `a revoked key stays revoked since the first time`() throws {
        let (key, secret) = try make(expiresAt: .test)
        #expect(try store.revokeKey(key.id, at: .test).revokedAt == .test)
        #expect(try store.revokeKey(key.hint, at: .test.adding(seconds: 5)).revokedAt == .test)
        guard case .revoked(let found) = try lookUp(secret) else {
            Issue.record("not revoked")
            return
        }
        #expect(found.id == key.id)
    }

    @Test func `revoking what doesn't exist names it and says how to list keys`() throws {
        let error = try #require(throws: KeyNotFound.self) { try store.revokeKey("key_nobody", at: .test) }
        #expect(error.description.contains("'key_nobody'") && error.description.contains("northern keys list"))
    }

    @Test func `a whole secret given in place of an id isn't repeated in the error`() throws {
        let secret = APIKeySecret.random(for: .live)
        let error = try #require(throws: KeyNotFound.self) { try store.revokeKey(secret.text, at: .test) }
        #expect(!error.description.contains(secret.text.dropFirst(12)))
    }

    @Test func `a hint that two keys share revokes neither`() throws {
        let keys = [try make().key, try make().key]
        try store.write { try $0.execute(sql: "UPDATE api_keys SET hint = 'ni_live_same'") }
        let error = try #require(throws: KeyHintAmbiguous.self) { try store.revokeKey("ni_live_same", at: .test) }
        #expect(error.ids == keys.map(\.id).sorted())
        #expect(try store.keys(of: nil).allSatisfy { $0.revokedAt == nil })
    }

    @Test func `keys are listed by organization`() throws {
        let first = try make("one").key
        _ = try make("two", organization: "org_b")
        #expect(try store.keys(of: OrganizationID(rawValue: "org_a")).map(\.id) == [first.id])
        #expect(try store.keys(of: nil).count == 2)
        #expect(try store.keys(of: OrganizationID(rawValue: "org_c")).isEmpty)
    }

    @Test func `each directory has key objects of its own`() throws {
        let (_, secret) = try make()
        let tables = try [store.keyDirectory(hasher: hasher, at: .test), store.keyDirectory(hasher: hasher, at: .test)]
        let found = tables.compactMap { table -> APIKey? in
            guard case .found(let key) = table.key(for: secret, at: .test) else { return nil }
            return key
        }
        #expect(found.count == 2 && found[0] !== found[1] && tables[0].count == 1)
    }

    @Test func `the change counter moves when this or another process changes keys, and not for custody`() throws {
        let before = try store.changeCounter()
        #expect(try store.changeCounter() == before)
        try store.record([.opened(1), .closed(2)])
        #expect(try store.changeCounter() == before)
        let (key, _) = try make()
        let own = try store.changeCounter()
        #expect(own != before)
        _ = try Store(directory).revokeKey(key.id, at: .test)
        let others = try store.changeCounter()
        #expect(others != own)
        #expect(try store.changeCounter() == others)
    }

    @Test func `a row that was tampered with is an error, not a key that may use every route`() throws {
        let (key, _) = try make(policy: KeyPolicy(tiers: [.providerAPI], routes: ["a"]))
        try store.write { try $0.execute(sql: "UPDATE api_keys SET routes = 'a'") }
        let error = try #require(throws: StoreError.self) { try store.keyDirectory(hasher: hasher, at: .test) }
        #expect(error.description.contains(key.id))
    }

    // MARK: Limits

    private static let limited = KeyPolicy(
        tiers: [.providerAPI],
        limits: KeyLimits(
            requestsPerMinute: 100, tokensPerMinute: 10_000,
            budget: Budget(day: Money(dollars: "0.000000000001"), month: Money(dollars: "12.50"))),
        sourceNetworks: Set(["203.0.113.0/24", "2001:db8::/32"].compactMap { IPPrefix($0) }))

    @Test func `limits, budgets and networks come back as they were given`() throws {
        let (_, secret) = try make(policy: Self.limited)
        guard case .found(let found) = try lookUp(secret) else {
            Issue.record("not found")
            return
        }
        #expect(found.policy == Self.limited && found.allowance != nil)
        guard case .found(let free) = try lookUp(try make().secret) else {
            Issue.record("not found")
            return
        }
        #expect(free.policy.limits.isEmpty && free.policy.sourceNetworks == nil && free.allowance == nil)
    }

    @Test(arguments: ["budget_day", "budget_month", "budget_total", "source_networks"])
    func `a limit that can't be read is an error and not forgotten`(column: String) throws {
        _ = try make(policy: Self.limited)
        try store.write { try $0.execute(sql: "UPDATE api_keys SET \(column) = 'much'") }
        #expect(throws: StoreError.self) { try store.keyDirectory(hasher: hasher, at: .test) }
    }

    @Test func `every directory shares what a key has left of its limits`() throws {
        let (_, secret) = try make(policy: Self.limited)
        let found = try (0..<2).compactMap { _ in
            if case .found(let key) = try lookUp(secret) { key.allowance } else { nil }
        }
        #expect(found.count == 2 && found.first === found.last)
    }

    @Test func `a budget counts what was spent before the start, and before there was a budget`() throws {
        let (key, secret) = try make(policy: Self.limited)
        let entry = { (number: Int, day: Int64) in
            LedgerEntry(
                id: LedgerEntry.id(number), organization: key.organization, phase: .closed,
                openedAt: .test.adding(seconds: day * 86_400), json: Array("{}".utf8),
                usage: UsageEntry(
                    key: key.id, route: nil, outcome: .completed,
                    charge: Charge(cost: .zero, charge: Money(picodollars: 5), priceSnapshot: "p")))
        }
        try store.record([entry(1, 0), entry(2, -1), entry(3, -200)])
        guard case .found(let found) = try lookUp(secret) else {
            Issue.record("not found")
            return
        }
        let spending = try #require(found.allowance).spending
        #expect(spending.today.picodollars == 5 && spending.thisMonth.picodollars == 10)
        #expect(spending.total.picodollars == 15)
    }

    // MARK: Changing

    @Test func `a key that is changed keeps its secret, and its other facts`() throws {
        let (key, secret) = try make("one")
        let changed = try store.updateKey(key.id) { key in
            APIKey(
                id: key.id, organization: key.organization, name: "two", hint: key.hint, policy: Self.limited,
                createdAt: key.createdAt)
        }
        #expect(changed?.name == "two" && changed?.policy == Self.limited && changed?.createdAt == key.createdAt)
        guard case .found(let found) = try lookUp(secret) else {
            Issue.record("not found")
            return
        }
        #expect(found.name == "two" && found.organization == key.organization && found.hint == key.hint)
        #expect(try store.updateKey("key_nobody") { $0 } == nil)
    }

    @Test func `after a rotation both secrets are good until the overlap ends, then the new one alone`() throws {
        let (key, old) = try make(expiresAt: .test.adding(seconds: 7_200))
        let rotated = try #require(
            try store.rotateKey(
                key.id, environment: nil, oldSecretUntil: .test.adding(seconds: 3_600), hashedBy: hasher))
        #expect(rotated.key.id == key.id && rotated.secret != old && rotated.key.hint == rotated.secret.text.prefix(12))
        for (secret, second, isFound) in [
            (old, 3_599, true), (old, 3_600, false), (rotated.secret, 3_600, true), (rotated.secret, 7_200, false),
        ] {
            let lookup = try lookUp(secret, at: .test.adding(seconds: Int64(second)))
            if case .found(let found) = lookup { #expect(isFound && found.id == key.id) } else { #expect(!isFound) }
        }
    }

    @Test func `revoking a key ends the secrets that it had before, too`() throws {
        let (key, old) = try make()
        _ = try store.rotateKey(key.id, environment: nil, oldSecretUntil: .test.adding(seconds: 60), hashedBy: hasher)
        _ = try store.revokeKey(key.id, at: .test)
        guard case .revoked = try lookUp(old) else {
            Issue.record("still good")
            return
        }
        let again = try store.rotateKey(
            key.id, environment: nil, oldSecretUntil: .test.adding(seconds: 60), hashedBy: hasher)
        #expect(again == nil)
    }
}
