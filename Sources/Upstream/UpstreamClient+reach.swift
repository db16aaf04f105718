public import Domain
public import NIOCore
import NIOPosix
import NIOSSL

/// Looking at an endpoint before anything is sent to it.
extension UpstreamClient {
    /// Connects to a route's endpoint as a request would, to an address that the route permits or to none, and sends
    /// nothing. What a key demands beyond the route isn't looked at.
    ///
    /// - Parameter endpoint: one of the route's.
    public func reach(_ route: Route, at endpoint: Endpoint) -> EventLoopFuture<EndpointReach> {
        reach(endpoint, of: route)
    }

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
        /// SHA-256 of the peer's own, in DER, as hex digits; nil without TLS.
        public let certificate: String?
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
        client.bounded(client.addresses(of: endpoint.host, endpoint.port)).assumeIsolated().whenComplete { result in
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
            case .failure(ChannelError.connectTimeout): self.end(.failed("didn't answer in time"))
            case .failure: self.end(.failed("can't be connected to"))
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
        client.secure(channel, to: Door(endpoint)).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let certificate):
                let version = try? channel.pipeline.syncOperations.nioSSL_tlsVersion()
                self.end(
                    .connected(
                        EndpointReach.Connection(
                            address: peer, tlsVersion: version?.number, certificate: certificate)))
            case .failure(let error): self.end(.failed(TLSHandshake.reason(error) ?? "can't be connected to"))
            }
            channel.close(promise: nil)
        }
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
