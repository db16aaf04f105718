import Domain
import Foundation
import ProviderSimulator
import Testing
import Wire

/// A request that asks what becomes of something in it.
struct FieldProbe: Sendable {
    let surface: FieldSurface
    let upstream: FieldUpstream
    /// A number that no other request of the gateway has.
    let tag: Int
    let body: JSONObject

    /// - Parameter members: in the form of ``RequestField/members``.
    init(_ surface: FieldSurface, _ upstream: FieldUpstream, _ members: [String], tag: Int) throws {
        self.init(surface, upstream, try surface.body(upstream.route, members, tag: tag), tag: tag)
    }

    init(_ surface: FieldSurface, _ upstream: FieldUpstream, _ body: JSONObject, tag: Int) {
        self.surface = surface
        self.upstream = upstream
        self.tag = tag
        self.body = body
    }

    var passes: Bool { upstream.passes.contains(surface.wire) }

    func call(key: String) -> TestCall {
        var call = TestCall(path: surface.path).with(key: key)
        call.body = JSON.object(body).bytes()
        return call
    }
}

/// What became of a probe.
struct ProbeResult: Sendable {
    let reply: TestReply
    /// What reached the upstream: the target, and the body.
    let arrived: String?
    private let tag: Int

    fileprivate init(reply: TestReply, arrived: String?, tag: Int) {
        self.reply = reply
        self.arrived = arrived
        self.tag = tag
    }

    /// Path and query of what arrived.
    var target: Substring? { arrived?.prefix { $0 != "\n" } }

    /// The same for all requests that differ in their numbers only.
    var asked: String? { arrived?.replacing("\(tag)", with: "N") }

    /// The gateway's own error: the member it names, and its words.
    var refusal: (code: String, parameter: String?, message: String)? {
        guard arrived == nil, let error = try? reply.json["error"] else { return nil }
        let code = error["code"] ?? error["details"]?["error_code"]
        return (code?.string ?? "", error["param"]?.string, error["message"]?.string ?? "")
    }
}

extension TestGateway {
    /// Sends probes over kept connections, several at once, and finds what arrived of each.
    func results(of probes: [FieldProbe]) async throws -> [Int: ProbeResult] {
        let laneCount = 8
        let replies = try await withThrowingTaskGroup(of: [(Int, TestReply)].self) { group in
            for lane in 0..<laneCount {
                let own = stride(from: lane, to: probes.count, by: laneCount).map { probes[$0] }
                group.addTask { try await self.replies(to: own) }
            }
            return try await group.reduce(into: [Int: TestReply]()) { all, some in
                for (tag, reply) in some { all[tag] = reply }
            }
        }
        let arrivals = arrivals()
        return Dictionary(
            uniqueKeysWithValues: replies.map { tag, reply in
                (tag, ProbeResult(reply: reply, arrived: arrivals[tag], tag: tag))
            })
    }

    private func replies(to probes: [FieldProbe]) async throws -> [(Int, TestReply)] {
        var replies: [(Int, TestReply)] = []
        var client = try await TestClient.connect(to: self)
        for (index, probe) in probes.enumerated() {
            try await client.send(probe.call(key: keys.main))
            let reply = try await client.reply()
            replies.append((probe.tag, reply))
            // A connection of a test lives half a minute.
            guard !reply.isKeptAlive || index % 100 == 99 else { continue }
            client.leave()
            client = try await TestClient.connect(to: self)
        }
        client.leave()
        return replies
    }

    /// What reached the simulator, by the numbers in it.
    private func arrivals() -> [Int: String] {
        var arrivals: [Int: String] = [:]
        for request in simulator.requests() {
            let body = Self.text(of: request)
            guard let tag = ProbeTags.tag(in: body) else { continue }
            arrivals[tag] = "\(request.path)?\(request.query)\n\(body)"
        }
        return arrivals
    }

    /// A body, also one that Bedrock's CountTokens takes as Base64.
    private static func text(of request: RecordedRequest) -> String {
        guard request.path.hasSuffix("/count-tokens"), let json = try? JSON(parsing: request.body),
            let invoked = json["input"]?["invokeModel"]?["body"]?.string, let body = Data(base64Encoded: invoked)
        else { return String(decoding: request.body, as: UTF8.self) }
        return String(decoding: body, as: UTF8.self)
    }
}

/// Numbers of seven digits, the first of which say that it is such a number.
struct ProbeTags {
    private var last = 7_100_000

    mutating func next() -> Int {
        last += 1
        return last
    }

    static func tag(in text: String) -> Int? {
        var rest = text[...]
        while let start = rest.firstRange(of: "71")?.lowerBound {
            let digits = rest[start...].prefix(8).prefix { $0.isNumber }
            if digits.count == 7 { return Int(digits) }
            rest = rest[start...].dropFirst()
        }
        return nil
    }
}
