import Foundation
import Gateway
import ProviderSimulator
import Testing
import Wire

/// Requests with canaries in them, each of which has a number of its own.
struct CanaryRequests {
    struct Request {
        /// What the canary is in.
        let subject: String
        let way: CanaryWay
        let canary: Canary
        let call: TestCall

        var name: String { "\(subject), \(way)" }
    }

    private let key: String
    private(set) var all: [Request] = []

    init(key: String) { self.key = key }

    mutating func add(_ subject: String, _ way: CanaryWay, call: (Canary) -> TestCall) {
        let canary = Canary(number: all.count)
        all.append(Request(subject: subject, way: way, canary: canary, call: call(canary).with(key: key)))
    }

    mutating func add(_ subject: String, _ way: CanaryWay, body: (Canary) -> JSONObject) {
        add(subject, way, call: { way.call(body($0)) })
    }
}

/// What a gateway has said and kept in the course of some requests.
struct CanaryEvidence {
    struct Finding {
        let request: CanaryRequests.Request
        let reply: TestReply
        let record: JSON
        /// Whether the canary reached the upstream.
        let hasArrived: Bool

        /// Whether nothing left the gateway: then all words are its own.
        var isRefused: Bool { record["attempts"]?.array?.isEmpty == true }
    }

    private(set) var findings: [Finding] = []
    let upstreamRequests: [RecordedRequest]
    /// All that was logged, line by line.
    let log: [String]
    /// What an operator is told.
    let counters: String
    /// Every byte of the journal and the store.
    let files: Data

    /// Sends the requests, and takes down everything that comes of them.
    init(of requests: CanaryRequests, to gateway: TestGateway) async throws {
        let replies = try await gateway.replies(to: requests.all.map(\.call))
        let records = try await gateway.replies(
            to: replies.map { .get("/api/usage/custody/\($0.requestID)", key: gateway.keys.main) })
        upstreamRequests = gateway.simulator.requests()
        log = gateway.log.lines.map(\.text)
        let sums = try await gateway.server.counters()
        counters = "\(sums)"
        files = try gateway.directory.allBytes()
        let arrived = upstreamRequests.reduce(into: Set<Canary>()) { $0.formUnion(Canary.all(in: $1.body)) }
        for (index, request) in requests.all.enumerated() {
            findings.append(
                Finding(
                    request: request, reply: replies[index], record: try records[index].json,
                    hasArrived: arrived.contains(request.canary)))
        }
        // Each request has left its traces, so that there is something to search.
        #expect(records.allSatisfy { $0.status == 200 })
        #expect(log.count >= requests.all.count && files.count > 500 * requests.all.count)
    }

    /// Where canaries are that must not be there, whoever wrote them.
    var leaks: [String] {
        var leaks = log.filter { Canary.isAny(in: $0) }.map { "the log: \($0)" }
        if Canary.isAny(in: counters) { leaks.append("the counters: \(counters)") }
        if Canary.isAny(in: files) { leaks.append("a file") }
        for finding in findings {
            let record = finding.record.text()
            if Canary.isAny(in: record) { leaks.append("a record: \(finding.request.name): \(record)") }
            let fields = finding.reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            if Canary.isAny(in: fields) { leaks.append("a header field: \(finding.request.name): \(fields)") }
        }
        return leaks
    }
}

extension TestGateway {
    /// Sends calls over kept connections, several at once. The replies are in the order of the calls.
    fileprivate func replies(to calls: [TestCall]) async throws -> [TestReply] {
        let laneCount = 8
        let replies = try await withThrowingTaskGroup(of: [Int: TestReply].self) { group in
            for lane in 0..<laneCount {
                group.addTask { try await self.replies(to: calls, from: lane, by: laneCount) }
            }
            return try await group.reduce(into: [Int: TestReply]()) { $0.merge($1) { reply, _ in reply } }
        }
        return try calls.indices.map { try #require(replies[$0]) }
    }

    private func replies(to calls: [TestCall], from first: Int, by step: Int) async throws -> [Int: TestReply] {
        var replies: [Int: TestReply] = [:]
        var client = try await TestClient.connect(to: self)
        for (turn, index) in stride(from: first, to: calls.count, by: step).enumerated() {
            try await client.send(calls[index])
            let reply = try await client.reply()
            replies[index] = reply
            // A connection of a test lives two minutes.
            guard !reply.isKeptAlive || turn % 100 == 99 else { continue }
            client.leave()
            client = try await TestClient.connect(to: self)
        }
        client.leave()
        return replies
    }
}
