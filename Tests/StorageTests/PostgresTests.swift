import Domain
import Foundation
import Testing

@testable import Storage

/// What is so with PostgreSQL alone. What every store does is in the suites that run on every database.
@Suite(
    .enabled(
        if: TestDatabase.server != nil,
        "PostgreSQL isn't tested: run the tests with 'scripts/postgres swift test'."))
struct PostgresTests {
    private let directory = TemporaryDirectory()

    private func withStore(_ work: @Sendable @escaping (Store) throws -> Void) async throws {
        let directory = directory
        try await TestDatabase.withPostgres { try work(Store(directory)) }
    }

    @Test func `a batch of a thousand records is taken, and what comes again is left`() async throws {
        try await withStore { store in
            let entries = (0..<1_000).flatMap { [LedgerEntry.opened($0), .closed($0, padding: 800), .closed($0)] }
            try store.record(entries)
            let size = try store.read { try $0.logSize() }
            try store.record(entries)
            #expect(size == 1_000)
            #expect(try store.read { try $0.logSize() } == 1_000)
            #expect(try store.recordCount("closed") == 1_000)
        }
    }

    @Test func `programs that start at once make the tables once`() async throws {
        let name = "northern_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try PostgresPool(TestDatabase.url(of: "northern")).use { try $0.execute(sql: "CREATE DATABASE \(name)") }
        let url = try TestDatabase.url(of: name)
        let path = directory.path
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 { group.addTask { _ = try Store(postgres: url, directory: path) } }
            try await group.waitForAll()
        }
        let store = try Store(postgres: url, directory: path)
        #expect(try store.recordCount("open") == 0)
        try store.write { try $0.execute(sql: "INSERT INTO schema_steps (name) VALUES ('999 future')") }
        let error = try #require(throws: StoreError.self) { try Store(postgres: url, directory: path) }
        #expect(error.description.contains("newer version"))
    }

    @Test func `a connection that the server has ended is made anew`() async throws {
        try await withStore { store in
            try store.record([.opened(1)])
            #expect(try store.outcome(1) == "open")
            try PostgresPool(TestDatabase.url(of: "northern")).use { database in
                try database.execute(
                    sql: """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid() AND datname = (
                            SELECT datname FROM pg_stat_activity WHERE datname LIKE 'northern_%' AND pid = \(Self.pid(of: store)))
                        """)
            }
            try store.record([.closed(1)])
            #expect(try store.outcome(1) == "completed")
        }
    }

    private static func pid(of store: Store) throws -> Int {
        try store.read { try Int.fetchOne($0, sql: "SELECT pg_backend_pid()") ?? 0 }
    }

    @Test func `an error tells neither the URL nor what was to be stored`() async throws {
        try await withStore { store in
            let error = try #require(throws: StoreError.self) {
                try store.write { database in
                    for _ in 0..<2 {
                        try database.execute(
                            sql: "INSERT INTO organizations (id, name, created_at) VALUES (?, ?, ?)",
                            arguments: ["org_private", "Private", 1])
                    }
                }
            }
            #expect(error.description.contains("organizations_pkey") && !error.description.contains("private"))
        }
        let url = try PostgresURL("postgres://somebody:s3cret@127.0.0.1:1/none")
        let error = try #require(throws: StoreError.self) { try Store(postgres: url, directory: directory.path) }
        #expect(error.message == "The database's server isn't running there.")
        #expect("\(url)" == "<redacted>")
        let unreadable = try #require(throws: StoreError.self) {
            try PostgresURL("postgres://a:s3cret@b/c?port=5432&x=y")
        }
        #expect(!unreadable.description.contains("s3cret"))
    }

    @Test func `what goes there comes back as it was, but for a zero byte in a text`() async throws {
        try await withStore { store in
            func back<Value: ColumnValue & Equatable>(_ value: Value) throws -> Value? {
                try store.read { try Value.fetchOne($0, sql: "SELECT ?", arguments: [value]) }
            }
            let bytes = Data((0...255).map { UInt8($0) })
            let numbers = try [Int64.min, .max].map { try back($0) }
            #expect(numbers == [.min, .max])
            let lists = try [bytes, Data()].map { try back($0) }
            #expect(lists == [bytes, Data()])
            let texts = try ["", "é'\\", "a\0b"].map { try back($0) }
            #expect(texts == ["", "é'\\", "a\u{FFFD}b"])
        }
    }
}

@Suite struct PostgresSQLTests {
    @Test func `a statement's arguments and words are PostgreSQL's`() {
        let sql = PostgresSQL("SELECT user, '?' FROM a WHERE x = ?2 AND y = ?1 AND z = ?2 AND w = :name -- ?\n")
        #expect(sql.text == "SELECT \"user\", '?' FROM a WHERE x = $1 AND y = $2 AND z = $1 AND w = $3 -- ?\n")
        #expect(sql.parameters == [.position(1), .position(0), .name("name")])
    }

    @Test func `a table's columns have PostgreSQL's types, and texts sort by their bytes`() {
        let sql = PostgresSQL("CREATE TABLE a (b TEXT, c INTEGER, d BLOB) STRICT, WITHOUT ROWID;", isSchema: true)
        #expect(sql.text == "CREATE TABLE a (b TEXT COLLATE \"C\", c BIGINT, d BYTEA) ;")
    }
}

@Suite struct JSONObjectTests {
    @Test(arguments: [
        "{}", #" { "a" : [ 1 , -0.5e+3, true, null, "x\"\u0041" ] } "#, #"{"a":{"b":{}},"c":[[],[{}]]}"#,
    ])
    func `what is JSON is taken`(_ text: String) { #expect(JSONObject(text.utf8) != nil) }

    @Test(arguments: [
        "", "[]", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":1} x"#, #"{"a":"\x"}"#,
        #"{"a":"\u12"}"#,
        #"{"a":tru}"#, "{\"a\":\"\n\"}", #"{"a":.5}"#, #"{"a":[1,]}"#, String(repeating: #"{"a":"#, count: 1_000),
    ])
    func `what isn't JSON is refused`(_ text: String) { #expect(JSONObject(text.utf8) == nil) }

    @Test func `members are found and replaced where they stand`() throws {
        let object = try #require(
            JSONObject(#"{"a": "x\u0041", "b":null,"c":{"a":"d"},"e":[{"f":"g"},1],"a":"no"}"#.utf8))
        #expect(object.text("a") == "xA" && object.text("b") == nil && object.object("c")?.text("a") == "d")
        #expect(object.objects("e").map { $0.text("f") } == ["g"])
        let changed = String(decoding: object.replacing(["b": "i\"j", "z": "k"]), as: UTF8.self)
        #expect(changed == #"{"a": "x\u0041", "b":"i\"j","c":{"a":"d"},"e":[{"f":"g"},1],"a":"no"}"#)
    }
}
