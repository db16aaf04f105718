public import Domain
public import NIOCore
public import NIOPosix
import Synchronization

/// One event loop of the gateway, seen from outside.
public struct ServingLoop: Sendable {
    let state: NIOLoopBound<LoopState>

    /// Tries again to write what the journal's disk has refused.
    public func retryJournal() { change { $0.retryJournal() } }

    /// Does something with the loop's state, on the loop.
    public func change(_ change: @escaping @Sendable (LoopState) -> Void) {
        state.eventLoop.execute { change(state.value) }
    }

    /// Once it is done, requests on the loop see the mappings.
    func takes(_ mappings: RouteMappings) -> EventLoopFuture<Void> {
        state.eventLoop.submit { state.value.replace(mappings: mappings) }
    }
}

/// The data plane's listener and its event loops.
public final class GatewayServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let states: [ObjectIdentifier: NIOLoopBound<LoopState>]
    private let listener: any Channel
    private let isStopping = Atomic(false)
    /// Until when what is under way may go on, once the gateway stops.
    private let end = Mutex(NIODeadline.distantFuture)

    /// The port that is listened on.
    public var port: Int { listener.localAddress?.port ?? 0 }

    private init(
        group: MultiThreadedEventLoopGroup, states: [ObjectIdentifier: NIOLoopBound<LoopState>],
        listener: any Channel
    ) {
        self.group = group
        self.states = states
        self.listener = listener
    }

    /// Makes a state for each event loop, on that loop, and listens.
    ///
    /// - Parameter certificate: nil: callers come without TLS.
    /// - Throws: what `makeState` throws, and when the address can't be listened on.
    public static func start(
        host: String, port: Int, certificate: ServedCertificate? = nil, group: MultiThreadedEventLoopGroup,
        makeState: @escaping @Sendable (any EventLoop) throws -> LoopState
    ) async throws -> GatewayServer {
        var states: [ObjectIdentifier: NIOLoopBound<LoopState>] = [:]
        for loop in group.makeIterator() {
            states[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBound(try makeState(loop), eventLoop: loop)
            }.get()
        }
        let loops = states.values.map(ServingLoop.init)
        for loop in loops { loop.change { $0.peers = loops } }
        let doorway = Doorway(certificate: certificate)
        let listener = try await bootstrap(group, states, doorway).bind(host: host, port: port).get()
        return GatewayServer(group: group, states: states, listener: listener)
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ states: [ObjectIdentifier: NIOLoopBound<LoopState>],
        _ doorway: Doorway
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let state = states[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.operationUnsupported
                    }
                    try doorway.welcome(channel, state.value)
                }
            }
    }

    /// The event loops, each with a state of its own.
    public var loops: [ServingLoop] { states.values.map(ServingLoop.init) }

    /// Does something with one loop's state, and waits for what comes of it.
    public func onOneLoop<Value: Sendable>(
        _ work: @escaping @Sendable (LoopState) -> EventLoopFuture<Value>
    ) async throws -> Value {
        guard let state = states.values.first else { throw ChannelError.ioOnClosedChannel }
        return try await state.eventLoop.flatSubmit { work(state.value) }.get()
    }

    /// The sum of what the loops have counted.
    public func counters() async throws -> LoopCounters {
        var sum = LoopCounters()
        for state in states.values {
            sum = sum + (try await state.eventLoop.submit { state.value.counters }.get())
        }
        return sum
    }

    /// When stored credentials were last used, of those that were since the last call.
    public func takeCredentialUses() async throws -> [ProviderCredential.ID: Timestamp] {
        var uses: [ProviderCredential.ID: Timestamp] = [:]
        for state in states.values {
            uses.merge(
                try await state.eventLoop.submit { state.value.takeCredentialUses() }.get(), uniquingKeysWith: max)
        }
        return uses
    }

    /// How the endpoints of the routes look at this moment, to all loops together.
    public func endpointHealth() async throws -> [EndpointHealth] {
        var all: [EndpointHealth] = []
        for state in states.values {
            let own = try await state.eventLoop.submit { state.value.endpointHealth }.get()
            // Each loop has the same routes, in the same order.
            all = all.count == own.count ? zip(all, own).map { $0.merged(with: $1) } : own
        }
        return all
    }

    /// Whether callers had better go elsewhere.
    public var isDraining: Bool { isStopping.load(ordering: .relaxed) }

    /// Lets whoever sends callers here see that they had better go elsewhere; then stops listening, and lets requests
    /// under way finish for a while. What is left then is cut off, told so, and put on record.
    ///
    /// - Parameters:
    ///   - delay: how long everything is served as before; only connections aren't kept.
    ///   - grace: how long requests may go on after that.
    public func stop(after delay: TimeAmount = .zero, grace: TimeAmount) async throws {
        isStopping.store(true, ordering: .relaxed)
        end.withLock { $0 = min($0, .now() + delay + grace) }
        for state in states.values { state.eventLoop.execute { state.value.leave() } }
        let begin = NIODeadline.now() + delay
        while NIODeadline.now() < begin, NIODeadline.now() < end.withLock({ $0 }) {
            try await Task.sleep(for: .milliseconds(20))
        }
        do {
            try await listener.close().get()
        } catch ChannelError.alreadyClosed {
            // Stopping twice is stopping.
        }
        for state in states.values { state.eventLoop.execute { state.value.drain() } }
        try await waitForClients { self.end.withLock { $0 } }
        for state in states.values { state.eventLoop.execute { state.value.cutOff() } }
        let last = NIODeadline.now() + .seconds(1)
        try await waitForClients { last }
        for state in states.values { try await state.eventLoop.submit { state.value.closeAll() }.get() }
    }

    /// What is under way has had its time.
    public func hurry() { end.withLock { $0 = .now() } }

    private func waitForClients(until end: () -> NIODeadline) async throws {
        while NIODeadline.now() < end(), try await hasClients() { try await Task.sleep(for: .milliseconds(20)) }
    }

    private func hasClients() async throws -> Bool {
        for state in states.values
        where try await state.eventLoop.submit({ state.value.hasClients }).get() {
            return true
        }
        return false
    }
}
