import Domain
import Foundation
import Logging
import NIOCore
import NIOPosix
import Storage
import Synchronization
import Testing

@testable import Web

/// A clock that goes on when it is told to.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(seconds: 1_795_413_600))

    var now: Timestamp { time.withLock { $0 } }
    func pass(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// A directory that is there as long as somebody holds it.
final class Folder: Sendable {
    let path = NSTemporaryDirectory() + "northern-people-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct NoRoutes: CatalogReader {
    func routes() -> [Route] { [] }
}

/// A portal over a store of its own, as long as one test.
struct House: Sendable {
    let store: Store
    let clock = TestClock()
    let keys = KeyBook()
    let credentials: CredentialBook
    var usage = FixedUsage()
    var records = FixedRecords()
    private let folder = Folder()
    var directory: String { folder.path }
    let log = LogCopy()
    let socket: SocketAddress
    private let socketPath: String

    init() throws {
        store = try Store(
            path: folder.path + "/northern.sqlite", passwordCost: PasswordCost(rounds: 16, blockSize: 1, parallelism: 1)
        )
        credentials = try CredentialBook(store)
        socketPath = "/tmp/ni-people-\(UUID().uuidString.prefix(8)).sock"
        socket = try SocketAddress(unixDomainSocketPath: socketPath)
    }

    /// The routes that the pages of the administration know.
    var catalog = FixedCatalog(all: [])
    /// What the pages of the administration show; nil: nothing but changes.
    var administration: PortalAdministration?

    /// The portal with all of its parts.
    var portal: Portal {
        let administration =
            administration
            ?? PortalAdministration(
                piiAudit: FixedPIIAudit(), adminAudit: StoreAudit(store: store), drifts: FixedDrifts(),
                health: FixedHealth(), catalog: catalog, credentials: credentials,
                money: MoneyPorts(store), usage: usage)
        return Portal(
            people: store, keys: keys, records: records, catalog: NoRoutes(), administration: administration,
            clock: { [clock] in clock.now })
    }

    func serve(_ work: @Sendable @escaping (House) async throws -> Void) async throws {
        var logger = Logger(label: "portal") { [log] _ in log }
        logger.logLevel = .trace
        let plane = ControlPlane(catalog: NoRoutes(), portal: portal, logger: logger)
        defer {
            try? FileManager.default.removeItem(atPath: socketPath)
        }
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [socketPath] in try await plane.run(socketPath: socketPath) { signal.yield() } }
            _ = await ready.first { true }
            try await work(self)
            group.cancelAll()
        }
    }

    static let password = Password("canary-horse-battery")

    /// A member, made as people are: by an invitation.
    func member(_ name: String, _ role: Role, of organization: OrganizationID = .default) async throws -> User {
        let email = try #require(EmailAddress("\(name)@example.test"))
        let (_, token) = try store.invite(email, to: organization, as: role, at: clock.now)
        return try await store.accept(token, name: name, language: .english, Self.password, at: clock.now).user
    }

    /// A browser that is signed in; without the form, so that a test takes no time over passwords.
    func browser(of user: User, in organization: OrganizationID? = nil) throws -> Browser {
        let browser = Browser(self)
        browser.cookies = ["ni_session": try store.startSession(user.id, in: organization, at: clock.now).text]
        return browser
    }

    /// Every byte of every file.
    func storedBytes() throws -> Data {
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
        return names.reduce(into: Data()) { $0 += FileManager.default.contents(atPath: directory + "/" + $1) ?? Data() }
    }
}

/// Everything that was logged.
final class LogCopy: LogHandler, Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0 += "\(event.message) \(event.metadata ?? [:])\n" }
    }
}

/// Keeps cookies, and sends forms with the token that it was given with the last page.
final class Browser: @unchecked Sendable {  // Only its own test uses it, one request after the other.
    let house: House
    var cookies: [String: String] = [:]
    var csrf = ""
    var address = "203.0.113.7"

    init(_ house: House) { self.house = house }

    struct Reply {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: String

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    @discardableResult
    func get(_ path: String, _ fields: [String: String] = [:]) async throws -> Reply {
        let reply = try await send("GET", path, fields, "")
        if let range = reply.body.firstRange(of: "name=\"csrf\" value=\"") {
            csrf = String(reply.body[range.upperBound...].prefix { $0 != "\"" })
        }
        return reply
    }

    @discardableResult
    func post(
        _ path: String, _ form: [String: String] = [:], _ fields: [String: String] = [:]
    ) async throws -> Reply {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-_.")
        let body = form.merging(["csrf": csrf]) { own, _ in own }.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
        return try await send("POST", path, fields, body)
    }

    func send(_ method: String, _ path: String, _ fields: [String: String], _ body: String) async throws -> Reply {
        try await send(method, path, fields, Array(body.utf8))
    }

    func send(_ method: String, _ path: String, _ fields: [String: String], _ body: [UInt8]) async throws -> Reply {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: house.socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        var all = ["host": "gateway.test", "accept": "text/html", "x-ni-client-address": address]
        if !cookies.isEmpty { all["cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        all.merge(fields) { _, new in new }
        let lines = all.map { "\($0.key): \($0.value)\r\n" }.joined()
        let request =
            "\(method) \(path) HTTP/1.1\r\nconnection: close\r\n\(lines)content-length: \(body.count)\r\n\r\n"
        let text = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: Array(request.utf8) + body))
            var reply = ByteBuffer()
            for try await part in inbound { reply.writeImmutableBuffer(part) }
            return String(buffer: reply)
        }
        let reply = try Reply(reading: text)
        for (name, value) in reply.headers where name == "set-cookie" { keep(value) }
        return reply
    }

    private func keep(_ field: String) {
        let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
        cookies[pair[0]] = field.contains("Max-Age=0") ? nil : pair.count == 2 ? pair[1] : ""
    }
}

extension Browser.Reply {
    init(reading text: String) throws {
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
        }
        body = String(text[end.upperBound...])
    }
}
