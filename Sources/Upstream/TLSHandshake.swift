import Crypto
import Domain
import NIOCore
import NIOSSL
import NIOTLS

extension UpstreamClient {
    /// Waits until a connection is one to the host it was made for, by its certificate. Nothing was written by then.
    ///
    /// - Returns: SHA-256 of the peer's certificate, in DER, as hex digits; nil without TLS.
    func secure(_ channel: any Channel, to door: Door) -> EventLoopFuture<String?> {
        guard case .endpoint(isTLS: true, _, _) = door else { return eventLoop.makeSucceededFuture(nil) }
        let handshake = TLSHandshake(eventLoop.makePromise())
        do {
            try channel.pipeline.syncOperations.addHandler(handshake)
        } catch {
            handshake.done.fail(error)
        }
        return bounded(handshake.done.futureResult)
    }

    /// What takes longer than a connection may is over.
    func bounded<Value: Sendable>(_ future: EventLoopFuture<Value>) -> EventLoopFuture<Value> {
        let limit = timeouts.connect
        let promise = eventLoop.makePromise(of: Value.self)
        let timer = eventLoop.scheduleTask(in: limit) { promise.fail(ChannelError.connectTimeout(limit)) }
        future.cascade(to: promise)
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }
}

/// Watches a TLS connection until it stands, and leaves the pipeline then. It writes nothing.
final class TLSHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    let done: EventLoopPromise<String?>

    init(_ done: EventLoopPromise<String?>) { self.done = done }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            let pipeline = context.pipeline.syncOperations
            let certificate = try? pipeline.nioSSL_peerCertificate()?.toDERBytes()
            pipeline.removeHandler(self, promise: nil)
            done.succeed(certificate.map { SHA256.hash(data: $0).hex })
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    /// Why there is no connection, as the end of a sentence that begins with the host; nil where it isn't TLS's fault.
    static func reason(_ error: any Error) -> String? {
        switch error {
        case ChannelError.connectTimeout: "didn't answer in time"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "has a certificate that isn't one for its name"
        case let error as NIOSSLError where "\(error)".contains("CERTIFICATE_VERIFY_FAILED"):
            "has a certificate that isn't trusted"
        case is NIOSSLError, is NIOSSLExtraError: "speaks no TLS that could be agreed on"
        default: nil
        }
    }
}
