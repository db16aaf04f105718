import Domain
import NIOCore
import NIOPosix
import NIOSSL
import Upstream

/// What came of reaching the endpoints of an offer, each once.
struct EndpointSurvey: Sendable {
    private let reaches: [Site: EndpointReach]
    let tokenHosts: [Endpoint]

    /// What makes a difference when an endpoint is reached: routes that agree on it share one look.
    private struct Site: Hashable {
        let host: String
        let port: Int
        let isTLS: Bool
        let region: String?
        let rule: EgressRule?

        init(_ endpoint: Endpoint, of route: Route?) {
            host = endpoint.host
            port = endpoint.port
            isTLS = endpoint.isTLS
            region = route?.residency.region
            rule = route?.egress
        }
    }

    /// Nothing is sent to any of them. A few are reached at a time, so that many of them don't take long, nor all of a
    /// resolver's threads.
    init(of offer: Offer, catalogs: AddressCatalogs, connectTimeout: TimeAmount) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let tls = try NIOSSLContext.forProviders()
        let client = try await loop.submit {
            NIOLoopBound(
                UpstreamClient(
                    eventLoop: loop, tls: tls, timeouts: UpstreamClient.Timeouts(connect: connectTimeout),
                    catalogs: catalogs, clock: wallClock),
                eventLoop: loop)
        }.get()
        tokenHosts = offer.tokenHosts
        var waiting: [Site: @Sendable () -> EventLoopFuture<EndpointReach>] = [:]
        for route in offer.routes.map(\.route) {
            for endpoint in route.endpoints.map(\.endpoint) {
                waiting[Site(endpoint, of: route)] = { client.value.reach(route, at: endpoint) }
            }
        }
        for endpoint in tokenHosts { waiting[Site(endpoint, of: nil)] = { client.value.reach(endpoint) } }
        reaches = try await withThrowingTaskGroup(of: (Site, EndpointReach).self) { group in
            var reaches: [Site: EndpointReach] = [:]
            for (index, (site, reach)) in waiting.enumerated() {
                if index >= Self.atATime, let (site, reach) = try await group.next() { reaches[site] = reach }
                group.addTask { (site, try await loop.flatSubmit(reach).get()) }
            }
            for try await (site, reach) in group { reaches[site] = reach }
            return reaches
        }
    }

    private static let atATime = 8

    /// - Parameter endpoint: one of the route's.
    func reach(of route: Route, at endpoint: Endpoint) -> EndpointReach? { reaches[Site(endpoint, of: route)] }

    func reach(of tokenHost: Endpoint) -> EndpointReach? { reaches[Site(tokenHost, of: nil)] }
}
