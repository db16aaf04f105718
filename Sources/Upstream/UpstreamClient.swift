import Domain
public import NIOCore
import NIOPosix
public import NIOSSL
import Providers
public import Routing

/// The one door out. One for each event loop, with connections of its own, used from that loop only: a request never
/// changes loops.
public final class UpstreamClient {
    public let eventLoop: any EventLoop
    private let timeouts: Timeouts
    private let tls: NIOSSLContext?
    /// Connections that wait for a request, by where they go; the one used last is used next, so that the rest can age.
    private var idle: [Door: [UpstreamConnection]] = [:]
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    private var sweep: Scheduled<Void>?

    /// Waiting times.
    public struct Timeouts: Sendable {
        public var connect: TimeAmount
        /// How long an upstream may send nothing while a reply is awaited or under way.
        public var silence: TimeAmount
        /// How long a connection is kept without a request.
        public var idle: TimeAmount

        public init(
            connect: TimeAmount = .seconds(5), silence: TimeAmount = .seconds(600), idle: TimeAmount = .seconds(50)
        ) {
            self.connect = connect
            self.silence = silence
            self.idle = idle
        }
    }

    /// - Parameter tls: what certificates are checked by; nil where no endpoint needs TLS.
    public init(eventLoop: any EventLoop, tls: NIOSSLContext?, timeouts: Timeouts = Timeouts()) {
        self.eventLoop = eventLoop
        self.tls = tls
        self.timeouts = timeouts
    }

    /// Sends a request to a provider. There is no way to do so without a clearance, and it goes to the clearance's
    /// endpoint, whatever the request says.
    ///
    /// - Parameter payload: made of a request that was built for the clearance's route.
    public func dispatch(
        _ payload: UpstreamPayload, under clearance: Clearance, fresh: Bool, delegate: any UpstreamCallDelegate
    ) -> UpstreamCall {
        let call = UpstreamCall(payload, delegate: delegate)
        start(call, through: Door(clearance.route.endpoint), fresh: fresh)
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

    /// Closes what is idle and stops.
    public func shutDown() {
        sweep?.cancel()
        sweep = nil
        for connection in connections.values { connection.close() }
    }

    // MARK: Connections

    private func start(_ call: UpstreamCall, through door: Door, fresh: Bool) {
        while !fresh, let connection = idle[door]?.popLast() {
            if connection.isOpen { return connection.serve(call) }
        }
        connect(call, through: door)
    }

    func keep(_ connection: UpstreamConnection) {
        idle[connection.door, default: []].append(connection)
    }

    func forget(_ connection: UpstreamConnection) {
        connections[ObjectIdentifier(connection)] = nil
        guard let index = idle[connection.door]?.firstIndex(where: { $0 === connection }) else { return }
        idle[connection.door]?.remove(at: index)
    }

    private func connect(_ call: UpstreamCall, through door: Door) {
        let connection = UpstreamConnection(door: door, pool: self)
        let context = tls
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeouts.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel, door, tls: context)
                }
            }
        connected(bootstrap, to: door).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.use(connection, on: channel, for: call)
            case .failure(let error): Self.report(error, door, to: call)
            }
        }
    }

    private static func configure(_ channel: any Channel, _ door: Door, tls: NIOSSLContext?) throws {
        guard case .endpoint(isTLS: true, let host, _) = door else { return }
        guard let tls else { throw ChannelError.operationUnsupported }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
    }

    private func connected(_ bootstrap: ClientBootstrap, to door: Door) -> EventLoopFuture<any Channel> {
        switch door {
        case .socket(let path): return bootstrap.connect(unixDomainSocketPath: path)
        case .endpoint(_, let host, let port):
            // The resolver works on a thread of its own, which an address has no need of.
            guard let address = try? SocketAddress(ipAddress: host, port: port) else {
                return bootstrap.connect(host: host, port: port)
            }
            return bootstrap.connect(to: address)
        }
    }

    private func use(_ connection: UpstreamConnection, on channel: any Channel, for call: UpstreamCall) {
        guard !call.isCancelled else { return channel.close(promise: nil) }
        do {
            try channel.pipeline.syncOperations.addHandler(connection)
        } catch {
            return Self.report(error, connection.door, to: call)
        }
        connections[ObjectIdentifier(connection)] = connection
        connection.adopt(channel)
        startSweeping()
        connection.serve(call)
    }

    private static func report(_ error: any Error, _ door: Door, to call: UpstreamCall) {
        let fault: UpstreamFault
        switch error {
        case ChannelError.connectTimeout:
            fault = UpstreamFault(.timeout, status: 504, message: "No connection could be made in time.")
        default:
            fault = UpstreamFault(.connection, status: 502, message: "No connection could be made.")
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
            if connection.isBusy {
                if now - connection.lastActivity > timeouts.silence { connection.timeOut() }
            } else if now - connection.lastActivity > timeouts.idle {
                connection.close()
            }
        }
    }
}
