import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Header fields that keep a browser from doing more than the pages need: no frame, no script but our
/// own files, nothing from elsewhere.
struct ProtectiveHeaders<Context: RequestContext>: RouterMiddleware {
    /// - Parameter hasForms: the portal's have. Their requests have to say where they come from, and a browser leaves that
    ///   out of them where it may say nothing at all.
    private static func fields(hasForms: Bool) -> [(HTTPField.Name?, String)] {
        [
            (
                .contentSecurityPolicy,
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
                    + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            ),
            (.xContentTypeOptions, "nosniff"),
            (HTTPField.Name("referrer-policy"), hasForms ? "same-origin" : "no-referrer"),
            (HTTPField.Name("cross-origin-opener-policy"), "same-origin"),
        ]
    }

    func handle(
        _ request: Request, context: Context, next: Handler<Context>
    ) async throws -> Response {
        var response = try await next(request, context)
        let hasForms = request.uri.path == "/portal" || request.uri.path.hasPrefix("/portal/")
        for case (let name?, let value) in Self.fields(hasForms: hasForms) { response.headers[name] = value }
        return response
    }
}
