public import Domain
public import Providers
import Routing
public import Wire

/// What the caller's side has to do next.
public enum Step {
    /// Nothing, until more comes.
    case wait
    /// Send the head of a streamed reply, then what is in the buffer.
    case begin
    /// Send what is in the buffer.
    case proceed
    /// Call `send` again after a while: another route, or the same once more.
    case sendAgain(after: Duration)
    /// Call `packed` with what this makes: elsewhere, if it is large.
    case pack(VectorPacking)
    /// Commit the entry, then send the end of the reply.
    case finish(Ending)
}

/// How a reply ends.
public struct Ending {
    /// The closed record: it is on the ledger before the last byte leaves.
    public let entry: LedgerEntry
    public let kind: Kind

    public enum Kind {
        /// The whole reply is in the buffer.
        case whole
        /// The end of the stream is in the buffer.
        case stream
        /// Nothing was sent yet: this error is the reply.
        case error(GatewayError)
        /// The stream breaks off with this error, which is in the buffer too.
        case brokenStream(GatewayError)

        /// Whether something of a reply goes to the caller.
        var isReply: Bool { if case .error = self { false } else { true } }
    }
}

/// What is being made of the upstream's bytes.
enum ReplyProgress {
    case none
    case relaying(Relay)
    /// The upstream refused: its words are collected.
    case refused(ReplyHead, [UInt8])
}

/// Stages 8 to 11: the way back.
extension Exchange {
    /// Bytes of an upstream's refusal that are read; the rest says no more.
    private static let refusalLimit = 256 << 10

    /// - Parameters:
    ///   - finding: what the address says about where the endpoint is; nil where it wasn't looked at.
    ///   - certificate: the fingerprint of the peer's; nil without TLS.
    public mutating func connected(to address: String, _ finding: AddressFinding? = nil, certificate: String? = nil) {
        withAttempt {
            $0.address = address
            $0.certificate = certificate
            $0.found(finding)
        }
    }

    /// Nothing was sent to an address that the clearance doesn't permit.
    public mutating func refusedAddress(_ address: String, _ finding: AddressFinding) {
        withAttempt {
            $0.refusedAddress = address
            $0.found(finding)
        }
    }

    public mutating func received(_ head: ReplyHead) {
        withAttempt {
            $0.status = head.status
            $0.upstreamRequestID = Self.requestID(in: head).flatMap(Self.name)
        }
        learn(from: head)
        guard head.status == 200, let binding = currentBinding, let endpoint = currentEndpoint, let ask else {
            reply = .refused(head, [])
            return
        }
        reply = .relaying(relay(for: ask, binding, endpoint))
    }

    /// Stages 8 and 9 for the next bytes of the body.
    ///
    /// - Parameter now: asked only when the bytes end the reply, which few of them do.
    public mutating func received(
        _ bytes: UnsafeRawBufferPointer, into out: inout [UInt8], at now: @autoclosure () -> Timestamp
    ) -> Step {
        withAttempt { $0.receivedBytes += bytes.count }
        switch takeReply() {
        case .none: return .wait
        case .refused(let head, var body):
            body.append(contentsOf: bytes.prefix(max(0, Self.refusalLimit - body.count)))
            reply = .refused(head, body)
            return .wait
        case .relaying(var relay):
            let before = out.count
            do throws(UpstreamFault) {
                try relay.receive(bytes, into: &out)
            } catch {
                return failed(error, relay: relay, sent: before, out: &out, at: now())
            }
            reply = .relaying(relay)
            if relay.passesWhole { digest(bytes) }
            return advance(in: out, from: before)
        }
    }

    /// Takes out what is being made: as long as it were in two places, each change would copy it.
    private mutating func takeReply() -> ReplyProgress {
        var taken = ReplyProgress.none
        swap(&taken, &reply)
        return taken
    }

    /// Whether the reply is complete although the upstream's body isn't over.
    public var isComplete: Bool {
        if case .relaying(let relay) = reply { relay.isDone } else { false }
    }

    /// The upstream's body is over: stages 8 to 11.
    public mutating func ended(into out: inout [UInt8], at now: Timestamp) -> Step {
        let before = out.count
        switch takeReply() {
        case .none:
            return failed(.malformed("It ended its reply before the head."), sent: before, out: &out, at: now)
        case .refused(let head, let body):
            return failed(fault(head, body), sent: before, out: &out, at: now)
        case .relaying(var relay):
            do throws(UpstreamFault) {
                try relay.end(into: &out)
            } catch {
                return failed(error, relay: relay, sent: before, out: &out, at: now)
            }
            if let packing = relay.packing {
                reply = .relaying(relay)
                return .pack(packing)
            }
            return completed(relay, sent: before, out: &out, at: now)
        }
    }

    /// The reply's vectors are in the form that the caller asked for.
    public mutating func packed(_ body: [UInt8], into out: inout [UInt8], at now: Timestamp) -> Step {
        guard case .relaying(let relay) = reply else { return .wait }
        let before = out.count
        out.append(contentsOf: body)
        return completed(relay, sent: before, out: &out, at: now)
    }

    /// The upstream can't be reached, broke off, or took too long.
    public mutating func failed(
        _ fault: UpstreamFault, stale: Bool = false, into out: inout [UInt8], at now: Timestamp
    ) -> Step {
        let relay: Relay? = if case .relaying(let relay) = reply { relay } else { nil }
        return failed(fault, relay: relay, stale: stale, sent: out.count, out: &out, at: now)
    }

    /// Looks whether the upstream takes too long. To be asked about once a second.
    ///
    /// - Parameters:
    ///   - isHeldUp: whether the caller takes nothing at the moment.
    ///   - uptime: of a clock that is never set.
    /// - Returns: nil as long as it doesn't; else what is to be done, after the call to the upstream was ended.
    public mutating func look(
        isHeldUp: Bool, uptime: Duration, into out: inout [UInt8], at now: @autoclosure () -> Timestamp
    ) -> Step? {
        guard let attempt = record.attempts.last else { return nil }
        let relay: Relay? = if case .relaying(let relay) = reply { relay } else { nil }
        let sight = ReplyWatch.Sight(
            attempt: record.attempts.count, isUnderWay: attempt.endedAt == nil, isStreamed: record.isStreamed,
            hasBegun: attempt.status != nil, bytes: attempt.receivedBytes, pieces: relay?.pieceCount ?? 0,
            isHeldUp: isHeldUp)
        switch watch.look(at: sight, now: uptime) {
        case nil: return nil
        case .overdue(let fault):
            return failed(fault, relay: relay, sent: out.count, out: &out, at: now())
        case .expired(let fault):
            return failed(fault, relay: relay, isLast: true, sent: out.count, out: &out, at: now())
        }
    }

    /// Has the streamed reply begin before it says something, since the upstream is there and keeps its stream open: from
    /// now on the caller's may be kept open, too, and there is no other route.
    ///
    /// - Returns: false where there is nothing that could begin.
    public mutating func beginEarly() -> Bool {
        guard record.isStreamed, !hasBegun, case .relaying = reply, record.attempts.last?.receivedBytes ?? 0 > 0 else {
            return false
        }
        begin()
        return true
    }

    /// The caller went away: whatever was sent out stays recorded.
    public mutating func cancelled(at now: Timestamp) -> LedgerEntry {
        release(.unknown, at: now)
        withAttempt { $0.fail("cancelled", at: now) }
        if case .relaying(let relay) = reply {
            learn(from: relay)
            meter(relay, outputBytes: 0, isCancelled: true)
        }
        return close(.cancelled, status: hasBegun ? 200 : nil, .whole, at: now).entry
    }

    /// The gateway stops, and waits for the reply no longer: its caller hears of that.
    public mutating func cutOff(_ error: GatewayError, into out: inout [UInt8], at now: Timestamp) -> Ending {
        release(.unknown, at: now)
        withAttempt { $0.fail("cancelled", at: now) }
        record.error = error.code
        let sent = out.count
        if case .relaying(var relay) = reply {
            learn(from: relay)
            if hasBegun { relay.fail(reply(error), into: &out) }
            meter(relay, outputBytes: 0, isCancelled: true)
        }
        count(out, from: sent)
        guard hasBegun else {
            let outcome: CustodyRecord.Outcome = record.attempts.isEmpty ? .refused : .failed
            return close(outcome, status: error.status, .error(error), at: now)
        }
        return close(.failed, status: 200, .brokenStream(error), at: now)
    }

    /// Something before the first attempt, or between two, stands in the way.
    ///
    /// After an attempt it is that one's failure which the caller hears of: that the next route could not be asked the
    /// same thing says nothing about the request.
    public mutating func refused(_ obstacle: GatewayError, at now: Timestamp) -> Ending {
        release(.unknown, at: now)
        let error = lastFailure ?? obstacle
        record.error = error.code
        let outcome: CustodyRecord.Outcome = record.attempts.isEmpty ? .refused : .failed
        return close(outcome, status: error.status, .error(error), at: now)
    }

    /// The opening could not be recorded, so nothing was sent: the attempt that was about to be made was none.
    public mutating func refusedUnrecorded(at now: Timestamp) -> Ending {
        withdrawAttempt(at: now)
        withdrawFetching()
        lastFailure = nil
        return refused(.custodyUnavailable, at: now)
    }

    /// The lines that go with the head of the reply, whatever it turns out to be.
    public func headerLines(on today: CalendarDate) -> [UInt8] {
        [UInt8](expecting: 1024) { lines in
            ProvenanceHeaders.addLines(
                id: id, attempts: record.attempts.count, policy: record.policy, wire: codec.wire, to: &lines)
            if let standing { LimitHeaders.add(standing, to: &lines) }
            if let summary = record.substitution { ProvenanceHeaders.addSubstitution(summary, to: &lines) }
            guard let binding = currentBinding, !record.attempts.isEmpty else {
                return ProvenanceHeaders.addLinesWithoutRoute(gateway: snapshot.jurisdiction, to: &lines)
            }
            let last = record.attempts.count - 1
            lines.append(binding.provenance(record.attempts[last].credential))
            ProvenanceHeaders.addEvidence(record.attempts[last].endpointEvidence, to: &lines)
            ProvenanceHeaders.addRetirement(of: binding.route, on: today, to: &lines)
        }
    }

    /// A comment that keeps a silent stream open.
    public mutating func ping(into out: inout [UInt8]) {
        let start = out.count
        out.append(": ping\n\n")
        count(out, from: start)
    }

    // MARK: Details

    /// What follows a position is a part of the reply's body.
    mutating func count(_ out: [UInt8], from start: Int) {
        record.responseBytes += out.count - start
        out.withUnsafeBytes { digest($0[rebasing: start..<out.count]) }
    }

    /// Something to send has come, or not yet.
    private mutating func advance(in out: [UInt8], from start: Int) -> Step {
        guard record.isStreamed, out.count > start else { return .wait }
        count(out, from: start)
        guard !hasBegun else { return .proceed }
        begin()
        return .begin
    }

    private mutating func completed(_ relay: Relay, sent: Int, out: inout [UInt8], at now: Timestamp) -> Step {
        learn(from: relay)
        meter(relay, outputBytes: out.count - sent)
        if record.isStreamed {
            writeClosingComment(to: &out)
            out.append(contentsOf: relay.closing)
        }
        // What passes whole was digested as it came, in place of all at once.
        if relay.passesWhole { record.responseBytes += out.count - sent } else { count(out, from: sent) }
        release(.answered, at: now)
        return .finish(close(.completed, status: 200, record.isStreamed ? .stream : .whole, at: now))
    }

    /// - Parameter sent: how many bytes of the buffer are on their way to the caller already.
    private mutating func failed(
        _ fault: UpstreamFault, relay: Relay? = nil, stale: Bool = false, isLast: Bool = false, sent: Int,
        out: inout [UInt8], at now: Timestamp
    ) -> Step {
        withAttempt { $0.fail(fault.cause.rawValue, at: now) }
        if let relay { learn(from: relay) }
        // What a stream said before it broke is the caller's; what a whole reply said is no reply.
        if !record.isStreamed { out.removeLast(out.count - sent) }
        let breaksOff = hasBegun || out.count > sent
        // What it quotes of the prompt are stand-ins.
        let fault = substituted?.restored(fault) ?? fault
        let error = GatewayError(fault, provider: currentBinding?.facts.displayName ?? "The upstream")
        lastFailure = error
        let wait = next(after: fault, stale: stale, at: now)
        if let wait, !breaksOff, !isLast {
            reply = .none
            return .sendAgain(after: wait)
        }
        if breaksOff, var relay { relay.fail(reply(error), into: &out) }
        count(out, from: sent)
        // Whatever has come of a stream was paid for.
        if let relay, breaksOff || relay.usage != nil { meter(relay, outputBytes: 0) }
        record.error = error.code
        let kind: Ending.Kind = breaksOff ? .brokenStream(error) : .error(error)
        return .finish(close(.failed, status: breaksOff ? 200 : error.status, kind, at: now))
    }

    /// An error as the caller's wire has it.
    public func reply(_ error: GatewayError) -> ChatReplyError { ChatReplyError(error, in: language, id: id) }

    private func fault(_ head: ReplyHead, _ body: [UInt8]) -> UpstreamFault {
        guard let adapter = currentEndpoint?.adapter else { return .malformed("It answered \(head.status).") }
        return body.withUnsafeBytes { buffer in
            adapter.fault(of: FailedReply(status: head.status, header: { head[$0] }, body: buffer))
        }
    }

    /// Stage 10.
    ///
    /// - Parameters:
    ///   - outputBytes: of a reply that isn't streamed.
    ///   - isCancelled: whether the caller has left.
    private mutating func meter(_ relay: Relay, outputBytes: Int, isCancelled: Bool = false) {
        guard let route = record.route else { return }
        let usage = usage(of: relay, outputBytes: outputBytes)
        let estimate: Charge.Basis = isCancelled ? .estimateUntilCancelled : .estimate
        record.usage = usage
        record.charge = route.prices.charge(for: usage, by: usage.isEstimated ? estimate : .providerCounts)
    }

    /// No provider charges for counting, and nothing was generated: what is counted isn't used.
    private func usage(of relay: Relay, outputBytes: Int) -> TokenUsage {
        guard codec.wire != .anthropicTokenCount else { return TokenUsage(input: 0, output: 0) }
        return relay.usage.map { TokenUsage($0, atLeastOutput: relay.isCutShort ? relay.pieceCount : 0) }
            ?? .estimated(
                requestBytes: record.requestBytes, output: estimatedOutput(of: relay, outputBytes: outputBytes))
    }

    private func estimatedOutput(of relay: Relay, outputBytes: Int) -> Int {
        // However long a vector is, nobody counts it as output.
        guard codec.wire != .openAIEmbeddings else { return 0 }
        return record.isStreamed ? relay.pieceCount : (outputBytes + 3) / 4
    }

    /// Stage 11.
    mutating func close(
        _ outcome: CustodyRecord.Outcome, status: Int?, _ kind: Ending.Kind, at now: Timestamp
    ) -> Ending {
        withAttempt { $0.endedAt = $0.endedAt ?? now }
        if kind.isReply || hasBegun { finishDigest() }
        record.outcome = outcome
        record.status = status
        record.closedAt = now
        settle(at: now)
        return Ending(entry: record.entry(.closed, snapshot), kind: kind)
    }

    mutating func withAttempt(_ change: (inout Attempt) -> Void) {
        guard !record.attempts.isEmpty else { return }
        change(&record.attempts[record.attempts.count - 1])
    }

    /// What is known only at the end of a stream, in a comment, which clients skip.
    func writeClosingComment(to out: inout [UInt8]) {
        out.append(": x-ni-outcome=completed")
        if let charge = record.charge {
            out.append("; x-ni-cost-usd=")
            out.append(text: charge.charge.description)
        }
        if let usage = record.usage {
            out.append("; x-ni-input-tokens=")
            out.append(decimal: usage.prompt)
            out.append("; x-ni-output-tokens=")
            out.append(decimal: usage.output + usage.reasoning)
        }
        out.append("\n\n")
    }

    /// What an upstream calls something, as far as it may be kept: one word, and not a long one. Anything else is no name,
    /// and could be content.
    static func name(_ text: String) -> String? {
        let isWord = text.utf8.count <= 256 && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        return isWord ? text : nil
    }

    /// Where the providers put the id that their support asks for.
    private static func requestID(in head: ReplyHead) -> String? {
        head["x-amzn-requestid"] ?? head["x-request-id"] ?? head["request-id"] ?? head["apim-request-id"]
    }
}

extension TokenUsage {
    /// Classes that don't overlap, from counts where parts are counted within wholes.
    ///
    /// - Parameter seen: pieces of output that have come. Some providers count at the beginning of a stream, when there is
    ///   nearly none yet.
    init(_ counts: ChatUsage, atLeastOutput seen: Int) {
        let (cached, written, reasoning) =
            (counts.cachedInput.asCount, counts.cacheWrite.asCount, counts.reasoning.asCount)
        self.init(
            input: (counts.input.asCount - cached - written).asCount, cachedInput: cached, cacheWrite: written,
            output: (max(counts.output.asCount, seen) - reasoning).asCount, reasoning: reasoning,
            isEstimated: counts.output.asCount < seen)
    }

    /// Where an upstream gives no counts, said to be an estimate: four bytes a token of what isn't counted in pieces.
    static func estimated(requestBytes: Int, output: Int) -> TokenUsage {
        TokenUsage(input: (requestBytes + 3) / 4, output: output, isEstimated: true)
    }
}

extension Int {
    /// As a record may hold it: not negative, and small enough for readers that take numbers for doubles (RFC 8785,
    /// appendix D). No model has ever used as much.
    fileprivate var asCount: Int { Swift.min(Swift.max(0, self), 1 << 53 - 1) }
}
