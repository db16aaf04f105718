public import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// `/portal`: where people sign in and do what their role allows.
public struct Portal: Sendable {
    let people: any PeopleDirectory
    let keys: any KeyAdministration
    let records: any RecordsReader
    let catalog: any CatalogReader
    let identityProvider: (any IdentityProvider)?
    let clock: @Sendable () -> Timestamp
    /// Nil: there are no pages for it.
    let administration: PortalAdministration?
    let throttle = SignInThrottle()

    /// - Parameters:
    ///   - identityProvider: nil: people sign in with passwords only.
    ///   - administration: nil: there are no pages for it.
    public init(
        people: any PeopleDirectory, keys: any KeyAdministration, records: any RecordsReader,
        catalog: any CatalogReader, identityProvider: (any IdentityProvider)? = nil,
        administration: PortalAdministration? = nil, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.people = people
        self.keys = keys
        self.records = records
        self.catalog = catalog
        self.identityProvider = identityProvider
        self.administration = administration
        self.clock = clock
    }

    /// All parts, in the order of the navigation. A new part needs a line here.
    var parts: [any PortalPart] {
        [
            EntrancePart(people: people, throttle: throttle, identityProvider: identityProvider?.name),
            KeysPart(keys: keys),
            UsagePart(records: records, keys: keys),
        ] + credits + [
            RequestsPart(records: records, keys: keys, catalog: catalog),
            LedgerPages(records: records, keys: keys, catalog: catalog),
            PlaygroundPart(keys: keys, catalog: catalog),
            MembersPart(people: people),
            OrganizationsPart(people: people),
            AccountPart(people: people, throttle: throttle),
        ] + (administration?.parts(people) ?? [])
            + (identityProvider.map { [SignOnPart(people: people, provider: $0, throttle: throttle)] } ?? [])
    }

    private var credits: [any PortalPart] {
        administration?.money.map { [CreditsPart(credits: $0.credits, people: people)] } ?? []
    }

    func add(to router: Router<BasicRequestContext>, _ pages: Pages, baseURL: @escaping @Sendable (Request) -> String) {
        let parts = parts
        let desk = PortalDesk(
            people: people, clock: clock, pages: pages, navigation: parts.flatMap(\.navigation), baseURL: baseURL)
        for route in parts.flatMap(\.routes) {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await desk.answer(
                    route, request,
                    Dictionary(context.parameters.map { (String($0.key), String($0.value)) }) { first, _ in first })
            }
        }
    }
}

/// Takes each request to the portal: finds out who it is from, whether it may be done, and shows what came of it.
struct PortalDesk: Sendable {
    let people: any PeopleDirectory
    let clock: @Sendable () -> Timestamp
    let pages: Pages
    let navigation: [PortalNavigation]
    let baseURL: @Sendable (Request) -> String

    func answer(_ route: PortalRoute, _ request: Request, _ parameters: [String: String]) async throws -> Response {
        let isForm = route.method != .get
        var context = try await context(for: request, parameters, form: FormBody())
        do {
            // Before anything is read of what somebody sends who may not.
            try admit(context, to: route)
            if isForm {
                context = context.with(form: try await FormBody(of: request, fileLimit: route.fileLimit))
                try checkForm(context)
            }
            let reply = try await ChangeAuthor.$current.withValue(context.author) { try await route.work(context) }
            return show(reply, context)
        } catch {
            guard let problem = PortalProblem(error) else { throw error }
            if problem == .notSignedIn, !isForm { return redirect("/portal/sign-in", context, []) }
            return show(problem, context)
        }
    }

    private func admit(_ context: PortalContext, to route: PortalRoute) throws {
        switch route.access {
        case .anyone: break
        case .signedIn: guard context.session != nil else { throw PortalProblem.notSignedIn }
        case .permitted(let permission):
            let (_, actor, organization) = try context.signedIn()
            try actor.check(permission, in: organization.id)
        }
    }

    private func checkForm(_ context: PortalContext) throws(PortalProblem) {
        guard PortalContext.isFromOurPage(context.request),
            PortalContext.isCSRF(context.form["csrf"], of: context.token)
        else { throw .foreignForm }
    }

    private func context(
        for request: Request, _ parameters: [String: String], form: FormBody
    ) async throws -> PortalContext {
        let base = baseURL(request)
        let cookies = PortalCookies(of: request, isSecure: base.hasPrefix("https://"))
        let now = clock()
        var session: (token: SecretToken, session: Session)?
        if let token = cookies.token(.session), let found = try await people.session(token, at: now) {
            session = (token, found)
        }
        let token = session?.token ?? cookies.token(.visitor) ?? PortalContext.randomToken()
        return PortalContext(
            request: request, cookies: cookies, session: session?.session, token: token,
            language: Self.language(request, cookies, session?.session.user), parameters: parameters, form: form,
            now: now, baseURL: base)
    }

    /// What was just chosen, was chosen before, stands in the account, or the browser asks for.
    private static func language(_ request: Request, _ cookies: PortalCookies, _ user: User?) -> Language {
        let chosen = request.uri.queryParameters["lang"].map(String.init) ?? cookies.value(.language)
        return Language(code: chosen) ?? user?.language ?? request.language
    }

    // MARK: Replies

    private func show(_ reply: PortalReply, _ context: PortalContext) -> Response {
        switch reply {
        case .page(let page, let status): html(page, status, context)
        case .redirect(let path, let cookies): redirect(path, context, cookies)
        case .file(let body, let contentType, let name): file(body, contentType, name, context)
        }
    }

    private func show(_ problem: PortalProblem, _ context: PortalContext) -> Response {
        let page = PortalPage(
            title: context.say("That didn't work", "Cela n'a pas fonctionné"),
            problem: problem.message[context.language],
            sections: [])
        var response = html(page, HTTPResponse.Status(code: problem.status), context)
        if case .tooManyTries(let seconds) = problem { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    private func html(_ page: PortalPage, _ status: HTTPResponse.Status, _ context: PortalContext) -> Response {
        var response = Response.html(pages.portal(PortalFrame(page, in: context, navigation)), status: status)
        finish(&response, context, [])
        return response
    }

    private func redirect(_ path: String, _ context: PortalContext, _ cookies: [HTTPField]) -> Response {
        var response = Response(status: .seeOther, headers: [.location: path])
        finish(&response, context, cookies)
        return response
    }

    /// - Parameter name: of letters, digits, points and hyphens.
    private func file(
        _ body: ResponseBody, _ contentType: String, _ name: String, _ context: PortalContext
    ) -> Response {
        var response = Response(
            status: .ok,
            headers: [.contentType: contentType, .contentDisposition: "attachment; filename=\"\(name)\""], body: body)
        finish(&response, context, [])
        return response
    }

    private func finish(_ response: inout Response, _ context: PortalContext, _ cookies: [HTTPField]) {
        response.headers[.cacheControl] = "no-store"
        for cookie in cookies { response.headers.append(cookie) }
        if context.session == nil, context.cookies.token(.visitor) == nil {
            response.headers.append(context.cookies.setting(.visitor, to: context.token.text))
        }
        if let chosen = Language(code: context.query("lang")) {
            response.headers.append(context.cookies.setting(.language, to: chosen.code, for: 365 * 86_400))
        }
    }
}

extension PortalContext {
    fileprivate func with(form: FormBody) -> PortalContext {
        PortalContext(
            request: request, cookies: cookies, session: session, token: token, language: language,
            parameters: parameters, form: form, now: now, baseURL: baseURL)
    }
}

extension PortalProblem {
    /// Nil for what isn't for people to read.
    fileprivate init?(_ error: any Error) {
        switch error {
        case let problem as PortalProblem: self = problem
        case let refusal as AccessRefusal: self = .refused(refusal)
        case let error as PeopleError: self = .people(error)
        case let error as IdentityProviderError: self = .identityProvider(error)
        default: return nil
        }
    }
}

extension Language {
    /// ISO 639-1.
    init?(code: String?) {
        switch code {
        case "en": self = .english
        case "fr": self = .french
        default: return nil
        }
    }

    var code: String { self == .french ? "fr" : "en" }
}
