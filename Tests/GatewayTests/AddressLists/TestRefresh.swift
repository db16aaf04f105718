import AsyncHTTPClient
import Domain
import Foundation
import Pipeline
import Synchronization
import Testing
import Upstream
import Web

@testable import northern

/// The refresh of AWS's list, which goes on when the test says so, at a clock of its own.
final class TestRefresh: Sendable {
    let lists: AddressLists
    let log = CapturedLog()
    private let clock = TestClock()
    private let pauses: AsyncStream<Timestamp>
    private let goOn: AsyncStream<Void>.Continuation
    private let task: Task<Void, any Error>
    private let count = Count()

    private final class Count: Sendable {
        let value = Mutex(0)
    }

    /// How often what is in force was told to the event loops.
    var publications: Int { count.value.withLock { $0 } }

    /// - Parameters:
    ///   - source: what `egress.aws_addresses` is set to.
    ///   - settings: others.
    init(
        of source: String, in directory: TemporaryDirectory, _ settings: [String: String] = [:],
        mostBytes: Int = 1 << 20, mostTime: Duration = .seconds(60)
    ) async throws {
        let flags = settings.merging(["data_directory": directory.path, "egress.aws_addresses": source]) { $1 }
        let configuration = try GatewayConfiguration(
            await SettingReader(file: nil, flags: flags, environment: [:]))
        var route = TestRoute("local/listed-ca", .compatible, port: 1)
        route.egress = EgressRule(mode: .enforce, proof: .regional(.aws))
        lists = try AddressLists.configured(
            configuration, for: [try route.binding().binding.route], at: clock.now())
        let (pauses, paused) = AsyncStream.makeStream(of: Timestamp.self)
        let (signals, goOn) = AsyncStream.makeStream(of: Void.self)
        self.pauses = pauses
        self.goOn = goOn
        task = Task { [lists, log, clock, count] in
            try await HTTPClient.withHTTPClient(configuration: AddressListDownload.clientConfiguration) { client in
                let means = AddressListRefresh.Means(
                    dataDirectory: directory.path,
                    download: AddressListDownload(client, mostBytes: mostBytes, mostTime: mostTime),
                    publish: { _ in count.value.withLock { $0 += 1 } }, clock: clock.now,
                    pause: { end in
                        paused.yield(end)
                        for await _ in signals { return }
                        throw CancellationError()
                    }, chance: { 0 })
                let source = try #require(configuration.addressLists[.aws])
                try await AddressListRefresh(
                    publisher: .aws, source: source, lists: lists, means: means, logger: log.logger
                ).run()
            }
        }
    }

    /// Waits until there is nothing to do for a while.
    ///
    /// - Returns: for how many minutes.
    @discardableResult
    func isWaiting() async throws -> Int64 {
        for await end in pauses { return (end.seconds - clock.now().seconds + 30) / 60 }
        throw CancellationError()
    }

    /// Time passes, the refresh has its turn, and waits again.
    @discardableResult
    func turn(afterMinutes minutes: Int64) async throws -> Int64 {
        clock.pass(seconds: minutes * 60 + 5)
        goOn.yield()
        return try await isWaiting()
    }

    func status() async throws -> AddressListStatus {
        try #require(await lists.addressLists(at: clock.now()).first)
    }

    /// Ends it, and waits until it has let go of its client.
    func stop() async {
        task.cancel()
        _ = await task.result
    }
}

/// A file of AWS's, of the time of the tests.
enum AWSFile {
    /// - Parameters:
    ///   - counts: how many prefixes each region has. `montreal-1` is the one that a route is in.
    ///   - day: after the beginning of the tests' clock.
    static func text(_ counts: [String: Int], day: Int64 = 0) -> String {
        let prefixes = counts.sorted { $0.key < $1.key }.enumerated().flatMap { index, region in
            (0..<region.value).map {
                #"{"ip_prefix":"198.\#(index).\#($0).0/24","region":"\#(region.key)","network_border_group":"\#(region.key)"}"#
            }
        }
        return #"""
            {"syncToken":"\#(version(day))","prefixes":[\#(prefixes.joined(separator: ","))],
             "ipv6_prefixes":[{"ipv6_prefix":"2001:db8::/32","region":"r","network_border_group":"r"}]}
            """#
    }

    static func version(_ day: Int64) -> String { String(TestClock.start.adding(seconds: day * 86_400).seconds) }
}

extension RawUpstream.Action {
    /// The last reply of its connection.
    static func last(_ status: String, _ fields: [String] = [], _ body: String = "") -> RawUpstream.Action {
        let head = ["HTTP/1.1 \(status)", "connection: close"] + fields
        return .replyAndClose(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    }
}
