public import Domain
public import Providers
public import Routing
import Wire

/// What would become of a request, found by the code that serves requests; but nothing is sent.
public struct Explanation {
    /// The route that was asked for; nil where there is none of the name.
    public let asked: Route.ID?
    public let mapping: CustodyRecord.Mapping?
    /// The command that the request is, which no model is asked for.
    public let command: String?
    /// What refuses it before any route has its turn.
    public let refusal: GatewayError?
    /// A route that may be used in place of one that the key may not use.
    public let alternative: Route.ID?
    /// The routes that it may go to, in order.
    public let legs: [Leg]
    /// Fallbacks of the route that it may not go to, and why.
    public let leftOut: [(route: Route.ID, reason: LocalizedText)]
    /// What is left to be looked through for personal information; nil where none would be replaced.
    public let substitution: SubstitutionWork?
    /// What would be fetched first; nil where that is nothing.
    public let fetching: MediaFetching?
    /// What of the prompt will be used, as far as its length tells.
    public let estimatedUsage: TokenUsage

    /// One route of the plan.
    public struct Leg {
        public let clearance: Clearance
        public let facts: ProviderFacts
        /// The endpoints with the times until which they are left alone, for those that are.
        public let endpoints: [(endpoint: WeightedEndpoint, openUntil: Timestamp?)]
        /// What would be in its way; nil when nothing is, as far as is known yet.
        public let obstacle: GatewayError?
        /// What remains to be tried to know whether the provider can be asked this.
        public let translation: Translation?
    }
}

extension Exchange {
    /// - Parameter body: the whole text.
    public mutating func explain(
        _ body: UnsafeRawBufferPointer, demands: CallerDemands, on today: CalendarDate, at now: Timestamp
    ) -> Explanation {
        do throws(GatewayError) {
            try prepare(body, demands: demands, on: today)
        } catch {
            return explanation(refusal: error, alternative: alternative(after: error, on: today))
        }
        let legs = (plan?.routes ?? []).compactMap { leg($0, at: now) }
        return explanation(
            legs: legs, leftOut: leftOut(on: today), substitution: takeSubstitution(), fetching: takeFetching())
    }

    private func explanation(
        refusal: GatewayError? = nil, alternative: Route.ID? = nil, legs: [Explanation.Leg] = [],
        leftOut: [(route: Route.ID, reason: LocalizedText)] = [], substitution: SubstitutionWork? = nil,
        fetching: MediaFetching? = nil
    ) -> Explanation {
        Explanation(
            asked: record.askedRoute, mapping: record.mapping, command: record.command, refusal: refusal,
            alternative: alternative, legs: legs, leftOut: leftOut, substitution: substitution,
            fetching: fetching, estimatedUsage: .estimated(requestBytes: record.requestBytes, output: 0))
    }

    private func alternative(after error: GatewayError, on today: CalendarDate) -> Route.ID? {
        guard error.code == .routeNotAllowed || error.code == .onwardNotAllowed, let ask,
            let route = snapshot.catalog[record.mapping?.route ?? ask.model]
        else { return nil }
        return snapshot.catalog.alternative(
            to: route, for: key, demanding: demandedTier, sendingOnward: error.code == .onwardNotAllowed, on: today)
    }

    private func leg(_ clearance: Clearance, at now: Timestamp) -> Explanation.Leg? {
        guard let binding = snapshot.binding(for: clearance) else { return nil }
        var obstacle = binding.obstacle(for: key.organization, at: now)?.error(of: binding, at: now)
        var translation: Translation?
        let endpoint = binding.endpoint(0)
        if obstacle == nil, endpoint.edits(passing: codec.wire) == nil,
            let credential = binding.slot(for: key.organization)?.credential(at: now)
        {
            do throws(GatewayError) {
                translation = try self.translation(for: endpoint, clearance, credential, at: now)
            } catch {
                obstacle = error
            }
        }
        let endpoints = clearance.route.endpoints.enumerated().map { index, endpoint in
            (endpoint: endpoint, openUntil: binding.balancer.openUntil(index, at: now))
        }
        return Explanation.Leg(
            clearance: clearance, facts: binding.facts, endpoints: endpoints, obstacle: obstacle,
            translation: translation)
    }

    private func leftOut(on today: CalendarDate) -> [(route: Route.ID, reason: LocalizedText)] {
        guard let first = plan?.routes.first else { return [] }
        return FallbackPlan.leftOut(
            after: first, allowsFallbacks: allowsFallbacks, demanding: demandedTier,
            sendingOnward: sendsOnward, in: snapshot.catalog, on: today)
    }
}
