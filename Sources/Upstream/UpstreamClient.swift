public import Domain
public import NIOCore
public import NIOPosix
public import NIOSSL
import Providers
public import Routing

/// The one door out. One for each event loop, with connections of its own, used from that loop only: a request never
/// changes loops.
public final class UpstreamClient {
    public let eventLoop: any EventLoop
    private(set) var timeouts: Timeouts
    private let tls: NIOSSLContext?
    /// Connections that wait for a request, by where they go.
    private var idle: [Door: IdleConnections] = [:]
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    private var sweep: Scheduled<Void>?
    private var catalogs: AddressCatalogs
    /// Counts how often they were replaced.
    private var catalogRevision = 0
    private let resolver: any AddressResolver
    private let clock: @Sendable () -> Timestamp

    /// Waiting times. How long a reply may take is for those who wait for it to say, who can cancel their calls.
    public struct Timeouts: Sendable {
        public var connect: TimeAmount
        /// How long a connection is kept without a request.
        public var idle: TimeAmount

        public init(connect: TimeAmount = .seconds(5), idle: TimeAmount = .seconds(50)) {
            self.connect = connect
            self.idle = idle
        }
    }

    /// - Parameters:
    ///   - tls: what certificates are checked by; nil where no endpoint needs TLS.
    ///   - catalogs: what the addresses of endpoints are held against.
    public init(
        eventLoop: any EventLoop, tls: NIOSSLContext?, timeouts: Timeouts = Timeouts(),
        catalogs: AddressCatalogs = AddressCatalogs(),
        resolver: any AddressResolver = SystemResolver(threads: .singleton), clock: @escaping @Sendable () -> Timestamp
    ) {
        self.eventLoop = eventLoop
        self.tls = tls
        self.timeouts = timeouts
        self.catalogs = catalogs
        self.resolver = resolver
        self.clock = clock
    }

    /// Sends a request to a provider. There is no way to do so without a clearance, and it goes to the clearance's
    /// endpoint, whatever the request says: to an address of which the clearance permits it, or nowhere.
    ///
    /// - Parameter payload: made of a request that was built for the clearance's route.
    public func dispatch(
        _ payload: UpstreamPayload, under clearance: Clearance, fresh: Bool, delegate: any UpstreamCallDelegate
    ) -> UpstreamCall {
        let call = UpstreamCall(payload, delegate: delegate)
        start(call, under: clearance, fresh: fresh)
        return call
    }

    /// Hands a request to the control plane, on this machine.
    public func relay(
        _ payload: UpstreamPayload, toSocket path: String, delegate: any UpstreamCallDelegate
    ) -> UpstreamCall {
        let call = UpstreamCall(payload, delegate: delegate)
        start(call, through: .socket(path: path), fresh: false)
        return call
    }

    /// For what carries none of a caller's content.
    func call(_ payload: UpstreamPayload, at endpoint: Endpoint, delegate: any UpstreamCallDelegate) -> UpstreamCall {
        let call = UpstreamCall(payload, delegate: delegate)
        start(call, through: Door(endpoint), fresh: true)
        return call
    }

    /// How long making a connection may take from now on.
    public func replace(connectTimeout: TimeAmount) { timeouts.connect = connectTimeout }

    /// Addresses are held against other lists from now on, those of connections that are kept as well: each is looked at
    /// when it is used.
    public func replace(catalogs: AddressCatalogs) {
        self.catalogs = catalogs
        catalogRevision += 1
    }

    /// Closes what is idle and stops.
    public func shutDown() {
        sweep?.cancel()
        sweep = nil
        for connection in connections.values { connection.close() }
    }

    // MARK: Connections

    private func start(_ call: UpstreamCall, through door: Door, fresh: Bool) {
        while !fresh, let connection = idle[door]?.take() {
            if connection.isOpen { return connection.serve(call, at: nil) }
        }
        connect(call, through: door)
    }

    private func start(_ call: UpstreamCall, under clearance: Clearance, fresh: Bool) {
        let door = Door(clearance.endpoint)
        while !fresh, let connection = idle[door]?.take() {
            guard connection.isOpen else { continue }
            // What was found when it was made was found for another route or key, perhaps.
            let finding = finding(for: connection, under: clearance)
            guard clearance.permits(finding) else {
                connection.close()
                continue
            }
            return connection.serve(call, at: finding)
        }
        guard clearance.egress != .off, case .endpoint(_, let host, let port) = door else {
            return connect(call, through: door)
        }
        addresses(of: host, port).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let addresses): self.connect(call, toOneOf: addresses, through: door, under: clearance)
            case .failure(let error): Self.report(error, door, to: call)
            }
        }
    }

    // MARK: Where connections go

    /// What an address says; nil where it isn't looked at.
    private func finding(for address: IPAddress?, under clearance: Clearance) -> AddressFinding? {
        clearance.egress == .off ? nil : finding(for: address, of: clearance.route)
    }

    /// The same for a connection that is kept: as long as nothing has changed that it depends on, it is what was found
    /// before.
    private func finding(for connection: UpstreamConnection, under clearance: Clearance) -> AddressFinding? {
        guard clearance.egress != .off else { return nil }
        if let known = connection.knownFinding, known.route === clearance.route, known.revision == catalogRevision,
            known.expiresAt.map({ clock() <= $0 }) ?? true
        {
            return known.finding
        }
        let found = finding(for: connection.internetAddress, of: clearance.route)
        connection.knownFinding = UpstreamConnection.KnownFinding(
            finding: found, route: clearance.route, revision: catalogRevision,
            expiresAt: catalogs.expiry(for: clearance.route))
        return found
    }

    func finding(for address: IPAddress?, of route: Route) -> AddressFinding {
        guard let address else { return AddressFinding(.notProvable, detail: "no address of the internet") }
        return catalogs.finding(for: address, of: route, at: clock())
    }

    func addresses(of host: String, _ port: Int) -> EventLoopFuture<[SocketAddress]> {
        Self.address(host, port).map { eventLoop.makeSucceededFuture([$0]) }
            ?? resolver.addresses(of: host, port: port, on: eventLoop)
    }

    /// A host that is an address already: resolvers work on threads of their own, which it has no need of.
    private static func address(_ host: String, _ port: Int) -> SocketAddress? {
        try? SocketAddress(ipAddress: host, port: port)
    }

    /// One address that isn't permitted is enough to connect to none: whose answer it is in can't be trusted.
    private func connect(
        _ call: UpstreamCall, toOneOf addresses: [SocketAddress], through door: Door, under clearance: Clearance
    ) {
        for address in addresses {
            if let finding = finding(for: address.internetAddress, under: clearance), !clearance.permits(finding) {
                return Self.refuse(call, address, finding, clearance)
            }
        }
        connect(call, to: addresses[...], through: door, under: clearance)
    }

    private func connect(
        _ call: UpstreamCall, to addresses: ArraySlice<SocketAddress>, through door: Door, under clearance: Clearance
    ) {
        guard !call.isCancelled else { return }
        guard let address = addresses.first else {
            return Self.report(ChannelError.operationUnsupported, door, to: call)
        }
        let connection = makeConnection(door)
        bootstrap(for: door).connect(to: address).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel):
                // The peer is who it is, whatever the resolver said.
                let peer = channel.remoteAddress ?? address
                let finding = self.finding(for: peer.internetAddress, under: clearance)
                if let finding, !clearance.permits(finding) {
                    channel.close(promise: nil)
                    return Self.refuse(call, peer, finding, clearance)
                }
                self.secure(connection, on: channel, for: call, at: finding)
            case .failure where addresses.count > 1:
                self.connect(call, to: addresses.dropFirst(), through: door, under: clearance)
            case .failure(let error): Self.report(error, door, to: call)
            }
        }
    }

    private static func refuse(
        _ call: UpstreamCall, _ address: SocketAddress, _ finding: AddressFinding, _ clearance: Clearance
    ) {
        call.delegate?.upstreamRefused(at: UpstreamConnection.text(address), finding)
        call.delegate?.upstreamFailed(
            .residency(finding, clearance.route, at: clearance.endpoint), stale: false)
        call.delegate = nil
    }

    private func makeConnection(_ door: Door) -> UpstreamConnection {
        let idle = idle[door] ?? IdleConnections()
        self.idle[door] = idle
        return UpstreamConnection(door: door, idle: idle, pool: self)
    }

    func forget(_ connection: UpstreamConnection) {
        connections[ObjectIdentifier(connection)] = nil
        connection.idle.remove(connection)
    }

    private func connect(_ call: UpstreamCall, through door: Door) {
        let connection = makeConnection(door)
        connected(bootstrap(for: door), to: door).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.secure(connection, on: channel, for: call, at: nil)
            case .failure(let error): Self.report(error, door, to: call)
            }
        }
    }

    func bootstrap(for door: Door) -> ClientBootstrap {
        let context = tls
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(timeouts.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel, door, tls: context)
                }
            }
    }

    private static func configure(_ channel: any Channel, _ door: Door, tls: NIOSSLContext?) throws {
        guard case .endpoint(isTLS: true, let host, _) = door else { return }
        guard let tls else { throw ChannelError.operationUnsupported }
        let isAddress = address(host, 0) != nil
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
    }

    private func connected(_ bootstrap: ClientBootstrap, to door: Door) -> EventLoopFuture<any Channel> {
        switch door {
        case .socket(let path): return bootstrap.connect(unixDomainSocketPath: path)
        case .endpoint(_, let host, let port):
            return Self.address(host, port).map { bootstrap.connect(to: $0) }
                ?? bootstrap.connect(host: host, port: port)
        }
    }

    /// Nothing is sent before it is certain that the peer is the host.
    private func secure(
        _ connection: UpstreamConnection, on channel: any Channel, for call: UpstreamCall, at finding: AddressFinding?
    ) {
        secure(channel, to: connection.door).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let certificate):
                self.use(connection, on: channel, certificate, for: call, at: finding)
            case .failure(let error):
                channel.close(promise: nil)
                Self.report(error, connection.door, to: call)
            }
        }
    }

    private func use(
        _ connection: UpstreamConnection, on channel: any Channel, _ certificate: String?, for call: UpstreamCall,
        at finding: AddressFinding?
    ) {
        guard !call.isCancelled else { return channel.close(promise: nil) }
        do {
            try channel.pipeline.syncOperations.addHandler(connection)
        } catch {
            return Self.report(error, connection.door, to: call)
        }
        connections[ObjectIdentifier(connection)] = connection
        connection.adopt(channel, certificate)
        startSweeping()
        connection.serve(call, at: finding)
    }

    private static func report(_ error: any Error, _ door: Door, to call: UpstreamCall) {
        let fault: UpstreamFault
        switch error {
        case ChannelError.connectTimeout:
            fault = UpstreamFault(.connection, status: 504, message: "No connection could be made in time.")
        default:
            let reason = TLSHandshake.reason(error).map { ": the host \($0)" } ?? ""
            fault = UpstreamFault(.connection, status: 502, message: "No connection could be made\(reason).")
        }
        call.delegate?.upstreamFailed(fault, stale: false)
        call.delegate = nil
    }

    // MARK: Time

    /// Looks over all connections once a second, as long as there are any: cheaper than a timer for each request.
    private func startSweeping() {
        guard sweep == nil else { return }
        sweep = eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.sweep = nil
            self.closeOverdue()
            if !self.connections.isEmpty { self.startSweeping() }
        }
    }

    private func closeOverdue() {
        let now = NIODeadline.now()
        for connection in connections.values {
            if !connection.isBusy, now - connection.lastActivity > timeouts.idle { connection.close() }
        }
    }
}

/// Connections through one door that wait for a request; the one used last is used next, so that the rest can age.
///
/// A class, which each of them knows: looking it up by the door again took longer than keeping it.
final class IdleConnections {
    private var waiting: [UpstreamConnection] = []

    func keep(_ connection: UpstreamConnection) { waiting.append(connection) }

    func take() -> UpstreamConnection? { waiting.popLast() }

    func remove(_ connection: UpstreamConnection) {
        if let index = waiting.firstIndex(where: { $0 === connection }) { waiting.remove(at: index) }
    }
}
