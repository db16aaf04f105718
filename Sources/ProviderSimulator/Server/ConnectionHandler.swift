import NIOCore
import NIOHTTP1

/// Reads the requests of a connection one after the other, and has each answered.
///
/// Reading goes on while an answer is played: that is how a caller that leaves is noticed.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let core: SimulatorCore
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var player: StepPlayer?
    /// The body was too large and is refused; the rest of it is read and dropped, or the caller would see a reset.
    private var isDraining = false
    /// What came while an answer was played.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()

    /// More than a caller sends that waits for its answers.
    private static let mostWaiting = 1024

    init(_ core: SimulatorCore) { self.core = core }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isDraining {
            if case .end = part { context.close(promise: nil) }
            return
        }
        guard player == nil else {
            waiting.append(part)
            if waiting.count > Self.mostWaiting { context.close(promise: nil) }
            return
        }
        take(part, context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        player?.writabilityChanged(context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        player?.connectionClosed()
        player = nil
        context.fireChannelInactive()
    }

    /// A request that is no HTTP, or a connection that broke: there is nobody to answer.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Requests

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): begin(head, context)
        case .body(var bytes):
            guard head != nil else { return }
            body.writeBuffer(&bytes)
            if body.readableBytes > core.settings.maximumBodyBytes { refuseBody(context) }
        case .end:
            guard let head else { return }
            self.head = nil
            let call = Call(head, body)
            body = ByteBuffer()
            answer(call, head, context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.head = head
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if length > core.settings.maximumBodyBytes {
            refuseBody(context)
        } else if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func refuseBody(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        body = ByteBuffer()
        isDraining = true
        let call = Call(head, ByteBuffer())
        let refusal = Refusal(413, .tooLarge, "The body is too large.")
        let errors = Door.leading(call)?.errors ?? OpenAIErrors()
        play(Performance(errors.reply(to: refusal, id: call.errorIdentifier)), call, keepAlive: false, head, context)
    }

    private func answer(_ call: Call, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let keepAlive = head.isKeepAlive
        if core.settings.inspection, context.isOfThisMachine,
            let reply = Inspection(simulator: core).reply(to: call)
        {
            play(Performance(reply), nil, keepAlive: keepAlive, head, context)
        } else {
            play(core.simulation.performance(for: call), call, keepAlive: keepAlive, head, context)
        }
    }

    /// - Parameter call: what is to be counted; nil for inspection.
    private func play(
        _ performance: Performance, _ call: Call?, keepAlive: Bool, _ head: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        let ticket = call.map { core.ledger.begin($0) }
        if let ticket { core.ledger.count(faults: performance.faults, ticket) }
        let ledger = core.ledger
        let player = StepPlayer(performance.steps, core.gates, version: head.version) { [self] ending in
            if let ticket { ledger.end(ticket, ending) }
            finish(ending, keepAlive: keepAlive, context)
        }
        self.player = player
        player.play(context)
    }

    private func finish(_ ending: Ledger.Ending, keepAlive: Bool, _ context: ChannelHandlerContext) {
        player = nil
        guard ending == .completed else { return }
        guard keepAlive, !isDraining else {
            if !isDraining { context.close(promise: nil) }
            return
        }
        while player == nil, let part = waiting.popFirst() { take(part, context) }
    }
}

extension Call {
    fileprivate init(_ head: HTTPRequestHead, _ body: ByteBuffer) {
        let fields = head.headers.map { HeaderFields.Field(name: $0.name, value: $0.value) }
        self.init(
            method: head.method.rawValue, target: head.uri, headers: HeaderFields(fields),
            body: Array(body.readableBytesView))
    }
}

extension ChannelHandlerContext {
    /// Whether the caller is on the same machine: it comes from the very address that it called, or over loopback.
    fileprivate var isOfThisMachine: Bool {
        guard let caller = remoteAddress else { return false }
        return caller.isLoopback || caller.ipAddress != nil && caller.ipAddress == localAddress?.ipAddress
    }
}

extension SocketAddress {
    fileprivate var isLoopback: Bool {
        guard let ipAddress else { return false }
        return ipAddress.hasPrefix("127.") || ipAddress == "::1" || ipAddress.hasPrefix("::ffff:127.")
    }
}
