import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore

/// The web pages: what northern is, its routes, its guides, the portal.
///
/// It listens on a Unix socket, and the data plane hands it every path that isn't its own.
public struct ControlPlane: Sendable {
    private let catalog: any CatalogReader
    private let portal: Portal?
    private let publicURL: String?
    private let logger: Logger

    /// - Parameters:
    ///   - portal: nil: nobody can sign in.
    ///   - publicURL: where callers reach the gateway, without `/v1`; nil: the address that a visitor used.
    public init(catalog: any CatalogReader, portal: Portal? = nil, publicURL: String? = nil, logger: Logger) {
        self.catalog = catalog
        self.portal = portal
        self.publicURL = publicURL
        self.logger = logger
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - socketPath: where the socket is made, for its owner alone. One that an earlier process left is replaced.
    ///   - onReady: called once, when the socket takes connections.
    /// - Throws: when the socket can't be made there.
    public func run(socketPath: String, onReady: @escaping @Sendable () -> Void) async throws {
        let application = Application(
            router: try router(), socketPath: socketPath, logger: logger, onReady: onReady)
        try await application.runUntilCancelled()
    }

    private func router() throws -> Router<BasicRequestContext> {
        let pages = try Pages()
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProtectiveHeaders())
        router.add(middleware: ErrorReplies { Self.page($0, for: $1, in: pages) })
        add(to: router, pages)
        portal?.add(to: router, pages) { [self] in baseURL(for: $0) }
        router.refuseOtherMethods(than: router.routes)
        return router
    }

    /// All that is served but the portal.
    func add(to router: Router<BasicRequestContext>, _ pages: Pages) {
        router.get("/") { request, _ in
            let asked = PageLanguage(of: request)
            let page = LandingPage(baseURL: baseURL(for: request), routes: catalog.routes(), in: asked.language)
            return asked.page(pages.landing(page, in: asked.language))
        }
        addModels(to: router, pages)
        addGuides(to: router, pages)
        router.get("style.css") { _, _ in Self.asset(PackageResources.style_css, "text/css; charset=utf-8") }
        router.get("page.js") { _, _ in Self.asset(PackageResources.page_js, "text/javascript; charset=utf-8") }
        router.get("verify.js") { _, _ in Self.asset(PackageResources.verify_js, "text/javascript; charset=utf-8") }
        router.get("playground.js") { _, _ in
            Self.asset(PackageResources.playground_js, "text/javascript; charset=utf-8")
        }
        router.get("icon.svg") { _, _ in Self.asset(PackageResources.icon_svg, "image/svg+xml") }
    }

    private func addModels(to router: Router<BasicRequestContext>, _ pages: Pages) {
        router.get("models") { request, _ in
            let asked = PageLanguage(of: request)
            let filter = RouteFilter { name in request.uri.queryParameters[name[...]].map(String.init) }
            let page = ModelsPage(catalog.routes(), filter: filter, in: asked.language)
            return asked.page(pages.models(page, in: asked.language))
        }
        router.get("models/**") { request, _ in
            let asked = PageLanguage(of: request)
            let routes = catalog.routes()
            // By the path as it came: ids have slashes of their own.
            guard let route = routes.first(where: { $0.hasPage(at: request.uri.path) }) else {
                throw HTTPError(.notFound)
            }
            let page = RoutePage(route, among: routes, baseURL: baseURL(for: request), in: asked.language)
            return asked.page(pages.route(page, in: asked.language))
        }
    }

    private func addGuides(to router: Router<BasicRequestContext>, _ pages: Pages) {
        router.get("docs") { request, _ in
            let asked = PageLanguage(of: request)
            return asked.page(pages.guides(GuidesPage(in: asked.language), in: asked.language))
        }
        router.get("docs/custody-record.schema.json") { _, _ in
            Self.asset(PackageResources.custody_record_schema_json, "application/schema+json")
        }
        router.get("docs/:guide") { request, context in
            let name = try context.parameters.require("guide")
            if let text = Guide.text(inFile: name) { return Self.source(of: text) }
            guard let guide = Guide.named(name) else { throw HTTPError(.notFound) }
            let asked = PageLanguage(of: request)
            let html = pages.guide(GuidePage(guide, in: asked.language), in: asked.language)
            return asked.page(html, writtenIn: guide.text(in: asked.language).language)
        }
        router.get("docs/fr/:file") { _, context in
            let file = try context.parameters.require("file")
            guard let text = Guide.text(inFile: "fr/\(file)") else { throw HTTPError(.notFound) }
            return Self.source(of: text)
        }
        router.get("llms.txt") { request, _ in
            Self.asset(Array(LLMSText.text(baseURL: baseURL(for: request)).utf8), "text/plain; charset=utf-8")
        }
    }

    /// RFC 7763: the type of Markdown, which needs its charset.
    private static func source(of text: GuideText) -> Response {
        var response = asset(Array(text.source.utf8), "text/markdown; charset=utf-8")
        response.headers[.contentLanguage] = text.language.tag
        return response
    }

    private static func asset(_ bytes: [UInt8], _ contentType: String) -> Response {
        var response = Response.text(String(decoding: bytes, as: UTF8.self), contentType)
        response.headers[.cacheControl] = "public, max-age=300"
        return response
    }

    /// Browsers, which say that they take pages, get one. Everything else is a program, and gets JSON.
    private static func page(_ error: AdminError, for request: Request, in pages: Pages) -> Response? {
        guard request.headers[.accept]?.contains("text/html") ?? false else { return nil }
        let asked = PageLanguage(of: request)
        let page = FailurePage(error, in: asked.language)
        return asked.page(
            pages.failure(page, in: asked.language), status: HTTPResponse.Status(code: error.status))
    }

    /// The address in a visitor's own browser works for their programs too.
    private func baseURL(for request: Request) -> String {
        if let publicURL { return publicURL }
        let scheme = request.field("x-forwarded-proto") == "https" ? "https" : "http"
        guard let host = request.head.authority, !host.isEmpty, host.utf8.allSatisfy(Self.isPartOfHost) else {
            return "http://127.0.0.1:8080"
        }
        return "\(scheme)://\(host)"
    }

    private static func isPartOfHost(_ byte: UInt8) -> Bool {
        let character = Character(UnicodeScalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || ".-:[]".contains(character))
    }
}
