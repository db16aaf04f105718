import Domain
import Foundation
import Testing

@testable import Storage

/// A database of a test's own.
enum TestDatabase: Sendable {
    case sqlite
    case postgres(PostgresURL)

    @TaskLocal static var current = TestDatabase.sqlite

    /// Of an empty database on a server on which more may be made: see `scripts/postgres`.
    static let server = ProcessInfo.processInfo.environment["NORTHERN_TEST_POSTGRES"]

    /// A database with all tables, which those of the tests are copies of.
    private static let template = Result {
        let name = "northern_template_\(ProcessInfo.processInfo.processIdentifier)"
        try admin("CREATE DATABASE \(name)")
        _ = try Store(postgres: url(of: name), directory: TemporaryDirectory().path)
        return name
    }

    static func withPostgres(_ work: @Sendable @concurrent () async throws -> Void) async throws {
        let name = "northern_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try admin("CREATE DATABASE \(name) TEMPLATE \(template.get())")
        let result: Result<Void, any Error>
        do {
            result = .success(try await $current.withValue(.postgres(url(of: name)), operation: work))
        } catch {
            result = .failure(error)
        }
        try admin("DROP DATABASE \(name) WITH (FORCE)")
        try result.get()
    }

    static func url(of database: String) throws -> PostgresURL {
        try PostgresURL((server ?? "").replacingOccurrences(of: "/northern?", with: "/\(database)?"))
    }

    private static func admin(_ sql: String) throws {
        try PostgresPool(url(of: "northern")).use { try $0.execute(sql: sql) }
    }
}

extension Store {
    /// A store on the database of the test at hand; its secrets are in the directory.
    convenience init(
        _ directory: TemporaryDirectory, patience: Duration = .seconds(5), passwordCost: PasswordCost = .usual,
        clock: @escaping @Sendable () -> Timestamp = Store.systemClock
    ) throws {
        switch TestDatabase.current {
        case .sqlite:
            try self.init(path: directory.database, patience: patience, passwordCost: passwordCost, clock: clock)
        case .postgres(let url):
            try self.init(postgres: url, directory: directory.path, passwordCost: passwordCost, clock: clock)
        }
    }
}

/// What every store does: each test runs once with SQLite, and once more with PostgreSQL where there is a server.
struct EveryDatabase: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await function()
        guard TestDatabase.server != nil, !test.traits.contains(where: { $0 is SQLiteAlone }) else { return }
        try await TestDatabase.withPostgres(function)
    }
}

/// What is so with SQLite's files alone.
struct SQLiteAlone: TestTrait {}

extension Trait where Self == EveryDatabase {
    static var onEveryDatabase: Self { Self() }
}

extension Trait where Self == SQLiteAlone {
    static var onSQLiteAlone: Self { Self() }
}
