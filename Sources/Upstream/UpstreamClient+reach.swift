public import Domain
public import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Looking at an endpoint before anything is sent to it.
extension UpstreamClient {
    /// Connects to a route's endpoint as a request would, to an address that the route permits or to none, and sends
    /// nothing. What a key demands beyond the route isn't looked at.
    public func reach(_ route: Route) -> EventLoopFuture<EndpointReach> { reach(route.endpoint, of: route) }

    /// The same for an endpoint that is no route's, such as a token service's, of whose addresses nothing is known.
    public func reach(_ endpoint: Endpoint) -> EventLoopFuture<EndpointReach> { reach(endpoint, of: nil) }

    private func reach(_ endpoint: Endpoint, of route: Route?) -> EventLoopFuture<EndpointReach> {
        let search = EndpointSearch(endpoint, of: route, through: self)
        search.start()
        return search.promise.futureResult
    }
}

/// What came of reaching an endpoint.
public struct EndpointReach: Sendable {
    /// All addresses of its host, in the order in which they are tried.
    public let addresses: [Address]
    public let outcome: Outcome

    public struct Address: Hashable, Sendable {
        /// With the port, such as `192.0.2.1:443`.
        public let text: String
        /// What it says about where the endpoint is; nil where no route says where that should be.
        public let finding: AddressFinding?
    }

    public enum Outcome: Sendable {
        case connected(Connection)
        /// The route forbids to send anything there.
        case refused(Address)
        /// The text is the end of a sentence that begins with the host.
        case failed(String)
    }

    public struct Connection: Sendable {
        public let address: Address
        /// Such as `1.3`; nil without TLS.
        public let tlsVersion: String?
        /// The peer's own, in DER; nil without TLS.
        public let certificate: [UInt8]?
    }
}

/// One endpoint being reached. Used on its event loop only.
private final class EndpointSearch {
    let promise: EventLoopPromise<EndpointReach>
    private let endpoint: Endpoint
    private let route: Route?
    private let client: UpstreamClient
    private var addresses: [EndpointReach.Address] = []

    init(_ endpoint: Endpoint, of route: Route?, through client: UpstreamClient) {
        self.endpoint = endpoint
        self.route = route
        self.client = client
        promise = client.eventLoop.makePromise(of: EndpointReach.self)
    }

    func start() {
        bounded(client.addresses(of: endpoint.host, endpoint.port)).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let addresses): self.look(at: addresses)
            case .failure: self.end(.failed("has no address that can be found"))
            }
        }
    }

    private func look(at found: [SocketAddress]) {
        addresses = found.map(address)
        // As for a request: one that isn't permitted is enough to connect to none.
        if let refused = addresses.first(where: { !isPermitted($0) }) { return end(.refused(refused)) }
        connect(to: found[...])
    }

    private func connect(to addresses: ArraySlice<SocketAddress>) {
        guard let next = addresses.first else { return end(.failed("has no address")) }
        client.bootstrap(for: Door(endpoint)).connect(to: next).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.look(at: channel)
            case .failure where addresses.count > 1: self.connect(to: addresses.dropFirst())
            case .failure(let error): self.end(.failed(Self.reason(error)))
            }
        }
    }

    /// Whoever is at the other end is looked at, whatever the resolver said.
    private func look(at channel: any Channel) {
        guard let peer = channel.remoteAddress.map(address) else {
            return end(.failed("closed the connection at once"))
        }
        guard isPermitted(peer) else {
            channel.close(promise: nil)
            return end(.refused(peer))
        }
        handshake(on: channel).assumeIsolated().whenComplete { result in
            switch result {
            case .success:
                let pipeline = channel.pipeline.syncOperations
                let version = try? pipeline.nioSSL_tlsVersion()
                let certificate = try? pipeline.nioSSL_peerCertificate()?.toDERBytes()
                self.end(
                    .connected(
                        EndpointReach.Connection(
                            address: peer, tlsVersion: version?.number, certificate: certificate)))
            case .failure(let error): self.end(.failed(Self.reason(error)))
            }
            channel.close(promise: nil)
        }
    }

    private func handshake(on channel: any Channel) -> EventLoopFuture<Void> {
        guard endpoint.isTLS else { return channel.eventLoop.makeSucceededVoidFuture() }
        let done = channel.eventLoop.makePromise(of: Void.self)
        do { try channel.pipeline.syncOperations.addHandler(HandshakeWatch(done)) } catch { done.fail(error) }
        return bounded(done.futureResult)
    }

    private func end(_ outcome: EndpointReach.Outcome) {
        promise.succeed(EndpointReach(addresses: addresses, outcome: outcome))
    }

    // MARK: Judging

    private func address(_ address: SocketAddress) -> EndpointReach.Address {
        EndpointReach.Address(
            text: UpstreamConnection.text(address),
            finding: route.map { client.finding(for: address.internetAddress, of: $0) })
    }

    private func isPermitted(_ address: EndpointReach.Address) -> Bool {
        route?.egress.mode.permits(address.finding, requiresProof: false) ?? true
    }

    /// What takes longer than a connection may is over.
    private func bounded<Value: Sendable>(_ future: EventLoopFuture<Value>) -> EventLoopFuture<Value> {
        let limit = client.timeouts.connect
        let promise = client.eventLoop.makePromise(of: Value.self)
        let timer = client.eventLoop.scheduleTask(in: limit) { promise.fail(ChannelError.connectTimeout(limit)) }
        future.cascade(to: promise)
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case ChannelError.connectTimeout: "didn't answer in time"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "has a certificate that isn't one for its name"
        case let error as NIOSSLError where "\(error)".contains("CERTIFICATE_VERIFY_FAILED"):
            "has a certificate that isn't trusted"
        case is NIOSSLError, is NIOSSLExtraError: "speaks no TLS that could be agreed on"
        default: "can't be connected to"
        }
    }
}

/// Waits until a TLS connection stands. It writes nothing.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) { self.done = done }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { done.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}

extension TLSVersion {
    fileprivate var number: String {
        switch self {
        case .tlsv1: "1.0"
        case .tlsv11: "1.1"
        case .tlsv12: "1.2"
        case .tlsv13: "1.3"
        }
    }
}
