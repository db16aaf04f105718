public import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Simulated model providers on a port: they speak the providers' own wires over HTTP, need no network and no
/// credentials, and always answer alike.
///
/// What is answered, and what goes wrong, is asked for by markers such as `[[sim:words 20]]` in a user's text.
///
///     let simulator = try await ProviderSimulator.start(SimulatorSettings(), group: group)
///     // … send requests to simulator.url …
///     #expect(simulator.stats().clientAborts == 0)
///     try await simulator.stop()
public final class ProviderSimulator: Sendable {
    private let core: SimulatorCore
    private let listener: any Channel
    private let connections: Connections

    /// The port it listens on.
    public let port: Int
    /// Where it is reached, without a path: `http://127.0.0.1:9101`.
    public let url: String

    private init(_ core: SimulatorCore, _ listener: any Channel, _ connections: Connections, host: String) {
        self.core = core
        self.listener = listener
        self.connections = connections
        port = listener.localAddress?.port ?? 0
        url = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Starts listening. Port 0: any that is free.
    public static func start(
        _ settings: SimulatorSettings, host: String = "127.0.0.1", port: Int = 0, group: any EventLoopGroup
    ) async throws -> ProviderSimulator {
        let core = SimulatorCore(settings)
        let connections = Connections()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder()), ConnectionHandler(core),
                    ])
                }
            }
        let listener = try await bootstrap.bind(host: host, port: port).get()
        return ProviderSimulator(core, listener, connections, host: host)
    }

    /// Stops listening and drops all connections.
    public func stop() async throws {
        try await listener.close()
        for channel in connections.all { try? await channel.close() }
    }

    // MARK: Inspection

    public func stats() -> Stats { core.ledger.stats }

    /// The last requests, the newest last.
    public func requests() -> [RecordedRequest] { core.ledger.requests }

    /// Counters, records and what `fail-times` remembers go back to nothing; gates close.
    public func reset() { core.reset() }

    /// Lets the streams go on that wait at a `gate` marker with this name, and those that come to it later.
    public func open(gate: String) { core.gates.open(gate) }

    // MARK: Credentials

    /// The contents of a service-account file, private key included, that Google's client libraries accept.
    ///
    /// - Parameter tokenURL: where it asks for tokens: ``url`` and `/token`, or another way to the same place.
    public func serviceAccountJSON(tokenURL: String) throws -> String {
        try core.simulation.tokens.serviceAccountJSON(tokenURL: tokenURL)
    }
}

/// The connections that are open.
private final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { $0[id] = nil }
        }
    }

    var all: [any Channel] { channels.withLock { Array($0.values) } }
}
