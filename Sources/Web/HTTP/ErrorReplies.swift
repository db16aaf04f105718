import Domain
import Hummingbird
import HummingbirdCore
import Logging

/// What a middleware passes a request on to.
///
/// Hummingbird is compiled in a mode in which functions run concurrently unless they say otherwise. Ours is the other
/// mode, so this has to say it.
typealias Handler<Context> = @concurrent (Request, Context) async throws -> Response

/// Turns what a handler throws into the one shape of errors.
struct ErrorReplies<Context: RequestContext>: RouterMiddleware {
    /// What people get in place of JSON, where they are the readers.
    let page: @Sendable (AdminError, Request) -> Response?

    func handle(
        _ request: Request, context: Context, next: Handler<Context>
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let error = meaning(of: error, context.logger)
            var response = page(error, request) ?? .error(error, in: request.language)
            if case .methodNotAllowed(let methods) = error {
                response.headers[.allow] = methods.joined(separator: ", ")
            }
            // Nothing else takes the body away: what was thrown didn't come through a handler of GET.
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private func meaning(of error: any Error, _ logger: Logger) -> AdminError {
        switch error {
        case let error as AdminError: return error
        case let error as GatewayError: return .gateway(error)
        case AccessRefusal.denied: return .permissionDenied
        case AccessRefusal.unknown: return .gateway(.notFound)
        case let error as PeopleError: return .people(error)
        case let error as CreditError: return .credits(error)
        case let error as HTTPError where error.status == .notFound: return .gateway(.notFound)
        default:
            logger.error("A request to the control plane failed", metadata: ["error": "\(error)"])
            return .gateway(.internalError)
        }
    }
}
