import NIOCore
import NIOPosix
import Synchronization

/// A server that does on each connection exactly what it was told to, request by request. What it wasn't told it answers by
/// closing the connection.
final class RawUpstream: Sendable {
    enum Action: Sendable {
        case reply([UInt8])
        /// As a server that drops a connection which was idle for too long.
        case close
        /// Replies, and closes right away.
        case replyAndClose([UInt8])
        /// Sends the beginning of a reply; ``RawUpstream/push(_:)`` sends more.
        case begin([UInt8])
        /// Replies with what is made of the request.
        case answer(@Sendable (_ request: [UInt8]) -> [UInt8])
    }

    private struct State {
        var connections: [[Action]]
        var requests: [[UInt8]] = []
        var accepted = 0
        /// The connection of the last request.
        var channel: (any Channel)?
    }

    private let state: Mutex<State>
    private let listener: any Channel

    var port: Int { listener.localAddress?.port ?? 0 }
    /// Head and body of each request, in order.
    var requests: [[UInt8]] { state.withLock { $0.requests } }
    var acceptedConnections: Int { state.withLock { $0.accepted } }

    /// - Parameter connections: what to do on each connection, in the order in which they are made.
    static func start(_ connections: [[Action]]) async throws -> RawUpstream {
        let slot = Slot()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(slot))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = RawUpstream(connections, listener)
        slot.server.withLock { $0 = server }
        return server
    }

    private init(_ connections: [[Action]], _ listener: any Channel) {
        state = Mutex(State(connections: connections))
        self.listener = listener
    }

    func stop() async throws { try await listener.close() }

    /// Sends more on the connection of the last request.
    func push(_ text: String) async throws {
        try await state.withLock { $0.channel }?.writeAndFlush(ByteBuffer(string: text))
    }

    private func accept() -> [Action] {
        state.withLock { state in
            state.accepted += 1
            return state.connections.isEmpty ? [] : state.connections.removeFirst()
        }
    }

    private func took(_ request: [UInt8], on channel: any Channel) {
        state.withLock {
            $0.requests.append(request)
            $0.channel = channel
        }
    }

    /// Known to the handlers only after the port is bound.
    private final class Slot: Sendable {
        let server = Mutex<RawUpstream?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let slot: Slot
        private var actions: [Action]?
        private var received: [UInt8] = []
        /// Head and body of the request that is coming, once its head is there.
        private var sizeOfRequest: Int?

        init(_ slot: Slot) { self.slot = slot }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Array(unwrapInboundIn(data).readableBytesView)
            guard let server = slot.server.withLock({ $0 }) else { return context.close(promise: nil) }
            while let request = nextRequest() {
                server.took(request, on: context.channel)
                var actions = self.actions ?? server.accept()
                let action = actions.isEmpty ? .close : actions.removeFirst()
                self.actions = actions
                perform(action, request, context)
            }
        }

        private func perform(_ action: Action, _ request: [UInt8], _ context: ChannelHandlerContext) {
            switch action {
            case .answer(let answer):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer(request))), promise: nil)
            case .reply(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .begin(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .close: context.close(promise: nil)
            case .replyAndClose(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
                context.close(promise: nil)
            }
        }

        /// A whole request, taken from what has come. One without a length has no body.
        private func nextRequest() -> [UInt8]? {
            let size = sizeOfRequest ?? findSize()
            sizeOfRequest = size
            guard let size, received.count >= size else { return nil }
            sizeOfRequest = nil
            defer { received.removeFirst(size) }
            return Array(received[..<size])
        }

        private func findSize() -> Int? {
            guard let end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return nil }
            let head = String(decoding: received[..<end], as: UTF8.self).lowercased()
            guard let field = head.firstRange(of: "content-length: ") else { return end }
            return Int(head[field.upperBound...].prefix { $0.isNumber }).map { end + $0 }
        }
    }
}

extension RawUpstream.Action {
    /// A whole reply of JSON text.
    static func json(_ text: String) -> RawUpstream.Action { .reply(http(text)) }

    static func http(_ text: String, type: String = "application/json") -> [UInt8] {
        http(Array(text.utf8), type: type)
    }

    static func http(_ body: [UInt8], type: String) -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ncontent-length: \(body.count)\r\n\r\n".utf8) + body
    }
}

/// Gives a test a gateway with one more route, `local/raw-ca`, to a server that does as it is told.
func withRawUpstream(
    _ connections: [[RawUpstream.Action]], of family: Family = .compatible,
    _ body: (TestGateway, RawUpstream) async throws -> Void
) async throws {
    let upstream = try await RawUpstream.start(connections)
    let route = TestRoute(TestRoute.raw, family, port: upstream.port)
    try await withGateway {
        $0.routes = [route]
    } _: { gateway in
        try await body(gateway, upstream)
    }
    try await upstream.stop()
}

extension TestRoute {
    static let raw = "local/raw-ca"
}
