import Domain
import NIOCore
import Testing

/// The gateway on its callers' side, held against what RFC 9112 and RFC 9110 ask of a server, case by case.
///
/// The cases are in the lists beside this file. Each is sent on a connection of its own, with a real gateway and a
/// provider behind it: what the provider has received counts as much as what is answered.
@Suite(.gateway { $0.bodyLimit = 100_000 }) struct ConformanceTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test(arguments: ConformanceCase.groups)
    func `the gateway does what the standard asks of it`(group: String) async throws {
        for one in try ConformanceCase.cases(of: group) {
            do {
                try await run(one)
            } catch {
                Issue.record("\(group): \(one.testDescription): \(error)")
            }
        }
    }

    @Test func `there are more than two hundred cases, and most are of what a server must do`() throws {
        let all = try ConformanceCase.groups.flatMap(ConformanceCase.cases)
        #expect(all.count > 200)
        #expect(all.count { $0.level == .must } > all.count / 2)
        #expect(Set(all.map { "\($0.section)\($0.name)" }).count > all.count * 9 / 10)
    }

    private func run(_ one: ConformanceCase) async throws {
        let tag = gateway.tag()
        let text = ConformanceText(gateway, tag: tag)
        // A case that goes wrong may wait for what never comes.
        let client = try await TestClient.connect(to: gateway, patience: .seconds(30))
        defer { client.leave() }
        var pending = one.send.map { $0 }[...]
        client.trySending(try text.bytes(of: pending.removeFirst()))
        let expected = one.eachIsAReply ? one.statuses.map { [$0] } : one.statuses.isEmpty ? [] : [one.statuses]
        var last: TestReply?
        for statuses in expected {
            let reply = try await client.reply(hasBody: !one.isBodiless)
            #expect(statuses.contains(reply.status), "\(one.testDescription): \(reply.status)")
            check(reply, one)
            last = reply
            if !pending.isEmpty { client.trySending(try text.bytes(of: pending.removeFirst())) }
        }
        if let last { checkFields(of: last, one) }
        try await checkEnd(of: client, one)
        let received = gateway.upstreamRequests(with: tag).count
        #expect(received == one.upstream, "\(one.testDescription): the provider got \(received) requests")
    }

    private func check(_ reply: TestReply, _ one: ConformanceCase) {
        guard let never = one.never else { return }
        let holds = reply.text.contains(never) || reply.headers.contains { $0.value.contains(never) }
        #expect(!holds, "\(one.testDescription): the reply holds what it never may")
    }

    private func checkFields(of reply: TestReply, _ one: ConformanceCase) {
        for (name, value) in one.fields { #expect(reply[name] == value, "\(one.testDescription)") }
        for name in one.present { #expect(reply[name] != nil, "\(one.testDescription): no '\(name)'") }
        for name in one.absent { #expect(reply[name] == nil, "\(one.testDescription): '\(name)'") }
    }

    private func checkEnd(of client: TestClient, _ one: ConformanceCase) async throws {
        switch one.end {
        case .open:
            try await client.send(.get("/v1/models/\(TestRoute.retired)", key: gateway.keys.main))
            #expect(try await client.reply().status == 410, "\(one.testDescription): the connection is of no use")
        case .close: #expect(try await client.untilEnd() == "", "\(one.testDescription): bytes behind the reply")
        case .any: break
        case .leaves:
            // It is answered by the same loops, after what has come of the incomplete one.
            client.leave()
            _ = try await gateway.reply(to: .get("/v1/models", key: gateway.keys.main))
        }
    }
}
