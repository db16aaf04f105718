import Domain
import NIOCore
import NIOHPACK
import NIOHTTP2
import Wire

/// Makes a stream of HTTP/2 what a connection of HTTP/1.1 is, so that all behind it is the same (RFC 9113, section 8).
///
/// Requests are read by the same strict parser as those of HTTP/1.1: what could be understood in two ways there isn't
/// written for it in the first place, and resets the stream.
final class HTTP2Translation: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let limit: Int
    private var request = RequestState.head
    private var parser = HTTP1ReplyParser()
    private var isHead = false
    private var hasEnded = false
    /// Of what was written last.
    private var lastWrite: EventLoopFuture<Void>?

    private enum RequestState {
        case head
        case body(isChunked: Bool)
        case ended
    }

    /// - Parameter limit: bytes of a head.
    init(limit: Int) { self.limit = limit }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), request) {
        case (.headers(let frame), .head): begin(frame, context)
        // What stands behind a body isn't looked at.
        case (.headers(let frame), .body(let isChunked)) where frame.endStream: end(isChunked: isChunked, context)
        case (.data(let frame), .body(let isChunked)):
            if case .byteBuffer(let bytes) = frame.data { take(bytes, isChunked: isChunked, context) }
            if frame.endStream { end(isChunked: isChunked, context) }
        case (.rstStream, _): context.close(promise: nil)
        default: break
        }
    }

    private func begin(_ frame: HTTP2Frame.FramePayload.Headers, _ context: ChannelHandlerContext) {
        guard let head = HTTP2RequestHead(frame.headers, endsStream: frame.endStream, limit: limit) else {
            return refuse(context)
        }
        isHead = head.method == "HEAD"
        request = frame.endStream ? .ended : .body(isChunked: head.isChunked)
        context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: head.text)))
    }

    private func take(_ bytes: ByteBuffer, isChunked: Bool, _ context: ChannelHandlerContext) {
        guard bytes.readableBytes > 0 else { return }
        guard isChunked else { return context.fireChannelRead(wrapInboundOut(bytes)) }
        var chunk = context.channel.allocator.buffer(capacity: bytes.readableBytes + 24)
        chunk.writeString(String(bytes.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(bytes)
        chunk.writeStaticString("\r\n")
        context.fireChannelRead(wrapInboundOut(chunk))
    }

    private func end(isChunked: Bool, _ context: ChannelHandlerContext) {
        request = .ended
        guard isChunked else { return }
        context.fireChannelRead(wrapInboundOut(ByteBuffer(staticString: "0\r\n\r\n")))
    }

    /// RFC 9113, section 8.1.1.
    private func refuse(_ context: ChannelHandlerContext) {
        request = .ended
        hasEnded = true
        context.writeAndFlush(wrapOutboundOut(.rstStream(.protocolError)), promise: nil)
        context.close(promise: nil)
    }

    // MARK: Replies

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        guard !hasEnded, bytes.readableBytes > 0 else { return complete(promise, context) }
        do throws(HTTP1Failure) {
            try translate(bytes, context)
            complete(promise, context)
        } catch {
            // Nothing that the gateway writes is unreadable.
            hasEnded = true
            promise?.fail(ChannelError.operationUnsupported)
            context.close(promise: nil)
        }
    }

    /// Once all that was written before is on its way.
    private func complete(_ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        guard let promise else { return }
        (lastWrite ?? context.eventLoop.makeSucceededVoidFuture()).cascade(to: promise)
    }

    private func translate(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) throws(HTTP1Failure) {
        var position = 0
        if !parser.hasBegun, Self.isGoAhead(bytes) {
            let headers: HPACKHeaders = [":status": "100"]
            return send(.headers(.init(headers: headers)), context)
        }
        while !hasEnded, let event = try next(in: bytes, at: &position) {
            switch event {
            case .head(let head): send(head, context)
            case .body(let range):
                guard let part = bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) else {
                    continue
                }
                send(.data(.init(data: .byteBuffer(part))), context)
            case .end:
                hasEnded = true
                send(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)), context)
            }
        }
    }

    private func next(in bytes: ByteBuffer, at position: inout Int) throws(HTTP1Failure) -> HTTP1ReplyParser.Event? {
        try bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(HTTP1Failure) in try parser.next(in: bytes, at: &position) }
        }.get()
    }

    private func send(_ head: ReplyHead, _ context: ChannelHandlerContext) {
        var headers: HPACKHeaders = [":status": String(head.status)]
        for (name, value) in head.all {
            let name = name.lowercased()
            if !HTTP2RequestHead.connectionFields.contains(name) { headers.add(name: name, value: value) }
        }
        hasEnded = isHead
        send(.headers(.init(headers: headers, endStream: isHead)), context)
    }

    private func send(_ frame: HTTP2Frame.FramePayload, _ context: ChannelHandlerContext) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        lastWrite = promise.futureResult
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    private static func isGoAhead(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytesView.starts(with: "HTTP/1.1 100 ".utf8)
    }
}
