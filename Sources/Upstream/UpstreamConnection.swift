import Domain
import NIOCore
import Providers
import Wire

/// One connection, and the call it serves at the moment.
final class UpstreamConnection: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let door: Door
    private var peer = UpstreamPeer(address: "", certificate: nil)
    private(set) var internetAddress: IPAddress?
    /// What was found of its address when it was used last.
    var knownFinding: KnownFinding?

    struct KnownFinding {
        let finding: AddressFinding
        let route: Route
        /// Of the lists that were asked.
        let revision: Int
        /// Nil where it depends on no list.
        let expiresAt: Timestamp?
    }

    private(set) var lastActivity = NIODeadline.now()
    private var parser = HTTP1ReplyParser()
    private var call: UpstreamCall?
    private var context: ChannelHandlerContext?
    private var servedCalls = 0
    private var isPaused = false
    private var wantsRead = false
    /// Where it waits when a reply is over and another request may follow.
    let idle: IdleConnections
    private unowned let pool: UpstreamClient

    init(door: Door, idle: IdleConnections, pool: UpstreamClient) {
        self.door = door
        self.idle = idle
        self.pool = pool
    }

    var isBusy: Bool { call != nil }
    var isOpen: Bool { context?.channel.isActive ?? false }

    // MARK: Calls

    func serve(_ call: UpstreamCall, at finding: AddressFinding?) {
        guard let context, let payload = call.payload, let delegate = call.delegate else { return }
        self.call = call
        call.payload = nil
        call.attach(to: self)
        parser.reset()
        lastActivity = .now()
        delegate.upstreamConnected(to: peer, finding)
        for part in payload.parts { context.write(wrapOutboundOut(part), promise: nil) }
        context.flush()
    }

    /// The call was cancelled: nobody wants the rest of the reply, and the upstream shall stop working on it.
    func abandon() {
        call = nil
        close()
    }

    func close() { context?.close(promise: nil) }

    func pause() { isPaused = true }

    func resume() {
        isPaused = false
        guard wantsRead, let context else { return }
        wantsRead = false
        context.read()
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// The channel is connected by now: the handler joins it late, so that nothing of a request can be written earlier.
    ///
    /// - Parameter certificate: the peer's fingerprint.
    func adopt(_ channel: any Channel, _ certificate: String?) {
        peer = UpstreamPeer(address: channel.remoteAddress.map(Self.text) ?? "", certificate: certificate)
        internetAddress = channel.remoteAddress?.internetAddress
    }

    func read(context: ChannelHandlerContext) {
        guard !isPaused else {
            wantsRead = true
            return
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        lastActivity = .now()
        guard call != nil else { return close() }
        do throws(HTTP1Failure) {
            try receive(buffer)
        } catch {
            fail(.malformed(error.reason), stale: false)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        call?.delegate?.upstreamReadCompleted()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.forget(self)
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset after the end of a reply concerns nobody; before it, it is told as what it is.
        fail(
            UpstreamFault(.connection, status: 502, message: "The connection broke."),
            stale: servedCalls > 0 && !parser.hasBegun)
        context.close(promise: nil)
    }

    // MARK: Replies

    private func receive(_ buffer: ByteBuffer) throws(HTTP1Failure) {
        var position = 0
        while let event = try nextEvent(in: buffer, at: &position) {
            switch event {
            case .head(let head): call?.delegate?.upstreamReceived(head)
            case .body(let range):
                guard let part = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) else {
                    continue
                }
                call?.delegate?.upstreamReceived(part)
            case .end: return finish(isLast: position == buffer.readableBytes)
            }
            // The delegate may have cancelled.
            if call == nil { return }
        }
    }

    private func nextEvent(
        in buffer: ByteBuffer, at position: inout Int
    ) throws(HTTP1Failure) -> HTTP1ReplyParser.Event? {
        let result = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(HTTP1Failure) in try parser.next(in: bytes, at: &position) }
        }
        return try result.get()
    }

    /// The reply is over: the connection is free before its delegate hears of it, which may want it at once.
    ///
    /// - Parameter isLast: false when bytes follow that nobody asked for; such a connection is trusted no further.
    private func finish(isLast: Bool = true) {
        let finished = call
        call = nil
        isPaused = false
        servedCalls += 1
        if parser.isReusable && isLast { idle.keep(self) } else { close() }
        finished?.delegate?.upstreamEnded()
        finished?.delegate = nil
    }

    private func closed() {
        guard call != nil else { return }
        do throws(HTTP1Failure) {
            if try parser.closed() != nil { finish() }
        } catch {
            fail(
                UpstreamFault(.connection, status: 502, message: error.reason),
                stale: servedCalls > 0 && !parser.hasBegun)
        }
    }

    private func fail(_ fault: UpstreamFault, stale: Bool) {
        let failed = call
        call = nil
        close()
        failed?.delegate?.upstreamFailed(fault, stale: stale)
        failed?.delegate = nil
    }

    static func text(_ address: SocketAddress) -> String {
        switch address {
        case .v4, .v6:
            let host = address.ipAddress ?? "?"
            return "\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
        case .unixDomainSocket: return address.pathname ?? "unix"
        }
    }
}
