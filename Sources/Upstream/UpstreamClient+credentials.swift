public import Domain
public import NIOCore
public import Providers
public import Wire

/// The other reason to leave the gateway: to get what proves to a provider who we are.
extension UpstreamClient {
    /// Exchanges a request for a credential, which was made from configuration alone, for its reply.
    ///
    /// No caller's content comes this way, so it needs no clearance; token hosts belong to a route's contract and are
    /// listed with it.
    public func exchangeCredential(
        _ request: UpstreamRequest, at endpoint: Endpoint
    ) -> EventLoopFuture<CredentialReply> {
        let collector = CredentialReplyCollector(eventLoop.makePromise(of: CredentialReply.self))
        let payload = UpstreamPayload(request, original: [], allocator: ByteBufferAllocator())
        collector.call = call(payload, at: endpoint, delegate: collector)
        let deadline = eventLoop.assumeIsolated().scheduleTask(in: Self.longestExchange) { collector.timeOut() }
        collector.promise.futureResult.whenComplete { _ in deadline.cancel() }
        return collector.promise.futureResult
    }

    /// Models may think for minutes; a token service that says nothing for so long has nothing to say.
    private static let longestExchange = TimeAmount.seconds(20)
}

/// A token endpoint's reply.
public struct CredentialReply: Sendable {
    public let head: ReplyHead
    public let body: [UInt8]
}

private final class CredentialReplyCollector: UpstreamCallDelegate {
    let promise: EventLoopPromise<CredentialReply>
    var call: UpstreamCall?
    private var head: ReplyHead?
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<CredentialReply>) { self.promise = promise }

    func timeOut() {
        call?.cancel()
        promise.fail(UpstreamFault(.timeout, status: 504, message: "It didn't answer in time."))
    }

    func upstreamConnected(to peer: UpstreamPeer, _ finding: AddressFinding?) {}
    func upstreamReceived(_ head: ReplyHead) { self.head = head }

    func upstreamReceived(_ body: ByteBuffer) {
        guard self.body.count + body.readableBytes <= CredentialAnswer.mostBytes else {
            call?.cancel()
            return promise.fail(UpstreamFault.malformed("The token endpoint's reply is too long."))
        }
        self.body.append(contentsOf: body.readableBytesView)
    }

    func upstreamReadCompleted() {}

    func upstreamEnded() {
        guard let head else { return promise.fail(UpstreamFault.malformed("The token endpoint gave no reply.")) }
        promise.succeed(CredentialReply(head: head, body: body))
    }

    func upstreamFailed(_ fault: UpstreamFault, stale: Bool) { promise.fail(fault) }
}
