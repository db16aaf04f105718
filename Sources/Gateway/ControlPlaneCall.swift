import Domain
import NIOCore
import Providers
import Upstream
import Wire

/// Hands a request to the control plane over its socket, and its reply back.
final class ControlPlaneCall: Answer {
    private let request: InboundRequest
    private let loop: LoopState
    private var connection: ClientConnection?
    private var upstream: UpstreamCall?
    private var hasSentHead = false
    private var status = 200
    private var lastActivity = NIODeadline.now()
    /// Whether the reply's length is in its own head, so that its body goes on as it is.
    private var isChunked = false
    /// What is to be kept of the reply, as far as it has come; nil where nothing is.
    private var kept: (lines: [UInt8], body: ByteBuffer, lifetime: TimeAmount)?
    private lazy var pageName = request.head.flatMap { KeptPages.Name($0.whole) }

    /// Fields that concern one connection only (RFC 9110, section 7.6.1), and those that are written anew.
    private static let hopFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "content-length", "expect",
    ]

    /// Who has seen a page over TLS comes back over TLS only, for a year (RFC 6797, section 6.1).
    private static let strictTransport = "strict-transport-security: max-age=31536000\r\n"

    /// Where the caller is, as the gateway sees it: callers can't send it themselves.
    private static let addressField = "x-ni-client-address"

    init(_ request: InboundRequest, connection: ClientConnection) {
        self.request = request
        self.connection = connection
        loop = connection.loop
    }

    func start() {
        if let pageName, let page = loop.pages.page(pageName, at: .now()) { return reply(page) }
        guard let socket = loop.settings.controlPlaneSocket else {
            connection?.reply(.notFound, to: request)
            return
        }
        upstream = loop.upstream.relay(UpstreamPayload(parts()), toSocket: socket, delegate: self)
    }

    private func reply(_ page: KeptPages.Page) {
        guard let connection else { return }
        var buffer = loop.allocator.buffer(capacity: page.lines.count + page.body.readableBytes + 256)
        buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        buffer.writeBytes(page.lines)
        buffer.writeString("age: \((NIODeadline.now() - page.madeAt).nanoseconds / 1_000_000_000)\r\n")
        buffer.writeString("content-length: \(page.body.readableBytes)\r\n")
        if !connection.keepsAlive(after: request) { buffer.writeStaticString("connection: close\r\n") }
        if connection.isSecure { buffer.writeString(Self.strictTransport) }
        buffer.writeBytes(request.idLines)
        buffer.writeStaticString("\r\n")
        buffer.writeImmutableBuffer(page.body)
        connection.write(buffer)
        finish()
    }

    private func parts() -> [ByteBuffer] {
        guard let head = request.head?.whole else { return [] }
        var buffer = loop.allocator.buffer(capacity: 1024)
        buffer.writeString("\(head.methodText) \(head.pathAndQuery) HTTP/1.1\r\n")
        // RFC 9112, section 3.2.2: what the target says of the host counts.
        buffer.writeString("host: \(head.host)\r\n")
        let isSecure = connection?.isSecure ?? false
        if isSecure { buffer.writeStaticString("x-forwarded-proto: https\r\n") }
        let named = Self.namedByConnection(head)
        for (name, value) in head.fields.all {
            let known = name.lowercased()
            guard !Self.hopFields.contains(known), !named.contains(known), known != Self.addressField, known != "host",
                !isSecure || known != "x-forwarded-proto"
            else { continue }
            buffer.writeString("\(name): \(value)\r\n")
        }
        if let address = request.head.flatMap({ connection?.address(of: $0) }) {
            buffer.writeString("\(Self.addressField): \(address)\r\n")
        }
        buffer.writeString("x-ni-request-id: \(request.id.hex)\r\n")
        buffer.writeString("content-length: \(request.body.count)\r\n\r\n")
        return [buffer] + request.body.pieces
    }

    /// What is for this connection only, besides what always is (RFC 9110, section 7.6.1).
    private static func namedByConnection(_ head: HTTP1RequestHead) -> Set<String> {
        Set(
            head.fields.all.filter { $0.name.lowercased() == "connection" }.flatMap { field in
                field.value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            })
    }

    func callerBecame(writable: Bool) {
        if writable { upstream?.resume() } else { upstream?.pause() }
    }

    func callerLeft() {
        connection = nil
        loop.counters.activeRequests -= 1
        upstream?.cancel()
    }

    /// No page takes so long.
    private static let longestSilence = TimeAmount.seconds(60)

    func secondPassed(now: NIODeadline) {
        guard now - lastActivity > Self.longestSilence, let connection, connection.isWritable else { return }
        upstream?.cancel()
        upstreamFailed(UpstreamFault(.timeout, status: 504, message: "It sent nothing for too long."), stale: false)
    }

    private func finish() {
        loop.counters.replies[status, default: 0] += 1
        let last = connection
        connection = nil
        upstream = nil
        last?.answered(request)
    }
}

extension ControlPlaneCall: UpstreamCallDelegate {
    func upstreamConnected(to peer: UpstreamPeer, _ finding: AddressFinding?) {}

    func upstreamReceived(_ head: ReplyHead) {
        guard let connection else { return }
        hasSentHead = true
        status = head.status
        let length = head["content-length"]
        let hasNoBody = head.status == 204 || head.status == 304 || request.head?.method == .head
        isChunked = length == nil && !hasNoBody && request.head?.isHTTP11 ?? false
        var buffer = loop.allocator.buffer(capacity: 1024)
        buffer.writeString("HTTP/1.1 \(head.status) \(OutboundHead.reason(head.status))\r\n")
        let start = buffer.writerIndex
        for (name, value) in head.all where !Self.hopFields.contains(name.lowercased()) {
            buffer.writeString("\(name): \(value)\r\n")
        }
        if pageName != nil, let lifetime = KeptPages.lifetime(of: head) {
            let lines = buffer.getBytes(at: start, length: buffer.writerIndex - start) ?? []
            kept = (lines, loop.allocator.buffer(capacity: length.flatMap { Int($0) } ?? 0), lifetime)
        }
        if let length { buffer.writeString("content-length: \(length)\r\n") }
        if isChunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        if !connection.keepsAlive(after: request) { buffer.writeStaticString("connection: close\r\n") }
        if connection.isSecure { buffer.writeString(Self.strictTransport) }
        buffer.writeBytes(request.idLines)
        buffer.writeStaticString("\r\n")
        connection.write(buffer)
    }

    func upstreamReceived(_ body: ByteBuffer) {
        lastActivity = .now()
        kept?.body.writeImmutableBuffer(body)
        guard isChunked else {
            connection?.write(body)
            return
        }
        var buffer = loop.allocator.buffer(capacity: body.readableBytes + 32)
        buffer.writeChunk(Array(body.readableBytesView), chunked: true)
        connection?.write(buffer)
    }

    func upstreamReadCompleted() {}

    func upstreamEnded() {
        if isChunked { connection?.write(ByteBuffer(staticString: "0\r\n\r\n")) }
        if let pageName, let kept {
            let now = NIODeadline.now()
            loop.pages.keep(
                KeptPages.Page(lines: kept.lines, body: kept.body, madeAt: now, end: now + kept.lifetime), as: pageName)
        }
        finish()
    }

    func upstreamFailed(_ fault: UpstreamFault, stale: Bool) {
        guard !hasSentHead else {
            connection?.abandon()
            connection = nil
            return
        }
        // A kept connection that the control plane had closed: nothing of the request was read.
        if stale { return start() }
        let last = connection
        connection = nil
        last?.reply(.controlPlaneUnavailable, to: request)
    }
}
