import Domain
import NIOCore

/// A connection that is one too many. It is told so without being read, whatever it is going to ask for.
final class TurnedAway: ChannelInboundHandler, LookedAfterHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: LoopState
    /// When it was told. Between here and there the connection goes through the listener's loop, which may take its time.
    private var since: NIODeadline?
    var context: ChannelHandlerContext?

    /// How long it may take to read that. Closing at once would throw away what its socket hasn't taken yet.
    private static let patience = TimeAmount.seconds(2)

    init(loop: LoopState) { self.loop = loop }

    func channelActive(context: ChannelHandlerContext) {
        let request = loop.makeUnreadRequest()
        let error = GatewayError.tooManyConnections
        let reply = request.reply(error, lines: request.idLines, keepsAlive: false, loop.allocator)
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        loop.counters.replies[error.status, default: 0] += 1
        since = .now()
    }

    /// Whatever it asks was answered.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    func secondPassed(now: NIODeadline) {
        if let since, now - since > Self.patience { close() }
    }

    func closeWhenIdle() { close() }

    func close() { context?.close(promise: nil) }
}
