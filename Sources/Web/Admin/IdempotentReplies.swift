import Crypto
import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import Wire

/// Does a request with an `Idempotency-Key` once, and answers the same one again as it did
/// (draft-ietf-httpapi-idempotency-key-header).
///
/// Behind the authentication: keys of two callers are two keys. What is refused leaves no trace, so that it may be mended
/// and sent again under the same key.
struct IdempotentReplies: RouterMiddleware {
    let book: any IdempotencyBook
    let clock: @Sendable () -> Timestamp

    static let field = "idempotency-key"
    private static let bodyLimit = 1 << 20
    private static let methods: Set<HTTPRequest.Method> = [.post, .put, .patch, .delete]

    func handle(
        _ request: Request, context: AdminContext, next: Handler<AdminContext>
    ) async throws -> Response {
        guard let key = request.field(Self.field), Self.methods.contains(request.method) else {
            return try await next(request, context)
        }
        guard 1...255 ~= key.utf8.count, key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw AdminError.gateway(
                .invalidValue(
                    "Idempotency-Key", "'Idempotency-Key' must be 1 to 255 visible ASCII characters.",
                    "'Idempotency-Key' doit avoir de 1 à 255 caractères ASCII visibles."))
        }
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw AdminError.bodyTooLarge(limit: Self.bodyLimit)
        }
        let idempotent = IdempotentRequest(
            name: "\(ChangeAuthor.current.identity) \(key)", content: Self.digest(request, body))
        switch try await book.begin(idempotent, at: clock()) {
        case .new: return try await doIt(idempotent, request, context, next)
        case .answered(let answer): return Self.again(answer)
        case .unknown: throw AdminError.requestUnderWay
        case .another: throw AdminError.idempotencyKeyReused
        case .full: throw AdminError.idempotencyKeysExhausted
        }
    }

    private static func digest(_ request: Request, _ body: ByteBuffer) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(request.method.rawValue) \(request.uri.string)\n".utf8))
        hash.update(data: body.readableBytesView)
        return Array(hash.finalize())
    }

    private func doIt(
        _ idempotent: IdempotentRequest, _ request: Request, _ context: AdminContext, _ next: Handler<AdminContext>
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            // Of anything else nobody knows whether it was done, so it isn't done again.
            if Self.isRefusal(error) { try await book.forget(idempotent) }
            throw error
        }
        let collected = CollectedBody()
        try await response.body.write(collected)
        let bytes = collected.bytes
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        try await book.answer(idempotent, with: IdempotentAnswer(status: response.status.code, body: bytes))
        return response
    }

    private static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case let error as AdminError: error.status < 500
        case let error as GatewayError: error.status < 500
        default: error is AccessRefusal || error is PeopleError || error is CreditError || error is HTTPError
        }
    }

    private static func again(_ answer: IdempotentAnswer) -> Response {
        var response = Response(
            status: HTTPResponse.Status(code: answer.status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        if let name = HTTPField.Name("idempotent-replayed") { response.headers[name] = "true" }
        return response
    }
}

extension ChangeAuthor {
    /// Who it is, wherever they ask from.
    fileprivate var identity: String {
        switch kind {
        case .member(let id, _, let organization): "member \(id) \(organization?.rawValue ?? "")"
        case .visitor: "visitor"
        case .token: "token"
        case .commandLine: "command line"
        }
    }
}

/// Takes what a handler writes.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) { collected.withLock { $0 += buffer.readableBytesView } }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
