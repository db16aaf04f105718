import Domain
import NIOCore
import Pipeline
import Wire

/// A connection that is one too many. It is told so without being read, whatever it is going to ask for.
final class TurnedAway: ChannelInboundHandler, LookedAfter {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let loop: LoopState
    private let language = Language.english
    private let since = NIODeadline.now()
    private var context: ChannelHandlerContext?

    /// How long it may take to read that. Closing at once would throw away what its socket hasn't taken yet.
    private static let patience = TimeAmount.seconds(2)

    init(loop: LoopState) { self.loop = loop }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        let id = loop.makeRequestID(at: loop.clock())
        let error = GatewayError.tooManyConnections
        let body = OpenAIChatCodec().errorBody(ChatReplyError(error, in: language, id: id))
        let request = InboundRequest(id: id, head: nil, receivedAt: loop.clock())
        let head = OutboundHead(status: error.status, lines: request.idLines + error.lines, keepsAlive: false)
        var buffer = loop.allocator.buffer(capacity: body.count + 512)
        head.write(length: body.count, to: &buffer)
        buffer.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        loop.counters.replies[error.status, default: 0] += 1
    }

    /// Whatever it asks was answered.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    func secondPassed(now: NIODeadline) { if now - since > Self.patience { close() } }

    func closeWhenIdle() { close() }

    func close() { context?.close(promise: nil) }
}
