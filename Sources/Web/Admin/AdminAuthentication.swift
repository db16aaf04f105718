import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Lets requests with the admin token through, and nothing else.
struct AdminAuthentication<Context: RequestContext>: RouterMiddleware {
    let token: AdminToken?

    func handle(
        _ request: Request, context: Context, next: Handler<Context>
    ) async throws -> Response {
        try check(request.headers[.authorization])
        return try await next(request, context)
    }

    private func check(_ field: String?) throws(AdminError) {
        guard let token else { throw .noTokenConfigured }
        guard let presented = field.flatMap(Self.bearer) else { throw .missingToken }
        guard token.matches(presented) else { throw .wrongToken }
    }

    /// RFC 6750, section 2.1; the scheme's name in any case.
    private static func bearer(_ field: String) -> Substring? {
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].drop { $0 == " " }
    }
}
