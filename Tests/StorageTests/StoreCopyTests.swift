import Domain
import Foundation
import Testing

@testable import Storage

@Suite struct StoreCopyTests {
    private let directory = TemporaryDirectory()
    private let other = TemporaryDirectory()

    @Test func `every table is copied`() throws {
        let store = try Store(path: directory.database)
        let tables = try store.read {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                        AND name <> 'grdb_migrations'
                    """)
        }
        #expect(Set(tables) == Set(StoreCopy.tables))
    }

    private func fill(_ store: Store) throws {
        let hasher = try KeyHasher(directory: directory.path)
        let key = try store.createKey(
            name: "a", organization: .default, policy: KeyPolicy(tiers: [.providerAPI]), environment: .live,
            hashedBy: hasher, at: .test)
        _ = try store.change(
            RouteMappingChange(
                key: key.key.id, name: "fast", route: "a/b",
                moment: RouteMapping.Moment(time: .test, request: LedgerEntry.id(1))))
        _ = try store.addCredit(
            #require(CreditDraft(kind: .topUp, amount: Money(dollars: "10") ?? .zero, reference: "r", note: nil)),
            to: .default,
            by: "somebody", at: .test)
        try store.record((0..<700).map { .closed($0) } + [.opened(9_000)])
        try store.record([
            LedgerEntry(
                id: LedgerEntry.id(9_001), organization: .default, phase: .closed, openedAt: .test,
                json: [0xFF, 0x00, 1])
        ])
    }

    private func contents(_ store: Store) throws -> [String] {
        let records = try (0..<700).compactMap { try store.text($0) }
        let broken = try store.custodyRecord(LedgerEntry.id(9_001), of: .default)?.json ?? []
        return records + [
            "\(broken)", "\(try store.keys(of: nil).map(\.id))",
            "\(try store.mappings(ended: false, atMost: 9).map(\.name))",
            "\(try store.creditStanding(of: .default).balance?.description ?? "")",
            "\(try store.adminAudit(AdminAuditQuery(.everything)).map(\.isAsLogged))",
            "\(try store.checkAdminAudit(deletes: false).faults)", try store.outcome(9_000) ?? "",
        ]
    }

    @Test func `a copy has all that the original has, and goes on from there`() throws {
        let (original, copy) = (try Store(path: directory.database), try Store(path: other.database))
        try fill(original)
        let counts = try StoreCopy(from: original, to: copy).run()
        #expect(counts.first { $0.table == "custody_records" }?.rows == 702)
        #expect(try contents(copy) == contents(original))
        try copy.record([.closed(9_000)])
        #expect(try copy.outcome(9_000) == "completed")
    }

    @Test func `nothing is copied to where something is`() throws {
        let (original, copy) = (try Store(path: directory.database), try Store(path: other.database))
        try fill(original)
        try copy.record([.opened(1)])
        let error = try #require(throws: StoreNotEmpty.self) { try StoreCopy(from: original, to: copy).run() }
        #expect(error.description.contains("custody_records"))
        #expect(try copy.keys(of: nil).isEmpty)
    }

    @Test(.enabled(if: TestDatabase.server != nil, "Run the tests with 'scripts/postgres swift test'."))
    func `to PostgreSQL and back again everything is as it was`() async throws {
        let (directory, other) = (directory, other)
        try await TestDatabase.withPostgres {
            let original = try Store(path: directory.database)
            try fill(original)
            let middle = try Store(directory)
            _ = try StoreCopy(from: original, to: middle).run()
            #expect(try contents(middle) == contents(original))
            let last = try Store(path: other.database)
            _ = try StoreCopy(from: middle, to: last).run()
            #expect(try contents(last) == contents(original))
        }
    }
}

@Suite(.enabled(if: TestDatabase.server != nil, "Run the tests with 'scripts/postgres swift test'."))
struct SharedSecretTests {
    private let directory = TemporaryDirectory()
    private let other = TemporaryDirectory()

    @Test func `a second node with other secrets is told which file to copy, and makes none`() async throws {
        let (directory, other) = (directory, other)
        try await TestDatabase.withPostgres {
            try Store(directory).confirmSecrets(["a.secret", "b.secret"])
            let second = try Store(other)
            let error = try #require(throws: SecretNotShared.self) { try second.confirmSecrets(["a.secret"]) }
            #expect(error.description.contains("\(other.path)/a.secret' is missing"))
            #expect(try other.names(endingIn: ".secret").isEmpty)
            try FileManager.default.copyItem(
                atPath: directory.path + "/a.secret", toPath: other.path + "/a.secret")
            try second.confirmSecrets(["a.secret"])
            _ = try InstallationSecret("b.secret", directory: other.path)
            let another = try #require(throws: SecretNotShared.self) { try second.compareSecrets(["b.secret"]) }
            #expect(another.description.contains("is another one"))
        }
    }
}
