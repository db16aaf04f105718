import Domain
import Logging
import NIOCore
import NIOPosix
import Pipeline
import Providers
import Upstream
import Wire

/// Drives one ``Exchange``: does what it answers, and tells it what happens.
final class ChatCall: Answer {
    private let request: InboundRequest
    private let loop: LoopState
    private var exchange: Exchange
    /// Nil once the caller has gone or has its whole reply.
    private var connection: ClientConnection?
    private var upstream: UpstreamCall?
    /// Whether the head of a streamed reply is out.
    private var hasSentHead = false
    private var isEnding = false
    private var lastWrite = NIODeadline.now()
    /// What waits for the journal: the next request to an upstream, a command's change, or the end of the reply.
    private var dispatch: Dispatch?
    private var change: MappingChange?
    private var fetching: MediaFetching?
    private var ending: Ending?
    /// What the request names is being fetched.
    private var fetch: Task<Void, Never>?
    /// When a stream has said something for the first time.
    private var firstChunk: Timestamp?
    /// The end of the reply, waiting for the record.
    private var tail: [UInt8] = []

    init(_ request: InboundRequest, connection: ClientConnection) {
        self.request = request
        self.connection = connection
        loop = connection.loop
        // `admit` has made sure that there is a key.
        let binding = request.keyBinding ?? loop.binding(for: Self.nobody)
        exchange = Exchange(
            id: request.id, key: binding.key, policy: binding.policyDigest, surface: request.surface.name,
            codec: request.surface.codec, language: request.language, snapshot: loop.snapshot,
            requestBytes: request.body.count, digests: request.digests, contentKey: binding.contentKey,
            engine: binding.engine, media: loop.settings.mediaURLs, at: request.receivedAt)
        if let trace = request.head?.trace { exchange.join(trace) }
    }

    /// A key that may do nothing.
    private static let nobody = APIKey(
        id: "", organization: .default, name: "", hint: "", policy: KeyPolicy(tiers: []),
        createdAt: Timestamp(seconds: 0))

    // MARK: Sending

    func start() {
        // A refusal would have to be recorded too.
        guard loop.journal.hasRoom else {
            connection?.reply(
                .custodyUnavailable, to: request, lines: exchange.headerLines(on: request.receivedAt.date))
            connection = nil
            return
        }
        do throws(GatewayError) {
            try prepare()
        } catch {
            return end(exchange.refused(error, at: loop.clock()))
        }
        if let command = exchange.commandAnswer { return answer(command) }
        if let work = exchange.takeFetching() { return open(for: work) }
        protect()
    }

    private func protect() {
        if let work = exchange.takeSubstitution() { substitute(work) } else { send() }
    }

    // MARK: Fetching

    /// Whoever is asked for content learns something, so the record is there first.
    private func open(for work: MediaFetching) {
        fetching = work
        loop.commitSoon(exchange.openingEntry(), for: self)
    }

    private func fetch(_ work: MediaFetching) {
        fetch = loop.fetch(work, for: request.body) { self.fetched($0) }
    }

    private func fetched(_ result: Result<FetchedRequest, GatewayError>) {
        fetch = nil
        guard connection != nil, !isEnding else { return }
        switch result {
        case .success(let fetched):
            request.replaceBody(by: ByteBuffer(bytes: fetched.body))
            exchange.fetched(fetched)
            protect()
        case .failure(let error): end(exchange.refused(error, at: loop.clock()))
        }
    }

    // MARK: Substituting

    private func substitute(_ work: SubstitutionWork) {
        loop.recognize(work, in: request.body) { self.substitute(work, $0) }
    }

    /// A large body is gone through on another thread.
    private func substitute(_ work: SubstitutionWork, _ remote: Result<RemoteFindings, GatewayError>) {
        guard connection != nil else { return }
        let body = request.body
        let run = { @Sendable in
            Result { () throws(GatewayError) in try work.run(on: body, with: remote.get()) }
        }
        guard body.count > loop.settings.inlineLimit else { return substituted(run()) }
        let this = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.threads.submit { _ in
            let result = run()
            this.eventLoop.execute { this.value.substituted(result) }
        }
    }

    private func substituted(_ result: Result<SubstitutedRequest, GatewayError>) {
        guard connection != nil else { return }
        switch result {
        case .success(let substituted):
            if let body = substituted.body { request.replaceBody(by: ByteBuffer(bytes: body)) }
            exchange.substituted(substituted)
            send()
        case .failure(let error): end(exchange.refused(error, at: loop.clock()))
        }
    }

    private func prepare() throws(GatewayError) {
        do throws(GatewayError) {
            try prepareOnce()
        } catch {
            guard request.body.isOutlined else { throw error }
            // What is wrong with it, and where, the whole text tells.
            request.joinBody()
            try prepareOnce()
        }
    }

    private func prepareOnce() throws(GatewayError) {
        try request.body.withScannable { body, _ throws(GatewayError) in
            try exchange.prepare(body, demands: request.head?.demands ?? CallerDemands(), on: request.receivedAt.date)
        }
    }

    /// The next route's turn.
    private func send() {
        do throws(GatewayError) {
            let now = loop.clock()
            let sending = try request.body.withScannable { body, gaps throws(GatewayError) in
                try exchange.send(body, gaps: gaps, at: now)
            }
            switch sending {
            case .ready(let dispatch): depart(dispatch)
            case .work(let work) where request.body.count > loop.settings.inlineLimit: runElsewhere(work)
            case .work(let work): depart(exchange.send(try Self.run(work, on: request.body), at: now))
            }
        } catch {
            end(exchange.refused(error, at: loop.clock()))
        }
    }

    /// A large body is parsed or hashed on another thread, so that it can't hold up the loop's other requests.
    private func runElsewhere(_ work: BodyWork) {
        let body = request.body
        let this = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.threads.submit { _ in
            let result = Result { () throws(GatewayError) in try Self.run(work, on: body) }
            this.eventLoop.execute { this.value.worked(result) }
        }
    }

    private func worked(_ result: Result<BodyWork.Result, GatewayError>) {
        guard connection != nil else { return }
        switch result {
        case .success(let result): depart(exchange.send(result, at: loop.clock()))
        case .failure(let error): end(exchange.refused(error, at: loop.clock()))
        }
    }

    private static func run(_ work: BodyWork, on body: RequestBody) throws(GatewayError) -> BodyWork.Result {
        switch work {
        case .translation(let translation): try translation.run(on: body)
        case .signing(let signing):
            signing.run { range, use in body.pieces.visit(range) { $0.withUnsafeReadableBytes(use) } }
        }
    }

    /// The record names the route before anything leaves for it.
    private func depart(_ dispatch: Dispatch) {
        self.dispatch = dispatch
        if let entry = exchange.takeAuditEntry() { loop.commit(entry) }
        loop.commitSoon(exchange.openingEntry(), for: self)
    }

    /// The journal has what was committed, or could not take it.
    func committed(isRecorded: Bool) {
        if let ending = ending.take() {
            closed(ending, isRecorded: isRecorded)
        } else if let dispatch = dispatch.take() {
            if isOpened(isRecorded) { dispatched(dispatch) }
        } else if let fetching = fetching.take() {
            if isOpened(isRecorded) { fetch(fetching) }
        } else if let change = change.take() {
            if isOpened(isRecorded) { store(change) }
        }
    }

    /// Whether what the record was opened for may be done. Without a record the caller is told so.
    private func isOpened(_ isRecorded: Bool) -> Bool {
        guard connection != nil else { return false }
        guard !isRecorded else { return true }
        isEnding = true
        let ending = exchange.refusedUnrecorded(at: loop.clock())
        // It goes on record, behind the opening, as soon as the journal can be written again.
        loop.commit(ending.entry)
        count()
        reply(to: ending.kind)
        return false
    }

    private func dispatched(_ dispatch: Dispatch) {
        var outgoing = dispatch.request
        if let rule = loop.settings.tracing { exchange.tell(&outgoing, of: request.head?.traceState, by: rule) }
        let payload = UpstreamPayload(outgoing, original: request.body.pieces, allocator: loop.allocator)
        upstream = loop.upstream.dispatch(
            payload, under: dispatch.clearance, fresh: dispatch.wantsFreshConnection, delegate: self)
    }

    // MARK: Commands

    private typealias MappingChange = (change: RouteMappingChange, then: String, ifFull: String)

    /// Nothing leaves the gateway. The record names a change before it is made, as it names a route before anything
    /// leaves for it.
    private func answer(_ command: CommandAnswer) {
        switch command {
        case .text(let text): say(text)
        case .change(let change, let text, let ifFull):
            self.change = (change, text, ifFull)
            loop.commit(exchange.openingEntry(), for: self)
        }
    }

    private func store(_ change: MappingChange) {
        loop.store(change.change).assumeIsolated().whenComplete { self.stored(change, $0) }
    }

    private func stored(_ change: MappingChange, _ result: Result<Void, any Error>) {
        guard connection != nil else { return }
        switch result {
        case .success: say(change.then)
        case .failure(is RouteMappingsFull):
            exchange.changedNothing()
            say(change.ifFull)
        case .failure(let error):
            loop.logger.error("A mapping could not be stored", metadata: ["error": "\(error)"])
            end(exchange.refused(.mappingNotStored, at: loop.clock()))
        }
    }

    private func say(_ text: String) { end(exchange.answered(with: text, into: &loop.scratch, at: loop.clock())) }

    // MARK: Replying

    private func take(_ step: Step) {
        noteCircuit()
        switch step {
        case .wait, .begin, .proceed: break
        case .sendAgain(let wait):
            upstream = nil
            sendAgain(after: wait)
        case .pack(let packing) where packing.size > loop.settings.inlineLimit: packElsewhere(packing)
        case .pack(let packing): packed(packing.run())
        case .finish(let ending): end(ending)
        }
    }

    private func sendAgain(after wait: Duration) {
        guard wait > .zero else { return send() }
        loop.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) {
            guard self.connection != nil, !self.isEnding else { return }
            self.send()
        }
    }

    /// As with a large body that is translated.
    private func packElsewhere(_ packing: VectorPacking) {
        let this = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.threads.submit { _ in
            let body = packing.run()
            this.eventLoop.execute { this.value.packed(body) }
        }
    }

    private func packed(_ body: [UInt8]) {
        guard connection != nil else { return }
        take(exchange.packed(body, into: &loop.scratch, at: loop.clock()))
    }

    /// Writes what this read has made.
    private func flushScratch() {
        guard !isEnding, !loop.scratch.isEmpty else { return }
        var buffer = loop.allocator.buffer(capacity: loop.scratch.count + 64)
        writeStreamHead(to: &buffer, keepsAlive: connection?.keepsAlive(after: request) ?? false)
        buffer.writeChunk(loop.scratch, chunked: isChunked)
        loop.scratch.removeAll(keepingCapacity: true)
        lastWrite = .now()
        connection?.write(buffer)
    }

    private var isChunked: Bool { request.head?.isHTTP11 ?? false }

    private func writeStreamHead(to buffer: inout ByteBuffer, keepsAlive: Bool) {
        guard !hasSentHead else { return }
        hasSentHead = true
        let head = OutboundHead(
            status: 200, contentType: "text/event-stream; charset=utf-8",
            lines: exchange.headerLines(on: request.receivedAt.date), keepsAlive: keepsAlive && isChunked)
        head.writeStreamed(chunked: isChunked, to: &buffer)
    }

    private func end(_ ending: Ending) {
        isEnding = true
        upstream = nil
        swap(&tail, &loop.scratch)
        self.ending = ending
        loop.commit(ending.entry, for: self)
    }

    private func closed(_ ending: Ending, isRecorded: Bool) {
        count()
        switch (isRecorded, hasSentHead) {
        case (true, _): reply(to: ending.kind)
        case (false, false):
            reply(to: .error(exchange.record.attempts.isEmpty ? .custodyUnavailable : .replyNotRecorded))
        case (false, true):
            connection?.abandon()
            connection = nil
        }
    }

    private func reply(to kind: Ending.Kind) {
        guard let connection else { return }
        self.connection = nil
        var buffer = loop.allocator.buffer(capacity: tail.count + 1024)
        let lines = { self.exchange.headerLines(on: self.request.receivedAt.date) }
        switch kind {
        case .whole:
            let head = OutboundHead(status: 200, lines: lines(), keepsAlive: connection.keepsAlive(after: request))
            head.write(length: tail.count, to: &buffer)
            buffer.writeBytes(tail)
        case .error(let error):
            buffer = connection.errorReply(error, request, lines: lines() + retryAdvice)
        case .stream, .brokenStream:
            writeStreamHead(to: &buffer, keepsAlive: connection.keepsAlive(after: request))
            // An HTTP/1.0 caller sees the end of a stream by the end of the connection.
            if !isChunked { connection.closeAfterReply() }
            buffer.writeChunk(tail, chunked: isChunked)
            buffer.writeLastChunk(chunked: isChunked)
        }
        connection.write(buffer)
        connection.answered(request)
    }

    /// Where we have tried more than once ourselves, a client's own retries would only multiply ours.
    private var retryAdvice: [UInt8] {
        exchange.record.attempts.count > 1 ? Array("x-should-retry: false\r\n".utf8) : []
    }

    private func count() {
        loop.counters.count(exchange.record.status, exchange.record.outcome, exchange.record.usage)
        loop.counters.attempts += exchange.record.attempts.count
        loop.report(exchange.record.attempts, of: exchange.id)
        exchange.measure(firstChunk: firstChunk)
        loop.trace(exchange, firstChunk: firstChunk)
        guard loop.logger.logLevel <= .info else { return }
        let record = exchange.record
        loop.logger.info(
            "Answered a request",
            metadata: [
                "id": "\(record.id)", "key": "\(record.key)", "route": "\(record.route?.id ?? "none")",
                "outcome": "\(record.outcome.rawValue)", "status": "\(record.status ?? 0)",
                "attempts": "\(record.attempts.count)", "trace": "\(record.trace?.trace ?? record.id)",
            ])
    }

    // MARK: The caller

    func callerBecame(writable: Bool) {
        if writable { upstream?.resume() } else { upstream?.pause() }
    }

    func callerLeft() {
        connection = nil
        loop.counters.activeRequests -= 1
        upstream?.cancel()
        upstream = nil
        fetch?.cancel()
        guard !isEnding else { return }
        isEnding = true
        loop.commit(exchange.cancelled(at: loop.clock()))
        count()
    }

    func cutOff() {
        guard !isEnding, connection != nil else { return }
        upstream?.cancel()
        dispatch = nil
        change = nil
        fetching = nil
        fetch?.cancel()
        end(exchange.cutOff(.gatewayStops, into: &loop.scratch, at: loop.clock()))
    }

    func secondPassed(now: NIODeadline) {
        guard !isEnding else { return }
        lookAfterUpstream(now: now)
        guard !isEnding else { return }
        if exchange.isComplete, now - lastWrite > .seconds(1) {
            // The stream said that it is done, and its connection doesn't end: nobody has to wait for that.
            upstream?.cancel()
            upstreamEnded()
        } else if now - lastWrite > loop.settings.pingInterval, connection?.isWritable == true,
            hasSentHead || exchange.beginEarly()
        {
            exchange.ping(into: &loop.scratch)
            flushScratch()
        }
    }

    private func lookAfterUpstream(now: NIODeadline) {
        let step = exchange.look(
            isHeldUp: connection?.isWritable == false, uptime: .nanoseconds(Int64(clamping: now.uptimeNanoseconds)),
            into: &loop.scratch, at: loop.clock())
        guard let step else { return }
        upstream?.cancel()
        upstream = nil
        take(step)
    }

    private func noteCircuit() {
        guard let (endpoint, until) = exchange.takeOpenCircuit(at: loop.clock()) else { return }
        loop.counters.openedCircuits += 1
        loop.logger.notice(
            "An endpoint has failed several times in a row and is left alone",
            metadata: [
                "route": "\(exchange.record.route?.id ?? "none")", "endpoint": "\(endpoint.authority)",
                "until": "\(until)",
            ])
    }
}

extension ChatCall: UpstreamCallDelegate {
    func upstreamConnected(to peer: UpstreamPeer, _ finding: AddressFinding?) {
        exchange.connected(to: peer.address, finding, certificate: peer.certificate)
    }

    func upstreamRefused(at address: String, _ finding: AddressFinding) {
        exchange.refusedAddress(address, finding)
    }

    func upstreamReceived(_ head: ReplyHead) { exchange.received(head) }

    func upstreamReceived(_ body: ByteBuffer) {
        guard !isEnding else { return }
        let step = body.withUnsafeReadableBytes { exchange.received($0, into: &loop.scratch, at: loop.clock()) }
        noteFirstChunk(step)
        switch step {
        // What else this upstream sends must not be taken for the next one's.
        case .finish, .sendAgain: upstream?.cancel()
        case .wait, .begin, .proceed, .pack: break
        }
        take(step)
    }

    private func noteFirstChunk(_ step: Step) {
        guard firstChunk == nil, exchange.record.isStreamed else { return }
        switch step {
        case .wait, .sendAgain, .pack: break
        case .begin, .proceed, .finish: firstChunk = loop.clock()
        }
    }

    func upstreamReadCompleted() { flushScratch() }

    func upstreamEnded() {
        guard !isEnding else { return }
        take(exchange.ended(into: &loop.scratch, at: loop.clock()))
    }

    func upstreamFailed(_ fault: UpstreamFault, stale: Bool) {
        guard !isEnding else { return }
        take(exchange.failed(fault, stale: stale, into: &loop.scratch, at: loop.clock()))
    }
}
