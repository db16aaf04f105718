public import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
public import NIOSSL
import Wire

/// Health, metrics and the admin API, on a port of their own: loopback, unless the operator opens it.
public struct AdminServer: Sendable {
    private let token: @Sendable () -> AdminToken?
    private let people: any PeopleDirectory
    private let keys: any KeyAdministration
    private let credentials: (any CredentialAdministration)?
    private let mappings: any RouteMappingReader
    private let drifts: any DriftReader
    private let piiAudit: any PIIAuditReader
    private let addressLists: any AddressListReader
    private let money: MoneyPorts?
    private let adminAudit: any AdminAuditReader
    private let configuration: (any ConfigurationPort)?
    private let idempotency: (any IdempotencyBook)?
    private let metrics: any MetricsSource
    private let readiness: @Sendable () async -> Readiness
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger

    /// Whether callers should be sent here.
    public enum Readiness: Hashable, Sendable {
        case ready
        /// The text says what is missing; it is shown.
        case notReady(String)
    }

    /// - Parameters:
    ///   - token: what the admin API asks for at that moment; nil: sessions of the portal alone open it.
    ///   - credentials: nil: none are kept.
    ///   - money: nil: nothing is told of prices, credits and rates.
    ///   - configuration: nil: it is never read again.
    ///   - idempotency: nil: each request is done as often as it comes.
    ///   - readiness: asked with each request to `/health/ready`.
    public init(
        token: @autoclosure @escaping @Sendable () -> AdminToken?, people: any PeopleDirectory,
        keys: any KeyAdministration,
        credentials: (any CredentialAdministration)? = nil, mappings: any RouteMappingReader, drifts: any DriftReader,
        piiAudit: any PIIAuditReader, addressLists: any AddressListReader, adminAudit: any AdminAuditReader,
        money: MoneyPorts? = nil, configuration: (any ConfigurationPort)? = nil,
        idempotency: (any IdempotencyBook)? = nil, metrics: any MetricsSource,
        readiness: @escaping @Sendable () async -> Readiness, clock: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.token = token
        self.people = people
        self.keys = keys
        self.credentials = credentials
        self.mappings = mappings
        self.drifts = drifts
        self.piiAudit = piiAudit
        self.addressLists = addressLists
        self.money = money
        self.adminAudit = adminAudit
        self.configuration = configuration
        self.idempotency = idempotency
        self.metrics = metrics
        self.readiness = readiness
        self.clock = clock
        self.logger = logger
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - tls: nil: there is none.
    ///   - onReady: called once with the port that is listened on.
    /// - Throws: when the address can't be listened on.
    public func run(
        host: String, port: Int, tls: TLSConfiguration? = nil, onReady: @escaping @Sendable (Int) -> Void
    ) async throws {
        let plain = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(75)))
        let application = Application(
            router: router(),
            server: try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { onReady($0.localAddress?.port ?? port) },
            logger: logger)
        try await application.runUntilCancelled()
    }

    func router() -> Router<AdminContext> {
        let router = Router(context: AdminContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Unstored())
        router.add(middleware: ProtectiveHeaders())
        router.add(middleware: ErrorReplies { _, _ in nil })
        add(to: router)
        let routes = router.routes
        router.refuseOtherMethods(than: routes.filter { !$0.isOfAdminAPI })
        router.group().add(middleware: authentication).refuseOtherMethods(than: routes.filter(\.isOfAdminAPI))
        return router
    }

    private var authentication: AdminAuthentication {
        AdminAuthentication(token: token, people: people, clock: clock)
    }

    /// All that is served.
    func add(to router: Router<AdminContext>) {
        router.get("health/live") { _, _ in Response.json(["status": "live"]) }
        router.get("health/ready") { _, _ in await ready() }
        router.get("metrics") { _, _ in Response.text(Metric.text(try await metrics.metrics()), Metric.contentType) }
        let group = router.group("api/admin").add(middleware: authentication)
        if let idempotency { group.add(middleware: IdempotentReplies(book: idempotency, clock: clock)) }
        OrganizationRoutes(people: people, clock: clock).add(to: group)
        KeyRoutes(keys: keys, people: people, clock: clock).add(to: group)
        if let credentials { CredentialRoutes(credentials: credentials, people: people).add(to: group) }
        MappingRoutes(mappings: mappings).add(to: group)
        DriftRoutes(drifts: drifts).add(to: group)
        PIIAuditRoutes(audit: piiAudit).add(to: group)
        AddressListRoutes(lists: addressLists, clock: clock).add(to: group)
        AdminAuditRoutes(audit: adminAudit).add(to: group)
        if let configuration { ConfigurationRoutes(configuration: configuration).add(to: group) }
        if let money {
            PriceRoutes(prices: money.prices).add(to: group)
            CreditRoutes(credits: money.credits, people: people, clock: clock).add(to: group)
            ExchangeRateRoutes(rates: money.rates).add(to: group)
        }
    }

    private func ready() async -> Response {
        switch await readiness() {
        case .ready: .json(["status": "ready"])
        case .notReady(let reason):
            .json(["status": "not_ready", "reason": .string(reason)], status: .serviceUnavailable)
        }
    }
}

/// Replies hold secrets and the state of the moment: no cache keeps them.
private struct Unstored<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: Handler<Context>
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension Router<AdminContext>.RouteDescription {
    /// Whether nobody learns anything of it without a credential.
    fileprivate var isOfAdminAPI: Bool { path.description.hasPrefix("/api/admin/") }
}
