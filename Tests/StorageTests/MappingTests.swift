import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct MappingTests {
    let directory = TemporaryDirectory()
    let store: Store
    let key: APIKey.ID
    let otherKey: APIKey.ID

    init() throws {
        store = try Store(directory)
        let hasher = try KeyHasher(directory: directory.path)
        func make(_ store: Store) throws -> APIKey.ID {
            try store.createKey(
                name: "one", organization: .default, policy: KeyPolicy(tiers: [], allowsCommands: true),
                environment: .test, hashedBy: hasher, at: .test
            ).key.id
        }
        key = try make(store)
        otherKey = try make(store)
    }

    private func moment(_ number: Int) -> RouteMapping.Moment {
        RouteMapping.Moment(time: .test.adding(seconds: Int64(number)), request: LedgerEntry.id(number))
    }

    @discardableResult
    private func change(_ name: String, to route: Route.ID?, _ number: Int, key: APIKey.ID? = nil) throws
        -> RouteMappings
    {
        try store.change(RouteMappingChange(key: key ?? self.key, name: name, route: route, moment: moment(number)))
    }

    @Test func `a change gives all that the key has mapped, and nothing of another key`() throws {
        try change("x", to: "other", 1, key: otherKey)
        #expect(try change("x", to: "a", 2).routes == ["x": "a"])
        #expect(try change("y", to: "b", 3).routes == ["x": "a", "y": "b"])
        #expect(try change("x", to: "c", 4).routes == ["x": "c", "y": "b"])
        let last = try change("y", to: nil, 5)
        #expect(last.routes == ["x": "c"] && last.key == key)
    }

    @Test func `each change has a later revision, also one of another key`() throws {
        let revisions = [
            try change("x", to: "a", 1), try change("x", to: "a", 2, key: otherKey), try change("x", to: nil, 3),
        ].map(\.revision)
        #expect(revisions == revisions.sorted() && Set(revisions).count == 3)
    }

    @Test func `what is in force outlives the process`() throws {
        try change("x", to: "a", 1)
        try change("y", to: "b", 2)
        try change("y", to: nil, 3)
        try change("x", to: "c", 4, key: otherKey)
        let copy = try directory.copyAsAfterKill()
        let again = try Store(copy)
        let found = try again.mappingsInForce().sorted { $0.routes.values.first ?? "" < $1.routes.values.first ?? "" }
        #expect(found.map(\.key) == [key, otherKey] && found.map(\.routes) == [["x": "a"], ["x": "c"]])
        let change = RouteMappingChange(key: key, name: "z", route: "d", moment: moment(5))
        #expect(try again.change(change).revision > found[0].revision)
    }

    @Test func `a key maps so many names and no more, and may still move those it has`() throws {
        for number in 1...RouteMapping.limit { try change("n\(number)", to: "a", number) }
        #expect(throws: RouteMappingsFull.self) { try change("one more", to: "a", 101) }
        #expect(try change("n1", to: "b", 102).routes.count == RouteMapping.limit)
        try change("n2", to: nil, 103)
        #expect(try change("one more", to: "a", 104).routes["one more"] == "a")
        try change("x", to: "a", 105, key: otherKey)
    }

    @Test func `what has ended stays, with who made it and who ended it`() throws {
        try change("x", to: "a", 1)
        try change("x", to: "b", 2)
        try change("x", to: nil, 3)
        try change("y", to: "c", 4)
        let ended = try store.mappings(ended: true, atMost: 10)
        #expect(ended.map(\.route) == ["b", "a"])
        #expect(ended.map(\.mapped) == [moment(2), moment(1)] && ended.map(\.ended) == [moment(3), moment(2)])
        let inForce = try store.mappings(ended: false, atMost: 10)
        #expect(inForce.map(\.name) == ["y"] && inForce[0].ended == nil && inForce[0].organization == .default)
        #expect(inForce[0].key == key)
        #expect(try store.mappings(ended: true, atMost: 1).count == 1)
    }

    @Test func `removing what isn't mapped changes nothing`() throws {
        #expect(try change("x", to: nil, 1).routes.isEmpty)
        #expect(try store.mappings(ended: true, atMost: 10).isEmpty)
    }

    @Test(.onSQLiteAlone) func `a key from before there were commands has no right to them`() throws {
        let old = TemporaryDirectory()
        _ = try Directory(old.path)
        let queue = try DatabaseQueue(path: old.database)
        try Store.migrator.migrate(queue, upTo: "002 custody records")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO api_keys (id, organization, name, hint, hash, tiers, allows_fallbacks, created_at)
                    VALUES ('key_old', 'org_a', 'old', 'ni_live_old', x'00', '["provider_api"]', 1, 0)
                    """)
        }
        try queue.close()
        let keys = try Store(old).keys(of: nil)
        #expect(keys.map(\.id) == ["key_old"] && keys[0].policy == KeyPolicy(tiers: [.providerAPI]))
    }
}
