import NIOCore
import NIOSSL
import NIOTLS

/// Waits until a caller's connection is secured, and makes it what was agreed on: HTTP/2 or HTTP/1.1 (RFC 7301).
final class TLSGreeting: ChannelInboundHandler, RemovableChannelHandler, LookedAfterHandler {
    typealias InboundIn = ByteBuffer

    let loop: LoopState
    private let since = NIODeadline.now()
    var context: ChannelHandlerContext?

    init(loop: LoopState) { self.loop = loop }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let agreed)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            let pipeline = context.pipeline.syncOperations
            if agreed == "h2" {
                try HTTP2Session.begin(on: context.channel, loop)
            } else {
                try pipeline.addHandler(ClientConnection(loop: loop, over: .tls))
            }
            pipeline.removeHandler(self, promise: nil)
        } catch {
            close()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    func secondPassed(now: NIODeadline) {
        guard now - since > loop.settings.limits.handshakeTime else { return }
        loop.counters.faults[.slowHandshake, default: 0] += 1
        // Not a close that TLS would like to say goodbye for: the caller doesn't listen.
        close()
    }

    func closeWhenIdle() { close() }

    func close() { context?.close(promise: nil) }
}
