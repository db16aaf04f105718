import Domain
import NIOCore
import NIOSSL
import NIOTLS
import Wire

/// Asks for a URL once the connection is one to its host, and collects the answer.
final class DownloadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let download: Download
    private var parser = HTTP1ReplyParser()
    private var content: [UInt8] = []
    private var isSecure = false

    init(_ download: Download) { self.download = download }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isSecure = true
            ask(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func ask(_ context: ChannelHandlerContext) {
        // The peer is who it is, whatever the resolver said.
        guard download.limits.permits(context.remoteAddress?.internetAddress) else { return fail(.host) }
        let url = download.url
        context.writeAndFlush(
            wrapOutboundOut(
                ByteBuffer(
                    string: "GET \(url.target) HTTP/1.1\r\nhost: \(url.authority)\r\n"
                        + "accept: image/png, image/jpeg, image/gif, image/webp, application/pdf\r\n"
                        + "accept-encoding: identity\r\nuser-agent: northern\r\nconnection: close\r\n\r\n")),
            promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do throws(MediaFetchFailure.Reason) {
            try buffer.withUnsafeReadableBytes { bytes in
                Result { () throws(MediaFetchFailure.Reason) in try receive(bytes) }
            }.get()
        } catch {
            fail(error)
        }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) throws(MediaFetchFailure.Reason) {
        var position = 0
        while let event = try next(in: bytes, at: &position) {
            switch event {
            case .head(let head): try check(head)
            case .body(let range): try take(bytes[rebasing: range])
            case .end: return download.done.succeed(content)
            }
        }
    }

    private func next(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(MediaFetchFailure.Reason) -> HTTP1ReplyParser.Event? {
        do throws(HTTP1Failure) { return try parser.next(in: bytes, at: &position) } catch { throw .reply }
    }

    private func check(_ head: ReplyHead) throws(MediaFetchFailure.Reason) {
        guard head.status == 200 else { throw 300..<400 ~= head.status ? .redirection : .status(head.status) }
        guard let length = head["content-length"].flatMap({ Int($0) }) else { return }
        guard length <= download.limits.bytes else { throw .size(download.limits.bytes) }
        content.reserveCapacity(min(length, 1 << 20))
    }

    private func take(_ part: UnsafeRawBufferPointer) throws(MediaFetchFailure.Reason) {
        guard content.count + part.count <= download.limits.bytes else { throw .size(download.limits.bytes) }
        guard download.allowance.take(part.count) else { throw .size(download.allowance.total) }
        content.append(contentsOf: part)
    }

    func channelInactive(context: ChannelHandlerContext) {
        do throws(HTTP1Failure) {
            if try parser.closed() != nil { download.done.succeed(content) }
        } catch {
            fail(isSecure ? .reply : .connection)
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isSecure else { return fail(.reply) }
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: fail(.certificate)
        case is NIOSSLError where "\(error)".contains("CERTIFICATE_VERIFY_FAILED"): fail(.certificate)
        default: fail(.connection)
        }
    }

    /// The connection is closed with it.
    private func fail(_ reason: MediaFetchFailure.Reason) { download.done.fail(reason) }
}
