import Domain
import NIOCore
import Pipeline
import Wire

/// A caller's request on its way in.
///
/// A class: it is handed on from stage to stage, and copying all that a head holds each time is what a reference avoids.
final class InboundRequest {
    let id: RequestID
    /// Nil for a request that couldn't be read.
    let head: InboundHead?
    let receivedAt: Timestamp
    private(set) var key: APIKey?
    private(set) var body: RequestBody
    /// What serves its key; nil where no model is asked.
    private(set) var keyBinding: KeyBinding?
    private var digester: ContentDigester?

    init(id: RequestID, head: InboundHead?, receivedAt: Timestamp) {
        self.id = id
        self.head = head
        self.receivedAt = receivedAt
        body = RequestBody(
            RequestBody.Form(length: head?.contentLength, isScanned: head?.surface.isInference ?? false))
    }

    var surface: Surface { head?.surface ?? .controlPlane }
    var language: Language { head?.language ?? .english }

    /// The request's own header lines where nothing else is known.
    var idLines: [UInt8] {
        [UInt8](expecting: 128) { lines in
            lines.append("x-ni-request-id: ")
            lines.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
            lines.append("\r\nx-request-id: ")
            lines.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
            lines.append("\r\n")
        }
    }

    /// All that can be decided before the body comes.
    ///
    /// - Parameters:
    ///   - recent: the key that the connection's last request came with.
    ///   - address: where the caller is.
    func admit(
        by snapshot: ServingSnapshot, recent: inout RecentKey?, from address: @autoclosure () -> IPAddress?,
        bodyLimit: Int
    ) throws(GatewayError) {
        guard let head else { throw .internalError }
        if surface.needsKey {
            guard !head.repeatsCredentials else { throw .repeatedCredentials }
            let key = try RecentKey.key(for: head.secret, recent: &recent, in: snapshot, at: receivedAt)
            self.key = key
            if key.policy.sourceNetworks != nil, !key.policy.admits(address()) { throw .addressNotAllowed }
        }
        // Before the method: what isn't offered has methods of its own, such as GET for a stored response.
        if case .notOffered(let what, _) = surface { throw .notImplementedYet(what) }
        if let method = surface.method, head.method != method, !(method == .get && head.method == .head) {
            throw .methodNotAllowed(method.rawValue)
        }
        if let length = head.contentLength, length > bodyLimit { throw .requestTooLarge(limit: bodyLimit) }
    }

    /// Has the body digested as it comes, where bodies are.
    func bind(_ binding: KeyBinding) {
        keyBinding = binding
        digester = binding.contentKey?.digester()
    }

    /// Once the body is there.
    var digests: ContentDigests? {
        guard let contentKey = keyBinding?.contentKey, let digest = digester?.digest() else { return nil }
        return ContentDigests(key: contentKey.fingerprint, request: digest)
    }

    /// Takes a part of the body; false when there is too much of it.
    func take(_ bytes: ByteBuffer, limit: Int) -> Bool {
        guard body.count + bytes.readableBytes <= limit else { return false }
        bytes.withUnsafeReadableBytes { digester?.add($0) }
        body.take(bytes)
        return true
    }

    /// All of the body has come.
    func finish() { body.finish() }

    /// Makes one text of the body.
    func joinBody() { body.join() }

    /// What leaves is another text than what came.
    func replaceBody(by bytes: ByteBuffer) {
        body = RequestBody(RequestBody.Form(length: bytes.readableBytes, isScanned: false))
        body.take(bytes)
        body.finish()
    }

    /// An error as a whole reply.
    func reply(
        _ error: GatewayError, lines: [UInt8], keepsAlive: Bool, _ allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        let body = surface.codec.errorBody(ChatReplyError(error, in: language, id: id))
        var lines = lines + error.lines
        // RFC 9110, section 15.5.6.
        if error.code == .methodNotAllowed, let method = surface.method {
            lines.append(text: "allow: \(method.rawValue)\r\n")
        }
        let head = OutboundHead(status: error.status, lines: lines, keepsAlive: keepsAlive)
        var buffer = allocator.buffer(capacity: body.count + lines.count + 256)
        head.write(length: body.count, to: &buffer)
        // A body would be read as the beginning of the next reply.
        if self.head?.method != .head { buffer.writeBytes(body) }
        return buffer
    }

    func answer(on connection: ClientConnection) -> any Answer {
        switch surface {
        case .inference: ChatCall(self, connection: connection)
        case .models, .model, .billingModels: CatalogAnswer(self, connection: connection)
        case .explain: ExplainAnswer(self, connection: connection)
        case .custodyRecord, .custodyReceipt, .custodyRecords, .custodyExport, .usage, .logCheckpoint, .logTile,
            .logKeys:
            archiveAnswer(on: connection)
        case .controlPlane, .notOffered: ControlPlaneCall(self, connection: connection)
        }
    }
}

extension InboundRequest {
    private func archiveAnswer(on connection: ClientConnection) -> any Answer {
        do throws(GatewayError) {
            return ArchiveAnswer(try archiveQuestion(), self, connection: connection)
        } catch {
            return ErrorAnswer(error, self, connection: connection)
        }
    }

    private func archiveQuestion() throws(GatewayError) -> ArchiveAnswer.Question {
        switch surface {
        case .custodyRecord(let id): .record(try Self.recordID(id))
        case .custodyReceipt(let id): .receipt(try Self.recordID(id))
        case .custodyRecords: .records(try CustodyQuery(query, limits: 1...1_000, usual: 100))
        case .custodyExport: .export(try CustodyQuery(query, limits: 1...5_000, usual: 1_000))
        case .usage: .usage(try UsageRequest(query, on: receivedAt.date))
        case .logCheckpoint: .checkpoint
        case .logTile(let path): .tile(path)
        case .logKeys: .logKeys
        default: throw .notFound
        }
    }

    private static func recordID(_ text: String) throws(GatewayError) -> RequestID {
        guard let id = RequestID(hex: text) else { throw .recordNotFound }
        return id
    }

    /// Of the target, without the question mark.
    private var query: String {
        let parts = (head?.whole.pathAndQuery ?? "").split(separator: "?", maxSplits: 1)
        return parts.count > 1 ? String(parts[1]) : ""
    }
}

/// An error that was found before anything was asked.
final class ErrorAnswer: Answer {
    private let error: GatewayError
    private let request: InboundRequest
    private let connection: ClientConnection

    init(_ error: GatewayError, _ request: InboundRequest, connection: ClientConnection) {
        self.error = error
        self.request = request
        self.connection = connection
    }

    func start() { connection.reply(error, to: request) }

    func callerLeft() { connection.loop.counters.activeRequests -= 1 }
}

/// The key that a connection's last request came with: most connections only ever see one, and hashing its secret anew
/// for each request would take longer than all else that is decided about the head.
struct RecentKey {
    private let secret: APIKeySecret
    private let key: APIKey
    /// Where it was found. Whenever keys are made or revoked, another snapshot takes its place.
    private let snapshot: ServingSnapshot

    static func key(
        for secret: APIKeySecret?, recent: inout RecentKey?, in snapshot: ServingSnapshot, at now: Timestamp
    ) throws(GatewayError) -> APIKey {
        if let recent, recent.secret == secret, recent.snapshot === snapshot, recent.isInForce(at: now) {
            return recent.key
        }
        recent = nil
        let key = try snapshot.authenticate(secret, at: now)
        recent = secret.map { RecentKey(secret: $0, key: key, snapshot: snapshot) }
        return key
    }

    private func isInForce(at now: Timestamp) -> Bool { key.expiresAt.map { now < $0 } ?? true }
}

/// What answers one request. It ends by telling the connection `answered` or `abandon`, or by the caller's leaving.
protocol Answer: AnyObject {
    func start()
    /// The caller's socket is full, or no longer.
    func callerBecame(writable: Bool)
    func callerLeft()
    /// Called about once a second.
    func secondPassed(now: NIODeadline)
    /// The gateway stops, and waits for it no longer.
    func cutOff()
}

extension Answer {
    func callerBecame(writable: Bool) {}
    func secondPassed(now: NIODeadline) {}
    func cutOff() {}
}
