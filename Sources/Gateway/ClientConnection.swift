import Domain
import Logging
import NIOCore
import NIOHTTP1
import Pipeline
import Wire

/// A caller's connection: reads one request at a time, and hands it to what answers it.
///
/// While a request is being answered nothing more is read, so a caller that sends faster than it is answered is held back
/// by its own socket; that it has gone away is noticed all the same.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: LoopState
    private var state = State.idle
    private var context: ChannelHandlerContext?
    /// What was decoded while another request was being answered: the rest of one read.
    private var waiting: [HTTPServerRequestPart] = []
    private var wantsRead = false
    private var lastActivity = NIODeadline.now()
    private var closesAfterReply = false

    private enum State {
        case idle
        case receiving(InboundRequest)
        /// The reply is out already; the rest of the body is of no interest.
        case discarding(remaining: Int)
        case answering(any Answer)
        case closed
    }

    init(loop: LoopState) { self.loop = loop }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }

    func read(context: ChannelHandlerContext) {
        if case .answering = state { wantsRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActivity = .now()
        let part = unwrapInboundIn(data)
        if case .answering = state { waiting.append(part) } else { receive(part) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .answering(let answer) = state { answer.callerBecame(writable: context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let last = state
        state = .closed
        if case .answering(let answer) = last { answer.callerLeft() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, case .idle = state else { return close() }
        let id = loop.makeRequestID(at: loop.clock())
        refuse(.malformedHTTP("\(error)"), InboundRequest.unreadable(id: id))
        close()
    }

    func close() { context?.close(promise: nil) }

    /// Finishes what is under way, then closes.
    func closeWhenIdle() {
        closesAfterReply = true
        if case .idle = state { close() }
    }

    /// - Parameter now: called about once a second.
    func secondPassed(now: NIODeadline) {
        switch state {
        case .answering(let answer): answer.secondPassed(now: now)
        case .idle, .receiving, .discarding:
            if now - lastActivity > loop.settings.idleTimeout { close() }
        case .closed: break
        }
    }

    // MARK: Receiving

    private func receive(_ part: HTTPServerRequestPart) {
        switch (part, state) {
        case (.head(let head), .idle): begin(InboundHead(head))
        case (.body(let bytes), .receiving(var request)):
            state = .idle
            let isTaken = request.take(bytes, limit: loop.settings.bodyLimit)
            state = .receiving(request)
            if !isTaken { refuseEarly(.requestTooLarge(limit: loop.settings.bodyLimit), request) }
        case (.end, .receiving(let request)): answer(request)
        case (.body(let bytes), .discarding(let remaining)):
            // A caller that goes on sending for long after its refusal gets no more of our attention.
            guard bytes.readableBytes <= remaining else { return close() }
            state = .discarding(remaining: remaining - bytes.readableBytes)
        case (.end, .discarding): replied()
        default: break
        }
    }

    private func begin(_ head: InboundHead) {
        let now = loop.clock()
        var request = InboundRequest(id: loop.makeRequestID(at: now), head: head, receivedAt: now)
        do throws(GatewayError) {
            try request.admit(by: loop.snapshot, bodyLimit: loop.settings.bodyLimit, at: now)
        } catch {
            return refuseEarly(error, request)
        }
        if head.expectsContinue { write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")) }
        state = .receiving(request)
    }

    /// Answers before the body is there.
    private func refuseEarly(_ error: GatewayError, _ request: InboundRequest) {
        let hasBody = request.head?.contentLength != 0
        state = .discarding(remaining: hasBody ? 1 << 20 : 0)
        if request.head?.expectsContinue == true || error.code == .requestTooLarge { closesAfterReply = true }
        refuse(error, request)
    }

    private func answer(_ request: InboundRequest) {
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
        let lines = request.surface.isInference ? loop.snapshot.headerLines(id: request.id) : request.idLines
        write(errorReply(error, request, lines: lines))
        loop.counters.replies[error.status, default: 0] += 1
    }

    func errorReply(_ error: GatewayError, _ request: InboundRequest, lines: [UInt8]) -> ByteBuffer {
        var body: [UInt8] = []
        error.openAIBody(in: request.language).write(to: &body)
        let head = OutboundHead(
            status: error.status, lines: lines + error.lines, keepsAlive: keepsAlive(after: request))
        var buffer = loop.allocator.buffer(capacity: body.count + lines.count + 256)
        head.write(length: body.count, to: &buffer)
        buffer.writeBytes(body)
        return buffer
    }

    func keepsAlive(after request: InboundRequest) -> Bool {
        !closesAfterReply && request.head?.keepsAlive ?? false
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
        guard !closesAfterReply else {
            state = .closed
            return close()
        }
        state = .idle
        resume()
    }

    /// Goes on with what was read meanwhile, then with the socket.
    private func resume() {
        while !waiting.isEmpty {
            if case .answering = state { return }
            receive(waiting.removeFirst())
        }
        guard wantsRead, let context else { return }
        wantsRead = false
        context.read()
    }
}
