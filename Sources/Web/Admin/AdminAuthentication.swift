import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Lets requests with the admin token or a session of the portal through, and nothing else.
struct AdminAuthentication: RouterMiddleware {
    let token: AdminToken?
    let people: any PeopleDirectory
    let clock: @Sendable () -> Timestamp

    func handle(
        _ request: Request, context: AdminContext, next: Handler<AdminContext>
    ) async throws -> Response {
        var context = context
        context.actor = try await actor(of: request)
        return try await next(request, context)
    }

    private func actor(of request: Request) async throws -> Actor {
        let field = request.headers[.authorization]
        if field == nil, let actor = try await member(request) { return actor }
        try check(field)
        return .token
    }

    /// A cookie comes with requests that another site has a browser send, so that each needs the session's token too.
    private func member(_ request: Request) async throws -> Actor? {
        for isSecure in [true, false] {
            let cookies = PortalCookies(of: request, isSecure: isSecure)
            guard let token = cookies.token(.session), let session = try await people.session(token, at: clock())
            else { continue }
            guard PortalContext.isFromOurPage(request),
                PortalContext.isCSRF(request.field("x-csrf-token") ?? "", of: token)
            else { throw AdminError.csrfTokenInvalid }
            guard let actor = session.actor else { throw AdminError.permissionDenied }
            return actor
        }
        return nil
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
