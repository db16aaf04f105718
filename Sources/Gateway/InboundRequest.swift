import Domain
import NIOCore
import NIOHTTP1
import Pipeline
import Wire

/// A caller's request on its way in.
struct InboundRequest {
    let id: RequestID
    /// Nil for a request that couldn't be read.
    let head: InboundHead?
    let surface: Surface
    let receivedAt: Timestamp
    private(set) var key: APIKey?
    private(set) var body = ByteBuffer()

    init(id: RequestID, head: InboundHead, receivedAt: Timestamp) {
        self.init(id: id, head: head, surface: Surface(path: head.path), receivedAt: receivedAt)
    }

    private init(id: RequestID, head: InboundHead?, surface: Surface, receivedAt: Timestamp) {
        self.id = id
        self.head = head
        self.surface = surface
        self.receivedAt = receivedAt
    }

    static func unreadable(id: RequestID) -> InboundRequest {
        InboundRequest(id: id, head: nil, surface: .controlPlane, receivedAt: Timestamp(seconds: 0))
    }

    var language: Language { head?.language ?? .english }

    /// The request's own header lines where nothing else is known.
    var idLines: [UInt8] {
        let hex = id.hex
        var lines: [UInt8] = []
        lines.append("x-ni-request-id: ")
        lines.append(text: hex)
        lines.append("\r\nx-request-id: ")
        lines.append(text: hex)
        lines.append("\r\n")
        return lines
    }

    /// All that can be decided before the body comes.
    mutating func admit(by snapshot: ServingSnapshot, bodyLimit: Int, at now: Timestamp) throws(GatewayError) {
        guard let head else { throw .internalError }
        if surface.needsKey { key = try snapshot.authenticate(head.secret, at: now) }
        // Before the method: what isn't offered has methods of its own, such as GET for a stored response.
        if case .notOffered(let what) = surface { throw .notImplementedYet(what) }
        if let method = surface.method, head.method != method { throw .methodNotAllowed(method.rawValue) }
        if let length = head.contentLength, length > bodyLimit { throw .requestTooLarge(limit: bodyLimit) }
    }

    /// Takes a part of the body; false when there is too much of it.
    mutating func take(_ bytes: ByteBuffer, limit: Int) -> Bool {
        guard body.readableBytes + bytes.readableBytes <= limit else { return false }
        if body.readableBytes == 0 {
            guard let length = head?.contentLength, length > bytes.readableBytes else {
                body = bytes
                return true
            }
            // Room for the whole at once. It costs nothing until it is filled, and the limit bounds it.
            body = ByteBufferAllocator().buffer(capacity: min(length, limit))
        }
        body.writeImmutableBuffer(bytes)
        return true
    }

    func answer(on connection: ClientConnection) -> any Answer {
        switch surface {
        case .chatCompletions: ChatCall(self, connection: connection)
        case .models, .model, .billingModels: CatalogAnswer(self, connection: connection)
        case .custodyRecord(let id): CustodyAnswer(id, self, connection: connection)
        case .controlPlane, .notOffered: ControlPlaneCall(self, connection: connection)
        }
    }
}

/// What answers one request. It ends by telling the connection `answered` or `abandon`, or by the caller's leaving.
protocol Answer: AnyObject {
    func start()
    /// The caller's socket is full, or no longer.
    func callerBecame(writable: Bool)
    func callerLeft()
    /// Called about once a second.
    func secondPassed(now: NIODeadline)
}

extension Answer {
    func callerBecame(writable: Bool) {}
    func secondPassed(now: NIODeadline) {}
}
