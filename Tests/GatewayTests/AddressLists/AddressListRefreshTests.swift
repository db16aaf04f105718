import Domain
import Foundation
import Logging
import Testing
import Web

@testable import northern

/// Lists of addresses that keep themselves as new as their sources, over real HTTP.
@Suite struct AddressListRefreshTests {
    private let directory = TemporaryDirectory()
    private let first = AWSFile.text(["montreal-1": 10, "elsewhere": 10])
    private let firstVersion = AWSFile.version(0)
    private let aDay: Int64 = 24 * 60

    private func withSource(
        _ replies: [RawUpstream.Action], _ body: (RawUpstream, _ url: String) async throws -> Void
    ) async throws {
        let source = try await RawUpstream.start(replies.map { [$0] })
        try await body(source, "http://127.0.0.1:\(source.port)/aws.json")
        try await source.stop()
    }

    private func withRefresh(
        of source: String, _ settings: [String: String] = [:], mostBytes: Int = 1 << 20,
        mostTime: Duration = .seconds(60), _ body: (TestRefresh) async throws -> Void
    ) async throws {
        let refresh = try await TestRefresh(
            of: source, in: directory, settings, mostBytes: mostBytes, mostTime: mostTime)
        do { try await body(refresh) } catch {
            await refresh.stop()
            throw error
        }
        await refresh.stop()
    }

    private func request(_ number: Int, to source: RawUpstream) throws -> String {
        let requests = source.requests
        return String(decoding: try #require(requests.indices.contains(number) ? requests[number] : nil), as: UTF8.self)
            .lowercased()
    }

    // MARK: Elsewhere

    @Test func `a list is asked for at once, and a day later only for what has changed`() async throws {
        let fields = [#"etag: "one""#, "last-modified: Mon, 23 Nov 2026 05:00:00 GMT"]
        try await withSource([.last("200 OK", fields, first), .last("304 Not Modified")]) { source, url in
            try await withRefresh(of: url) { refresh in
                #expect(try await refresh.isWaiting() == aDay)
                let status = try await refresh.status()
                #expect(status.state == .inForce && status.version == firstVersion && refresh.publications == 1)
                #expect(status.sha256 == sha256Text(of: Array(first.utf8)))
                #expect(!(try request(0, to: source).contains("if-")))
                let copy = directory.path + "/address-lists/aws.json"
                #expect(try String(contentsOfFile: copy, encoding: .utf8) == first)
                let rights = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
                #expect(rights == 0o600)

                #expect(try await refresh.turn(afterMinutes: aDay) == aDay)
                let asked = try request(1, to: source)
                #expect(asked.contains(#"if-none-match: "one""#))
                #expect(asked.contains("if-modified-since: mon, 23 nov 2026 05:00:00 gmt"))
                let later = try await refresh.status()
                #expect(try #require(later.fetchedAt) > (try #require(status.fetchedAt)))
                #expect(later.version == firstVersion && later.problem == nil && refresh.publications == 1)
            }
        }
    }

    @Test func `a newer list is in force at once`() async throws {
        let newer = AWSFile.text(["montreal-1": 9, "elsewhere": 1], day: 1)
        try await withSource([.last("200 OK", [], first), .last("200 OK", [], newer)]) { _, url in
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                try await refresh.turn(afterMinutes: aDay)
                #expect(try await refresh.status().version == AWSFile.version(1))
                #expect(refresh.publications == 2)
            }
        }
    }

    @Test(arguments: [
        (RawUpstream.Action.last("404 Not Found"), "status 404"),
        (.last("302 Found", ["location: http://127.0.0.1:1/elsewhere"]), "which isn't followed"),
        (.last("500 Internal Server Error", [], "canary"), "status 500"),
        (.last("200 OK", [], "<html>canary</html>"), "isn't JSON"),
        (.last("200 OK", [], #"{"syncToken":"1","prefixes":[],"ipv6_prefixes":[]}"#), "prefixes is empty"),
        (.last("200 OK", [], String(repeating: " ", count: 4_000)), "longer than 3000 bytes"),
        (.last("200 OK", ["content-length: 4000"], "{"), "or it broke"),
        (.close, "didn't answer as it should"),
    ])
    func `what is no list leaves the last good one in force, and it's asked for again in a minute`(
        reply: RawUpstream.Action, problem: String
    ) async throws {
        try await withSource([.last("200 OK", [], first), reply, reply]) { source, url in
            try await withRefresh(of: url, mostBytes: 3_000) { refresh in
                try await refresh.isWaiting()
                #expect(try await refresh.turn(afterMinutes: aDay) == 1)
                #expect(try await refresh.turn(afterMinutes: 1) == 2)
                let status = try await refresh.status()
                #expect(status.state == .inForce && status.version == firstVersion && refresh.publications == 1)
                #expect(status.problem?.contains(problem) == true, "\(status.problem ?? "none")")
                let line = try #require(refresh.log.lines.last { $0.level == .warning })
                #expect(line.message.contains("is used on") && !line.text.contains("canary"))
            }
        }
    }

    @Test func `a source that never comes to an end is left after a while`() async throws {
        let endless = Array("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".utf8)
        try await withSource([.reply(endless)]) { _, url in
            try await withRefresh(of: url, mostTime: .milliseconds(300)) { refresh in
                #expect(try await refresh.isWaiting() == 1)
                let status = try await refresh.status()
                #expect(status.state == .missing && status.problem?.contains("longer than") == true)
            }
        }
    }

    // MARK: Losses

    @Test func `a list that takes a fifth of a route's region is held back, and the log says what to do`() async throws
    {
        let poorer = AWSFile.text(["montreal-1": 7, "elsewhere": 10], day: 1)
        let better = AWSFile.text(["montreal-1": 11, "elsewhere": 10], day: 2)
        let replies = [first, poorer, better].map { RawUpstream.Action.last("200 OK", [], $0) }
        try await withSource(replies) { _, url in
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                #expect(try await refresh.turn(afterMinutes: aDay) == aDay)
                let status = try await refresh.status()
                #expect(status.state == .heldBack && status.version == firstVersion && refresh.publications == 1)
                #expect(status.heldBackVersion == AWSFile.version(1))
                #expect(status.losses == [.init(region: "montreal-1", before: 10, after: 7)])
                let line = try #require(refresh.log.lines.last { $0.level == .warning })
                #expect(line.metadata["losses"]?.contains("montreal-1: 7 of 10") == true)
                let copy = "\(directory.path)/address-lists/aws.json"
                #expect(line.metadata["hint"]?.contains("remove '\(copy)' and start again") == true)

                try await refresh.turn(afterMinutes: aDay)
                let later = try await refresh.status()
                #expect(later.state == .inForce && later.version == AWSFile.version(2) && later.losses.isEmpty)
            }
        }
    }

    @Test func `a list that is held back is so after a restart, until the old copy is removed`() async throws {
        let poorer = AWSFile.text(["montreal-1": 2, "elsewhere": 10], day: 1)
        let replies = [first, poorer, poorer, poorer].map { RawUpstream.Action.last("200 OK", [], $0) }
        try await withSource(replies) { _, url in
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                try await refresh.turn(afterMinutes: aDay)
            }
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                #expect(try await refresh.status().state == .heldBack)
            }
            try FileManager.default.removeItem(atPath: directory.path + "/address-lists/aws.json")
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                #expect(try await refresh.status().version == AWSFile.version(1))
            }
        }
    }

    @Test func `who accepts losses has the newer list`() async throws {
        let poorer = AWSFile.text(["montreal-1": 1], day: 1)
        try await withSource([.last("200 OK", [], first), .last("200 OK", [], poorer)]) { _, url in
            try await withRefresh(of: url, ["egress.accept_losses": "true"]) { refresh in
                try await refresh.isWaiting()
                try await refresh.turn(afterMinutes: aDay)
                #expect(try await refresh.status().version == AWSFile.version(1))
            }
        }
    }

    @Test func `a list that is held back lets the one in force grow too old`() async throws {
        let poorer = AWSFile.text(["montreal-1": 1], day: 14)
        try await withSource([.last("200 OK", [], first), .last("200 OK", [], poorer)]) { _, url in
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                try await refresh.turn(afterMinutes: 15 * aDay)
                let status = try await refresh.status()
                #expect(status.state == .stale && status.heldBackVersion == AWSFile.version(14))
            }
        }
    }

    // MARK: Restarts

    @Test func `after a restart the copy serves with its own age until the source answers`() async throws {
        try await withSource([.last("200 OK", [#"etag: "one""#], first)]) { _, url in
            try await withRefresh(of: url) { try await $0.isWaiting() }
            let seen = try await TestRefresh(of: url, in: directory)
            let status = try await seen.status()
            #expect(status.state == .inForce && status.version == firstVersion)
            #expect(try #require(status.fetchedAt) >= TestClock.start)
            await seen.stop()
        }
    }

    @Test(arguments: ["aws.json", "aws.json.note"])
    func `a copy that is damaged, or is another URL's, isn't gone by`(file: String) async throws {
        try await withSource([.last("200 OK", [], first)]) { _, url in
            try await withRefresh(of: url) { try await $0.isWaiting() }
            try await withRefresh(of: "http://127.0.0.1:1/aws.json") { refresh in
                try await refresh.isWaiting()
                #expect(try await refresh.status().state == .missing)
            }
            let path = directory.path + "/address-lists/" + file
            try Data(try Data(contentsOf: URL(filePath: path)).dropLast(40)).write(to: URL(filePath: path))
            try await withRefresh(of: url) { refresh in
                try await refresh.isWaiting()
                #expect(try await refresh.status().state == .missing)
                #expect(refresh.log.lines.contains { $0.message.hasPrefix("There is no list of addresses") })
            }
        }
    }

    // MARK: Files

    @Test func `a file is read again when it has changed, and not before`() async throws {
        let path = directory.path + "/own.json"
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
        try write(first)
        try await withRefresh(of: path) { refresh in
            #expect(try await refresh.isWaiting() == 1)
            #expect(try await refresh.turn(afterMinutes: 1) == 1)
            #expect(refresh.publications == 0)

            try write("{")
            try await refresh.turn(afterMinutes: 1)
            try await refresh.turn(afterMinutes: 1)
            let broken = try await refresh.status()
            #expect(broken.state == .inForce && broken.version == firstVersion && broken.problem != nil)
            #expect(refresh.log.lines.filter { $0.level == .warning }.count == 1)

            try write(AWSFile.text(["montreal-1": 10], day: 1))
            try await refresh.turn(afterMinutes: 1)
            let mended = try await refresh.status()
            #expect(mended.version == AWSFile.version(1) && mended.problem == nil && refresh.publications == 1)

            try FileManager.default.removeItem(atPath: path)
            try await refresh.turn(afterMinutes: 1)
            #expect(try await refresh.status().version == AWSFile.version(1))
        }
    }

    @Test func `a file that isn't there, or is no list, ends the start`() async throws {
        await #expect(throws: ConfigurationError.self) { try await TestRefresh(of: "/no/such/file", in: directory) }
    }

    // MARK: Where from

    @Test func `a source whose certificate nobody trusts is believed nothing`() async throws {
        let server = try await TLSUpstream.start()
        try await withRefresh(of: "https://127.0.0.1:\(server.port)/aws.json") { refresh in
            let minutes = try await refresh.isWaiting()
            #expect(minutes == 1)
            #expect(try await refresh.status().problem == "Its certificate isn't trusted, or isn't one for its name.")
            #expect(server.receivedBytes == 0)
        }
        try await server.stop()
    }

    @Test(arguments: [
        "http://lists.test/aws.json", "https://user:canary@lists.test/", "https://lists.test/?canary",
        "ftp://lists.test/",
    ])
    func `a list that anybody on the way could write isn't asked for`(url: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) { try await TestRefresh(of: url, in: directory) }
        #expect(error?.description.contains("https URL") == true)
        #expect(error?.description.contains("canary") == false)
    }
}
