import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Lets requests with the admin token or a session of the portal through, and nothing else.
struct AdminAuthentication: RouterMiddleware {
    let token: @Sendable () -> AdminToken?
    let people: any PeopleDirectory
    let clock: @Sendable () -> Timestamp

    func handle(
        _ request: Request, context: AdminContext, next: Handler<AdminContext>
    ) async throws -> Response {
        var context = context
        let (actor, author) = try await caller(of: request)
        context.actor = actor
        return try await ChangeAuthor.$current.withValue(ChangeAuthor(author, address: context.address)) {
            try await next(request, context)
        }
    }

    private typealias Caller = (actor: Actor, author: ChangeAuthor.Kind)

    private func caller(of request: Request) async throws -> Caller {
        let field = request.headers[.authorization]
        if field == nil, let member = try await member(request) { return member }
        try check(field)
        return (.token, .token)
    }

    /// A cookie comes with requests that another site has a browser send, so that each needs the session's token too.
    private func member(_ request: Request) async throws -> Caller? {
        for isSecure in [true, false] {
            let cookies = PortalCookies(of: request, isSecure: isSecure)
            guard let token = cookies.token(.session), let session = try await people.session(token, at: clock())
            else { continue }
            guard PortalContext.isFromOurPage(request),
                PortalContext.isCSRF(request.field("x-csrf-token") ?? "", of: token)
            else { throw AdminError.csrfTokenInvalid }
            guard let actor = session.actor else { throw AdminError.permissionDenied }
            return (actor, session.author)
        }
        return nil
    }

    private func check(_ field: String?) throws(AdminError) {
        guard let token = token() else { throw .noTokenConfigured }
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

extension Session {
    /// As the admin audit names whom it is of.
    var author: ChangeAuthor.Kind { .member(user.id, user.email, membership?.organization.id) }
}
