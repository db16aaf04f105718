public import Domain
import Providers
import Routing

/// An endpoint that a request was given, until it is let go.
struct EndpointHold {
    let binding: RouteBinding
    let index: Int
    let credential: CredentialSlot

    var endpoint: BoundEndpoint { binding.endpoint(index) }
}

extension RouteBinding {
    /// Why a route can't be asked at the moment.
    enum Obstacle: Hashable {
        case noCredential
        /// The route is asked with organizations' own credentials only, and this one has none.
        case noOwnCredential
        /// All of its endpoints have failed too often in a row.
        case openCircuit(until: Timestamp)

        func error(of binding: RouteBinding, at now: Timestamp) -> GatewayError {
            let provider = binding.facts.displayName
            return switch self {
            case .noOwnCredential: .ownCredentialMissing(binding.route)
            case .noCredential:
                .upstream(
                    .upstreamUnavailable, status: 503, provider: provider,
                    message: "The gateway has no valid credential for it at the moment.")
            case .openCircuit(let until): .circuitOpen(provider: provider, seconds: max(1, until.seconds - now.seconds))
            }
        }
    }

    /// Nil when nothing is in the way of an organization's requests.
    func obstacle(for organization: OrganizationID, at now: Timestamp) -> Obstacle? {
        guard let slot = slot(for: organization) else { return .noOwnCredential }
        guard slot.credential(at: now) != nil else { return .noCredential }
        return balancer.openUntil(at: now).map { .openCircuit(until: $0) }
    }
}

extension ServingSnapshot {
    /// How the endpoints of all routes look at this moment, in the order of the catalogue.
    public func endpointHealth(at now: Timestamp) -> [EndpointHealth] {
        catalog.routes.compactMap { binding(for: $0) }.flatMap { $0.health(at: now) }
    }
}

extension RouteBinding {
    fileprivate func health(at now: Timestamp) -> [EndpointHealth] {
        route.endpoints.enumerated().compactMap { index, weighted in
            guard let known = balancer.experience(index) else { return nil }
            return EndpointHealth(
                route: route.id, provider: route.provider, endpoint: weighted.endpoint.url,
                region: route.residency.region, hasCredential: slot(for: .default)?.credential(at: now) != nil,
                load: known.load,
                failures: known.failures, openUntil: balancer.openUntil(index, at: now),
                lastFailureAt: known.lastFailureAt)
        }
    }
}

extension UpstreamFault {
    /// What could help.
    var remedy: AttemptPlan.Remedy {
        switch cause {
        case .request, .contextLength, .contentFilter: .nothing
        // A moment later, it would say the same; or so much time has gone that nobody wants to wait for it once more.
        case .account, .missing, .malformed, .residency, .timeout, .stalled: .anotherRoute
        case .limit, .unavailable, .upstream, .truncated, .connection: remedyInTime
        }
    }

    /// Where the upstream asks for a wait that isn't so many seconds, it isn't asked again.
    private var remedyInTime: AttemptPlan.Remedy {
        guard let retryAfter else { return .anotherTry(after: nil) }
        guard let seconds = Double(retryAfter), 0...86_400 ~= seconds else { return .anotherRoute }
        return .anotherTry(after: .seconds(seconds))
    }

    /// What it says about the endpoint.
    var outcome: EndpointBalancer.Outcome {
        switch cause {
        case .connection, .timeout, .stalled, .unavailable, .upstream, .truncated, .malformed: .failed
        case .request, .contextLength, .contentFilter, .limit, .account, .missing: .answered
        case .residency: .unknown
        }
    }
}
