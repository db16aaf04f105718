import Domain
import Logging
import NIOCore
import Pipeline
import Upstream
import Wire

/// A caller's connection: reads one request at a time, and hands it to what answers it.
///
/// While a request is being answered, at most one more read is taken, so a caller that sends faster than it is answered is
/// held back by its own socket; that it has gone away is noticed all the same.
final class ClientConnection: ChannelDuplexHandler, LookedAfterHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: LoopState
    private var state = State.idle
    private var parser: HTTP1RequestParser
    var context: ChannelHandlerContext?
    /// What came while another request was being answered: the rest of one read, and at most one more.
    private var waiting: ByteBuffer?
    private var recentKey: RecentKey?
    private var wantsRead = false
    private var lastActivity = NIODeadline.now()
    private var closesAfterReply = false
    /// Since when a head that isn't complete yet has been coming, or the body behind it.
    private var comingSince: NIODeadline?
    /// Since when the caller has taken nothing of what is ready for it.
    private var stalledSince: NIODeadline?
    private var requests = 0
    private let transport: Transport

    /// What carries the bytes.
    enum Transport {
        case plain, tls
        /// One request of a connection of HTTP/2.
        case stream
    }

    private enum State {
        case idle
        case receiving(InboundRequest)
        /// The reply is out already; the rest of the body is of no interest.
        case discarding(remaining: Int)
        case answering(any Answer)
        /// The last reply is on its way.
        case finishing
        case closed
    }

    init(loop: LoopState, over transport: Transport) {
        self.loop = loop
        self.transport = transport
        let limits = loop.settings.limits
        parser = HTTP1RequestParser(headLimit: limits.headBytes, fieldLimit: limits.fields)
    }

    /// Whether nobody on the way to the caller can read what is written.
    var isSecure: Bool { transport != .plain }

    // MARK: The channel

    /// Reading stops only when something has come in the middle of an answer: most callers send nothing then, and telling
    /// the kernel twice for each request would cost more than it saves.
    func read(context: ChannelHandlerContext) {
        if waiting == nil { context.read() } else { wantsRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .finishing = state { return }
        lastActivity = .now()
        receive(unwrapInboundIn(data))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        lastActivity = .now()
        stalledSince = context.channel.isWritable ? nil : lastActivity
        if case .answering(let answer) = state { answer.callerBecame(writable: context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let last = state
        state = .closed
        if case .answering(let answer) = last { answer.callerLeft() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    func close() { context?.close(promise: nil) }

    /// Finishes what is under way, then closes.
    func closeWhenIdle() {
        closesAfterReply = true
        if case .idle = state { close() }
    }

    /// The reply under way is the last.
    func closeAfterReply() { closesAfterReply = true }

    /// - Parameter now: called about once a second.
    func secondPassed(now: NIODeadline) {
        if let stalledSince, now - stalledSince > loop.settings.limits.stalledTime { return giveUp(.stalled) }
        switch state {
        case .answering(let answer): answer.secondPassed(now: now)
        case .idle: lookAfterHead(now: now)
        case .receiving(let request): lookAfterBody(of: request, now: now)
        case .discarding:
            // The caller has its reply.
            if now - (comingSince ?? lastActivity) > loop.settings.idleTimeout { close() }
        case .finishing:
            // A caller that takes nothing doesn't keep the connection.
            if now - lastActivity > loop.settings.idleTimeout { abort() }
        case .closed: break
        }
    }

    private func lookAfterHead(now: NIODeadline) {
        if let comingSince {
            guard now - comingSince > loop.settings.limits.headTime else { return }
            loop.counters.faults[.slowHead, default: 0] += 1
            refuse(.slowRequest, loop.makeUnreadRequest())
            finish()
        } else if now - lastActivity > loop.settings.idleTimeout {
            close()
        }
    }

    private func lookAfterBody(of request: InboundRequest, now: NIODeadline) {
        let time = now - (comingSince ?? now)
        guard loop.settings.limits.isTooSlow(bytes: request.body.count, after: time) else { return }
        loop.counters.faults[.slowBody, default: 0] += 1
        closesAfterReply = true
        refuse(.slowRequest, request)
        finish()
    }

    /// Nothing can be told to a caller that takes nothing.
    private func giveUp(_ fault: CallerFault) {
        loop.counters.faults[fault, default: 0] += 1
        close()
    }

    /// The gateway stops: what is under way fails.
    func cutOff() {
        closesAfterReply = true
        switch state {
        case .answering(let answer): answer.cutOff()
        case .receiving(let request):
            refuse(.gatewayStops, request)
            finish()
        case .idle, .discarding: close()
        case .finishing, .closed: break
        }
    }

    // MARK: Receiving

    /// Takes what the state at hand has a use for, and keeps the rest for the next.
    private func receive(_ bytes: ByteBuffer) {
        var position = 0
        while true {
            switch state {
            case .closed, .finishing: return
            case .answering: return hold(bytes, from: position)
            case .idle, .receiving, .discarding: break
            }
            do throws(HTTP1Failure) {
                guard let event = try next(in: bytes, at: &position) else { return paused() }
                take(event, of: bytes)
            } catch {
                return refuseUnreadable(error)
            }
        }
    }

    /// More of it is to come.
    private func paused() {
        // Seldom: most heads come whole.
        if case .idle = state, comingSince == nil, !parser.isBetweenRequests { comingSince = lastActivity }
    }

    private func next(
        in bytes: ByteBuffer, at position: inout Int
    ) throws(HTTP1Failure) -> HTTP1RequestParser.Event? {
        try bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(HTTP1Failure) in try parser.next(in: bytes, at: &position) }
        }.get()
    }

    private func hold(_ bytes: ByteBuffer, from position: Int) {
        guard var rest = bytes.getSlice(at: bytes.readerIndex + position, length: bytes.readableBytes - position),
            rest.readableBytes > 0
        else { return }
        if waiting == nil { waiting = rest } else { waiting?.writeBuffer(&rest) }
    }

    private func take(_ event: HTTP1RequestParser.Event, of bytes: ByteBuffer) {
        switch (event, state) {
        case (.head(let head), .idle): begin(InboundHead(head))
        case (.body(let range), .receiving(let request)):
            guard let part = bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) else {
                return
            }
            let limit = bodyLimit(of: request)
            if !request.take(part, limit: limit) { refuseEarly(.requestTooLarge(limit: limit), request) }
        case (.end, .receiving(let request)): answer(request)
        case (.body(let range), .discarding(let remaining)):
            // A caller that goes on sending for long after its refusal gets no more of our attention.
            guard range.count <= remaining else { return abort() }
            state = .discarding(remaining: remaining - range.count)
        case (.end, .discarding): replied()
        default: abort()
        }
    }

    private func abort() {
        state = .closed
        close()
    }

    /// What comes after bytes that can't be read can't be read either: the connection ends.
    private func refuseUnreadable(_ failure: HTTP1Failure) {
        closesAfterReply = true
        let error: GatewayError =
            failure == .contentLengthTooLarge
            ? .requestTooLarge(limit: loop.settings.bodyLimit)
            : .malformedHTTP(failure.reason, status: failure.status)
        switch state {
        case .receiving(let request): refuse(error, request)
        case .idle:
            refuse(error, loop.makeUnreadRequest())
        case .discarding, .answering, .finishing, .closed: break
        }
        finish()
    }

    /// Only inference has large bodies, and only with a key.
    private func bodyLimit(of request: InboundRequest) -> Int {
        request.surface.isInference ? loop.settings.bodyLimit : min(loop.settings.bodyLimit, 1 << 20)
    }

    private func begin(_ head: InboundHead) {
        let now = loop.clock()
        let request = InboundRequest(id: loop.makeRequestID(at: now), head: head, receivedAt: now)
        comingSince = lastActivity
        requests += 1
        if requests == loop.settings.limits.requestsPerConnection { closesAfterReply = true }
        guard !loop.isDraining else {
            loop.counters.faults[.draining, default: 0] += 1
            closesAfterReply = true
            return refuseEarly(.gatewayStops, request)
        }
        do throws(GatewayError) {
            try request.admit(
                by: loop.snapshot, recent: &recentKey, from: address(of: head), bodyLimit: bodyLimit(of: request))
        } catch {
            return refuseEarly(error, request)
        }
        if head.surface.isInference, let key = request.key { request.bind(loop.binding(for: key)) }
        if head.expectsContinue { write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")) }
        state = .receiving(request)
    }

    /// Where the caller is: the peer, or whom a proxy that is trusted says to have called it.
    func address(of head: InboundHead) -> IPAddress? {
        let peer = context?.channel.remoteAddress?.internetAddress?.unwrapped
        return loop.settings.proxies.caller(behind: peer) {
            head.whole.fields.all.filter { $0.name.lowercased() == "x-forwarded-for" }.map(\.value)
        }
    }

    /// Answers before the body is there.
    private func refuseEarly(_ error: GatewayError, _ request: InboundRequest) {
        // Closing while the caller still sends would throw away the reply with what it hasn't read, so the rest of the
        // body is taken, within limits.
        comingSince = lastActivity
        state = .discarding(remaining: max(loop.settings.bodyLimit, 16 << 20))
        if request.head?.expectsContinue == true || error.code == .requestTooLarge || !keepsAlive(after: request) {
            closesAfterReply = true
        }
        refuse(error, request)
    }

    private func answer(_ request: InboundRequest) {
        request.finish()
        let answer = request.answer(on: self)
        state = .answering(answer)
        loop.counters.activeRequests += 1
        answer.start()
    }

    // MARK: Replying

    /// Whether the caller takes what is written.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ buffer: ByteBuffer) {
        lastActivity = .now()
        context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// An error as a whole reply, to a request that no answer has been made for.
    private func refuse(_ error: GatewayError, _ request: InboundRequest) {
        write(errorReply(error, request, lines: refusalLines(error, request)))
        loop.counters.replies[error.status, default: 0] += 1
    }

    /// A request with a valid key goes on record, even if it came no further.
    private func refusalLines(_ error: GatewayError, _ request: InboundRequest) -> [UInt8] {
        guard request.surface.isInference else { return request.idLines }
        guard let key = request.key, loop.journal.hasRoom else {
            return loop.snapshot.headerLines(id: request.id, wire: request.surface.codec.wire)
        }
        var exchange = Exchange(
            id: request.id, key: key, policy: loop.binding(for: key).policyDigest, surface: request.surface.name,
            codec: request.surface.codec, language: request.language, snapshot: loop.snapshot,
            requestBytes: request.body.count, at: request.receivedAt)
        if let demands = request.head?.demands { exchange.bind(demands) }
        loop.record(exchange.refused(error, at: loop.clock()).entry)
        return exchange.headerLines(on: request.receivedAt.date)
    }

    func errorReply(_ error: GatewayError, _ request: InboundRequest, lines: [UInt8]) -> ByteBuffer {
        request.reply(error, lines: lines, keepsAlive: keepsAlive(after: request), loop.allocator)
    }

    func keepsAlive(after request: InboundRequest) -> Bool {
        !closesAfterReply && !loop.isLeaving && request.head?.keepsAlive ?? false
    }

    /// The answer has written all of its reply.
    func answered(_ request: InboundRequest) {
        loop.counters.activeRequests -= 1
        if !keepsAlive(after: request) { closesAfterReply = true }
        replied()
    }

    /// The answer can't go on: what was sent stays incomplete, which the caller sees by the connection's end.
    func abandon() {
        loop.counters.activeRequests -= 1
        state = .closed
        close()
    }

    private func replied() {
        guard !closesAfterReply else { return finish() }
        state = .idle
        comingSince = nil
        resume()
    }

    /// Closes once the caller has all that was written: closing at once would drop what its socket hasn't taken yet.
    private func finish() {
        state = .finishing
        guard let context else { return }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { _ in self.abort() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    /// Goes on with what was read meanwhile, then with the socket.
    private func resume() {
        // Within `receive`, that goes on by itself.
        if let bytes = waiting.take() { receive(bytes) }
        guard waiting == nil, wantsRead, let context else { return }
        wantsRead = false
        context.read()
    }
}
