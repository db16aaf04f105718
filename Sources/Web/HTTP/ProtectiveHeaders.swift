import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Header fields that keep a browser from doing more than the pages need: no frame, no script but our
/// own files, nothing from elsewhere.
struct ProtectiveHeaders<Context: RequestContext>: RouterMiddleware {
    private static var fields: [(HTTPField.Name?, String)] {
        [
            (
                .contentSecurityPolicy,
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
                    + "frame-ancestors 'none'"
            ),
            (.xContentTypeOptions, "nosniff"),
            (HTTPField.Name("referrer-policy"), "no-referrer"),
            (HTTPField.Name("cross-origin-opener-policy"), "same-origin"),
        ]
    }

    func handle(
        _ request: Request, context: Context, next: Handler<Context>
    ) async throws -> Response {
        var response = try await next(request, context)
        for case (let name?, let value) in Self.fields { response.headers[name] = value }
        return response
    }
}
