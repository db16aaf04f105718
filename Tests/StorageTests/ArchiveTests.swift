import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// Finding records, and getting rid of them.
@Suite(.onEveryDatabase) struct ArchiveTests {
    private let directory = TemporaryDirectory()
    private let organization = OrganizationID(rawValue: "org_a")

    @Test func `pages have each record once, the newest first`() throws {
        let store = try store(of: 25)
        var query = CustodyQuery(limit: 10)
        var seen: [RequestID] = []
        var sizes: [Int] = []
        repeat {
            let page = try store.custodyRecords(query, of: organization)
            seen += page.records.map(\.id)
            sizes.append(page.records.count)
            query.cursor = page.next
        } while query.cursor != nil
        #expect(seen == (0..<25).reversed().map(Self.id) && sizes == [10, 10, 5])
    }

    @Test func `records are found by when, where, with which key and how they ended`() throws {
        let store = try store(of: 12)
        func numbers(_ change: (inout CustodyQuery) -> Void) throws -> [Int] {
            var query = CustodyQuery(limit: 100)
            change(&query)
            return try store.custodyRecords(query, of: organization).records.map { Int($0.id.low) }
        }
        #expect(try numbers { $0.route = "b" } == [10, 7, 4, 1])
        #expect(try numbers { $0.key = "key_1" } == [11, 9, 7, 5, 3, 1])
        #expect(try numbers { $0.outcome = .refused } == [8, 4, 0])
        #expect(
            try numbers {
                $0.route = "b"
                $0.key = "key_1"
            } == [7, 1])
        #expect(
            try numbers {
                $0.from = Self.time(3)
                $0.to = Self.time(6)
            } == [5, 4, 3])
        #expect(try numbers { $0.from = Timestamp(microseconds: Self.time(3).microseconds + 1) }.last == 4)
        #expect(try numbers { $0.route = "it's nowhere" }.isEmpty)
    }

    @Test func `nobody finds the records of others`() throws {
        let store = try store(of: 3)
        let page = try store.custodyRecords(CustodyQuery(limit: 10), of: OrganizationID(rawValue: "org_b"))
        #expect(page.records.isEmpty && page.next == nil)
    }

    @Test func `a record that isn't JSON passes no filter, and without one it is there`() throws {
        let store = try Store(directory)
        try store.record([
            LedgerEntry(
                id: Self.id(1), organization: organization, phase: .closed, openedAt: .test, json: Array("{no".utf8))
        ])
        var query = CustodyQuery(limit: 10)
        #expect(try store.custodyRecords(query, of: organization).records.count == 1)
        query.route = "b"
        #expect(try store.custodyRecords(query, of: organization).records.isEmpty)
    }

    @Test func `what is old enough is deleted with its salt, and nothing else`() throws {
        let store = try store(of: 10)
        try store.setRetention(RecordRetention(organization: organization, days: 1))
        let now = Self.time(4).adding(seconds: 86_400)
        #expect(try store.deleteExpiredRecords(usual: nil, at: now) == 4)
        #expect(try store.deleteExpiredRecords(usual: nil, at: now) == 0)
        #expect(try numbers(in: store) == [9, 8, 7, 6, 5, 4])
        // The log goes on as if nothing had happened.
        try store.record([entry(10)])
        // Entry 10 says that the retention was set.
        #expect(try store.custodyRecord(Self.id(10), of: organization)?.place?.index == 11)
    }

    @Test func `under a legal hold nothing is deleted, and for others the usual time holds`() throws {
        let store = try store(of: 4)
        try store.record([entry(4, "org_b")])
        let now = Self.time(9).adding(seconds: 86_400 * 2)
        try store.setRetention(RecordRetention(organization: organization, days: 1, isOnLegalHold: true))
        #expect(try store.deleteExpiredRecords(usual: 1, at: now) == 1 && numbers(in: store).count == 4)
        try store.setRetention(RecordRetention(organization: organization, days: nil))
        #expect(try store.deleteExpiredRecords(usual: 1, at: now) == 0)
        #expect(try store.retentions() == [RecordRetention(organization: organization, days: nil)])
    }

    @Test func `what is open is never deleted`() throws {
        let store = try Store(directory)
        try store.record([
            LedgerEntry(
                id: Self.id(0), organization: organization, phase: .opened, openedAt: .test, json: Array("{}".utf8))
        ])
        #expect(try store.deleteExpiredRecords(usual: 1, at: Self.time(0).adding(seconds: 1 << 30)) == 0)
    }

    @Test(.onSQLiteAlone) func `what was deleted is nowhere in the files any more`() throws {
        let store = try store(of: 3)
        let salt = try #require(try store.custodyRecord(Self.id(1), of: organization)?.place?.salt)
        let bytes = Data(stride(from: 0, to: 32, by: 2).map { UInt8(salt.dropFirst($0).prefix(2), radix: 16) ?? 0 })
        _ = try store.askConnection { try $0.checkpoint(.truncate) }
        #expect(try directory.allBytes().range(of: bytes) != nil)
        #expect(try store.deleteExpiredRecords(usual: 1, at: Self.time(3).adding(seconds: 86_400 * 2)) == 3)
        _ = try store.askConnection { try $0.checkpoint(.truncate) }
        #expect(try directory.allBytes().range(of: bytes) == nil)
    }

    // MARK: Support

    private static func time(_ number: Int) -> Timestamp {
        Timestamp(microseconds: Timestamp.test.microseconds + Int64(number) * 1_000)
    }

    private static func id(_ number: Int) -> RequestID {
        RequestID(high: UInt64(time(number).milliseconds) << 16, low: UInt64(number))
    }

    private func entry(_ number: Int, _ organization: String = "org_a") -> LedgerEntry {
        let outcome = number % 4 == 0 ? "refused" : "completed"
        let json =
            #"{"key":"key_\#(number % 2)","outcome":"\#(outcome)","route":"\#(["a", "b", "c"][number % 3])"}"#
        return LedgerEntry(
            id: Self.id(number), organization: OrganizationID(rawValue: organization), phase: .closed,
            openedAt: Self.time(number), json: Array(json.utf8))
    }

    private func store(of count: Int) throws -> Store {
        let store = try Store(directory)
        try store.record((0..<count).map { entry($0) })
        return store
    }

    private func numbers(in store: Store) throws -> [Int] {
        try store.custodyRecords(CustodyQuery(limit: 100), of: organization).records.map { Int($0.id.low) }
    }
}
