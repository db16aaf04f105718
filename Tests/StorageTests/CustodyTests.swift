import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct CustodyTests {
    let directory = TemporaryDirectory()
    let store: Store

    init() throws { store = try Store(directory) }

    @Test func `a closed record replaces the open one, in whatever order they come`() throws {
        try store.record([.opened(1), .opened(2)])
        #expect(try store.outcome(1) == "open")
        try store.record([.closed(1, "failed")])
        #expect(try store.outcome(1) == "failed" && store.outcome(2) == "open")
        try store.record([.closed(3), .opened(3)])
        try store.record([.opened(3)])
        #expect(try store.outcome(3) == "completed" && store.text(3)?.contains(#""state":"closed""#) == true)
    }

    @Test func `an entry that comes again changes nothing`() throws {
        try store.record([.opened(1), .closed(1, "refused")])
        let before = try store.text(1)
        try store.record([.opened(1), .closed(1, "completed"), .opened(1)])
        #expect(try store.text(1) == before && store.recordCount("closed") == 1)
    }

    @Test func `a record comes back byte by byte`() throws {
        let entry = LedgerEntry(
            id: LedgerEntry.id(7), organization: OrganizationID(rawValue: "org_é"), phase: .closed, openedAt: .test,
            json: Array(#"{"outcome":"completed","name":"é\u0000😀","n":1e400,"b": 18446744073709551615}"#.utf8))
        try store.record([entry])
        #expect(try store.custodyRecord(entry.id, of: entry.organization)?.json == entry.json)
    }

    @Test func `a record that isn't JSON is kept and holds nothing up`() throws {
        let broken = LedgerEntry(
            id: LedgerEntry.id(1), organization: .default, phase: .closed, openedAt: .test, json: Array("{no".utf8))
        try store.record([broken, .closed(2)])
        #expect(try store.outcome(1) == nil && store.outcome(2) == "completed")
        #expect(try store.custodyRecord(broken.id, of: .default)?.json == broken.json)
    }

    @Test func `only the organization that owns a record can read it`() throws {
        try store.record([.closed(1, organization: "org_a")])
        #expect(try store.text(1, organization: "org_a") != nil)
        #expect(try store.text(1, organization: "org_b") == nil && store.text(2) == nil)
    }

    @Test func `an interrupted record says so, since when, and keeps the rest`() throws {
        try store.record([.opened(1), .closed(2)])
        #expect(try store.closeInterrupted(at: .test.adding(seconds: 9)) == 1)
        #expect(try store.closeInterrupted(at: .test) == 0)
        let text = try #require(try store.text(1))
        let members = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(members["state"] as? String == "closed" && members["outcome"] as? String == "interrupted")
        #expect(members["closed_at"] as? String == Timestamp.test.adding(seconds: 9).description)
        #expect(members["opened_at"] as? String == Timestamp.test.description && members["key"] as? String == "key_0")
        #expect(try store.outcome(1) == "interrupted" && store.outcome(2) == "completed")
    }

    @Test func `ids sort in the store as they do in time`() throws {
        let ids = [(1, 5), (1, UInt64.max), (0x7FFF, 0), (0xFFFF_0000_0000_0000, 1)].map(RequestID.init)
        let entries = ids.reversed().map {
            LedgerEntry(id: $0, organization: .default, phase: .closed, openedAt: .test, json: Array("{}".utf8))
        }
        try store.record(entries)
        let stored = try store.read {
            try String.fetchAll($0, sql: "SELECT id FROM custody_outcomes ORDER BY id")
        }
        #expect(stored == ids.map(\.hex))
    }
}
