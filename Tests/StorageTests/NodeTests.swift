import CustodyLog
import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// Two nodes on one store, by turns.
@Suite struct NodeTests {
    private let directory = TemporaryDirectory()
    private let events = Events()

    /// A node of its own data directory, with its own connections to the store that all share.
    private final class TestNode {
        let ledger: Ledger
        let log: TransparencyLog
        let journal: JournalWriter
        let store: Store

        init(_ directory: TemporaryDirectory, _ name: String, at now: Timestamp = .test, _ events: Events) throws {
            let folder = "\(directory.path)/\(name)"
            store = try Store(path: directory.database)
            _ = try Directory(folder)
            // The key that signs is the same on all nodes.
            let (key, theirs) = ("custody-log-key-1.secret", "\(directory.path)/a/custody-log-key-1.secret")
            if name != "a", FileManager.default.fileExists(atPath: theirs) {
                try? FileManager.default.copyItem(atPath: theirs, toPath: "\(folder)/\(key)")
            }
            ledger = try Ledger(directory: folder, store: store, at: now, options: events.options())
            log = try TransparencyLog(ledger, directory: folder, origin: "nodes.test/log", at: now)
            journal = try ledger.makeJournal()
        }

        func record(_ entries: LedgerEntry...) throws { try record(entries) }

        func record(_ entries: [LedgerEntry]) throws {
            for entry in entries { journal.append(entry) }
            try journal.commit()
            try ledger.drainNow()
        }
    }

    private func node(_ name: String, at now: Timestamp = .test) throws -> TestNode {
        try TestNode(directory, name, at: now, events)
    }

    private func after(_ seconds: Int64) -> Timestamp { .test.adding(seconds: seconds) }

    /// What the log has a commitment to, in its order; it stops at the first place that no record has.
    private func check(_ store: Store, entries count: Int) throws {
        let rows = try store.read { database in
            try Row.fetchAll(
                database, sql: "SELECT CAST(record AS BLOB) AS record, salt, leaf FROM custody_records ORDER BY leaf")
        }
        let commitments = rows.compactMap { row -> Commitment? in
            guard let salt = Salt(bytes: row["salt"] as Data) else { return nil }
            return (row["record"] as Data).withUnsafeBytes { Commitment(salt: salt, record: $0) }
        }
        #expect(rows.map { $0["leaf"] as Int? } == (0..<count).map { $0 }, "each has one place, and each place one")
        var edge = LogEdge()
        for commitment in commitments { _ = edge.append(commitment) }
        #expect(try store.root(ofFirst: count) == edge.root)
    }

    @Test func `a node keeps its id, and another data directory has another`() throws {
        let first = try node("a").ledger.node
        let second = try node("b").ledger.node
        #expect(first.id != second.id)
        #expect(try node("a").ledger.node.id == first.id)
        #expect(try Store(path: directory.database).nodes().map(\.id) == [first.id, second.id].sorted())
    }

    @Test func `a file that holds no id is refused`() throws {
        _ = try node("a").ledger.node
        try Data("node_1'; DROP TABLE".utf8).write(to: URL(filePath: "\(directory.path)/a/\(Node.fileName)"))
        #expect(throws: NodeIDUnusable.self) { try node("a") }
    }

    @Test func `records of a node that doesn't sequence get their entries from the one that does`() throws {
        let (a, b) = (try node("a"), try node("b"))
        #expect(a.ledger.holdsLog && !b.ledger.holdsLog)
        try a.record(.opened(1), .closed(1))
        try b.record(.opened(2), .closed(2))
        try b.record(.closed(2))
        guard case .unpublished? = try b.ledger.receipt(LedgerEntry.id(2), of: .a) else {
            Issue.record("a receipt of what has no entry yet")
            return
        }
        #expect(try !b.log.publish(at: .test) && a.log.publish(at: .test))
        a.ledger.beat(at: after(1))
        #expect(try a.log.publish(at: .test))
        try check(a.store, entries: 2)
        guard case .file? = try b.ledger.receipt(LedgerEntry.id(2), of: .a) else {
            Issue.record("no receipt")
            return
        }
        #expect(try b.ledger.record(LedgerEntry.id(1), of: .a)?.isOpen == false, "the other's are found too")
        #expect(try b.log.checkpoint() == a.log.checkpoint())
    }

    @Test func `another node takes the log once its holder has said nothing for a term, and at once when it leaves`()
        throws
    {
        let (a, b) = (try node("a"), try node("b"))
        for second in 1...7 { b.ledger.beat(at: after(Int64(second))) }
        #expect(!b.ledger.holdsLog)
        a.ledger.beat(at: after(5))
        b.ledger.beat(at: after(12))
        #expect(!b.ledger.holdsLog)
        b.ledger.beat(at: after(14))
        #expect(b.ledger.holdsLog)
        a.ledger.beat(at: after(15))
        #expect(!a.ledger.holdsLog)
        b.ledger.stop()
        b.ledger.leave(at: after(16))
        a.ledger.beat(at: after(17))
        #expect(a.ledger.holdsLog)
        #expect(try a.store.nodes().filter(\.hasLeft).map(\.id) == [b.ledger.node.id])
    }

    @Test func `a holder that was paused appends nothing and signs nothing when it wakes`() throws {
        let (a, b) = (try node("a"), try node("b"))
        try a.record(.closed(1))
        try a.log.publish(at: .test)
        b.ledger.beat(at: after(20))
        try b.record(.closed(2), .closed(3))
        try b.log.publish(at: after(20))
        // It wakes without knowing how late it is.
        #expect(try !a.log.publish(at: .test) && a.log.published == nil)
        try a.record(.closed(4))
        #expect(!a.ledger.holdsLog)
        #expect(try a.ledger.record(LedgerEntry.id(4), of: .a)?.place == nil)
        b.ledger.beat(at: after(22))
        try b.log.publish(at: after(22))
        try check(b.store, entries: 4)
    }

    @Test func `a checkpoint under a claim that was lost isn't stored`() throws {
        let (a, b) = (try node("a"), try node("b"))
        try a.record(.closed(1))
        let edge = try #require(try a.ledger.drainer.publishableEdge())
        b.ledger.beat(at: after(20))
        try b.log.publish(at: after(20))
        let checkpoint = try #require(try b.store.publishedCheckpoint())
        #expect(throws: LogClaimLost.self) { try a.store.publish(checkpoint, under: edge.claim) }
    }

    @Test func `a node closes its own open records at its start, and leaves those of others alone`() throws {
        let (a, b) = (try node("a"), try node("b"))
        try a.record(.opened(1))
        try b.record(.opened(2), .opened(3))
        a.ledger.stop()
        let again = try node("a", at: after(1))
        #expect(try again.store.outcome(1) == "interrupted")
        #expect(try again.store.outcome(2) == "open" && again.store.recordCount("open") == 2)
        try b.record(.closed(2))
        #expect(try again.store.outcome(2) == "completed")
    }

    @Test func `what a dead node's journal holds is stored when the node starts again`() throws {
        let (a, b) = (try node("a"), try node("b"))
        b.journal.append(.opened(1))
        b.journal.append(.closed(1))
        b.journal.append(.opened(2))
        try b.journal.commit()
        let left = try directory.copyAsAfterKill()
        try a.record(.closed(3))
        let dead = try Node(in: Directory("\(left.path)/b"))
        #expect(dead.id == b.ledger.node.id && dead.run != b.ledger.node.run)
        let later = try Ledger(directory: "\(left.path)/b", store: a.store, at: after(60))
        #expect(try a.store.outcome(1) == "completed" && a.store.outcome(2) == "interrupted")
        later.beat(at: after(70))
        #expect(later.holdsLog)
        try check(a.store, entries: 3)
    }

    @Test func `a copy of a node's data directory on the same store is told of`() throws {
        let b = try node("b")
        let copy = try directory.copyAsAfterKill()
        let twin = try Ledger(directory: "\(copy.path)/b", store: Store(path: directory.database), at: .test)
        b.ledger.beat(at: after(3))
        #expect(events.texts.contains { $0.contains("is a copy") })
        #expect(twin.holdsLog)
    }

    @Test func `changes and records of two nodes make one log`() throws {
        let (a, b) = (try node("a"), try node("b"))
        try a.record(.closed(1))
        for store in [a.store, b.store, a.store] {
            try store.setRetention(
                RecordRetention(
                    organization: .a, days: (try store.retentions().first?.days ?? 0) + 1, isOnLegalHold: false))
            try b.record(.closed(10 + (try store.retentions().first?.days ?? 0)))
        }
        a.ledger.beat(at: after(2))
        try a.log.publish(at: after(2))
        let check = try b.store.checkAdminAudit(deletes: false)
        #expect(check.faults.isEmpty && check.count == 3)
        #expect(try b.store.publishedCheckpoint()?.size == 7)
    }

    @Test func `a change on one node is noticed on the other, and its records are not`() throws {
        let (a, b) = (try node("a"), try node("b"))
        let seen = (try b.store.changeCounter(), try b.store.mappingRevision())
        try a.record(.opened(1), .closed(1))
        a.ledger.beat(at: after(3))
        #expect(try (b.store.changeCounter(), b.store.mappingRevision()) == seen)
        let hasher = try KeyHasher(directory: directory.path)
        let (key, _) = try a.store.createKey(
            name: "k", organization: .a, policy: KeyPolicy(tiers: [.providerAPI]), environment: .test, hashedBy: hasher,
            at: .test)
        #expect(try b.store.changeCounter() > seen.0 && b.store.mappingRevision() == seen.1)
        let moment = RouteMapping.Moment(time: .test, request: LedgerEntry.id(1))
        let mapped = try a.store.change(
            RouteMappingChange(key: key.id, name: "gpt", route: "a/b-ca", moment: moment))
        let (mappings, revision) = try b.store.allMappings()
        #expect(mappings.map(\.routes) == [["gpt": "a/b-ca"]] && revision == mapped.revision)
        let removed = try b.store.change(RouteMappingChange(key: key.id, name: "gpt", route: nil, moment: moment))
        #expect(removed.revision > revision, "also where it was another node's change")
        #expect(try a.store.allMappings().mappings.isEmpty && a.store.mappingRevision() == removed.revision)
    }

    @Test(arguments: 1...20) func `whatever two nodes do by turns, each record has one place in one log`(seed: UInt64)
        throws
    {
        var chance = Dice(seed: seed)
        var nodes = [try node("a"), try node("b")]
        var (now, number) = (Timestamp.test, 0)
        var published: [(size: Int, root: MerkleHash)] = []
        for _ in 0..<60 {
            let index = Int(chance.next() % 2)
            switch chance.next() % 8 {
            case 0: now = now.adding(seconds: Int64(chance.next() % 12))
            case 1:
                nodes[index].ledger.stop()
                if chance.next() % 2 == 0 { nodes[index].ledger.leave(at: now) }
                nodes[index] = try node(["a", "b"][index], at: now)
            case 2, 3: nodes[index].ledger.beat(at: now)
            case 4:
                if (try? nodes[index].log.publish(at: now)) == true, let last = nodes[index].log.published {
                    published.append((last.size, try nodes[index].store.root(ofFirst: last.size)))
                }
            default:
                let count = Int(chance.next() % 4)
                try nodes[index].record((0..<count).flatMap { [.opened(number + $0), .closed(number + $0)] })
                number += count
            }
        }
        now = now.adding(seconds: 60)
        nodes[0].ledger.beat(at: now)
        nodes[1].ledger.beat(at: now)
        try check(nodes[0].store, entries: number)
        for last in published { #expect(try nodes[1].store.root(ofFirst: last.size) == last.root) }
        #expect(published.map(\.size) == published.map(\.size).sorted())
    }
}

extension OrganizationID {
    fileprivate static let a = OrganizationID(rawValue: "org_a")
}

/// SplitMix64.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
