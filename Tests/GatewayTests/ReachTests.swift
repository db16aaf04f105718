import Domain
import NIOCore
import NIOPosix
import NIOSSL
import Pipeline
import Testing
import Upstream

/// Endpoints that are looked at before anything is sent to them.
@Suite struct ReachTests {
    private static let now = TestClock.start

    /// - Parameters:
    ///   - answers: the addresses of every host.
    ///   - trusted: who vouches for certificates; nil: the system's.
    private func reach(
        port: Int, host: String = "model.test", isTLS: Bool = true, rule: EgressRule = EgressRule(mode: .observe),
        answers: [String] = ["127.0.0.1"], trusted: NIOSSLCertificate? = try? TLSUpstream.certificate,
        timeout: TimeAmount = .seconds(20)
    ) async throws -> EndpointReach {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let trusted { configuration.trustRoots = .certificates([trusted]) }
        let context = try NIOSSLContext(configuration: configuration)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        return try await loop.flatSubmit {
            let client = UpstreamClient(
                eventLoop: loop, tls: context, timeouts: UpstreamClient.Timeouts(connect: timeout),
                resolver: ScriptedResolver([answers]), clock: { Self.now })
            do {
                var route = TestRoute("local/reached-ca", .compatible, port: port)
                route.host = host
                route.isTLS = isTLS
                route.egress = rule
                let bound = try route.binding().binding.route
                return client.reach(bound, at: bound.endpoint)
            } catch {
                return loop.makeFailedFuture(error)
            }
        }.get()
    }

    private func rule(_ mode: EgressMode, declared: String) throws -> EgressRule {
        EgressRule(mode: mode, declaredAddresses: [try #require(IPPrefix(declared))])
    }

    /// A server with a certificate while something is done with it.
    private func withServer(_ body: (TLSUpstream) async throws -> Void) async throws {
        let server = try await TLSUpstream.start()
        try await body(server)
        try await server.stop()
    }

    @Test func `an endpoint is connected to with TLS, and is sent nothing`() async throws {
        try await withServer { server in
            let reach = try await reach(port: server.port, rule: rule(.enforce, declared: "127.0.0.0/8"))
            guard case .connected(let connection) = reach.outcome else {
                Issue.record("\(reach.outcome)")
                return
            }
            #expect(connection.address.text == "127.0.0.1:\(server.port)" && connection.tlsVersion == "1.3")
            #expect(connection.address.finding?.result == .match)
            #expect(connection.certificate == (try TLSUpstream.fingerprint))
            try await eventually("the server has seen a handshake") { server.handshakes == 1 }
            #expect(server.receivedBytes == 0)
        }
    }

    @Test func `without TLS there is a connection, and no certificate`() async throws {
        let server = try await RawUpstream.start([])
        let reach = try await reach(port: server.port, isTLS: false)
        guard case .connected(let connection) = reach.outcome else {
            Issue.record("\(reach.outcome)")
            return
        }
        #expect(connection.tlsVersion == nil && connection.certificate == nil && server.requests.isEmpty)
        try await server.stop()
    }

    @Test(arguments: [["192.0.2.1"], ["127.0.0.1", "192.0.2.1"]])
    func `where a route enforces, one address that isn't permitted is told, and none is connected to`(
        answers: [String]
    ) async throws {
        try await withServer { server in
            let reach = try await reach(
                port: server.port, rule: rule(.enforce, declared: "127.0.0.0/8"), answers: answers)
            guard case .refused(let address) = reach.outcome else {
                Issue.record("\(reach.outcome)")
                return
            }
            #expect(address.text == "192.0.2.1:\(server.port)" && address.finding?.result == .mismatch)
            #expect(reach.addresses.count == answers.count && server.handshakes == 0)
        }
    }

    @Test(arguments: [EgressMode.observe, .off])
    func `where a route only observes, an address of another region is told, and connected to`(
        mode: EgressMode
    ) async throws {
        try await withServer { server in
            let reach = try await reach(port: server.port, rule: rule(mode, declared: "192.0.2.0/24"))
            guard case .connected(let connection) = reach.outcome else {
                Issue.record("\(reach.outcome)")
                return
            }
            #expect(connection.address.finding?.result == .mismatch && reach.addresses == [connection.address])
        }
    }

    @Test func `a certificate that nobody trusts, or of another name, is no connection`() async throws {
        try await withServer { server in
            let untrusted = try await reach(port: server.port, trusted: nil)
            #expect(untrusted.failure == "has a certificate that isn't trusted")
            let other = try await reach(port: server.port, host: "other.test")
            #expect(other.failure == "has a certificate that isn't one for its name")
            #expect(server.receivedBytes == 0)
        }
    }

    @Test func `who isn't there, has no address, or says nothing is told apart`() async throws {
        #expect(try await reach(port: 1).failure == "can't be connected to")
        #expect(try await reach(port: 1, answers: []).failure == "has no address")
        let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(silent.localAddress?.port)
        #expect(try await reach(port: port, timeout: .milliseconds(200)).failure == "didn't answer in time")
        try await silent.close()
        let plain = try await RawUpstream.start([[.reply(Array("no TLS\r\n".utf8))]])
        #expect(try await reach(port: plain.port, timeout: .milliseconds(500)).failure != nil)
        try await plain.stop()
    }

    @Test func `the next address is tried where the first doesn't answer`() async throws {
        try await withServer { server in
            // Nobody listens on the other one.
            let reach = try await reach(port: server.port, answers: ["127.0.0.2", "127.0.0.1"])
            #expect(reach.failure == nil && reach.addresses.count == 2)
        }
    }
}

extension EndpointReach {
    fileprivate var failure: String? { if case .failed(let reason) = outcome { reason } else { nil } }
}
