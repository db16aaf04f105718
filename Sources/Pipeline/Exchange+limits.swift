import Domain
import Routing
import Wire

/// What a key may use in a minute, and spend, and what its organization has paid in advance: held before anything leaves,
/// and settled when the record is closed.
extension Exchange {
    /// - Throws: `rate_limit_exceeded`, `budget_exceeded` or `credits_exhausted`, and then nothing is held of what struck.
    mutating func reserve(_ body: UnsafeRawBufferPointer, for routes: [Clearance]) throws(GatewayError) {
        let isPrepaid = credits?.isPrepaid ?? false
        guard isPrepaid || key.allowance != nil, reservation == nil, heldCredits == .zero else { return }
        let bound = UsageBound(body, of: codec.wire)
        let demand = UsageDemand(
            tokens: bound.expectedTokens(requestBytes: record.requestBytes, on: codec.wire),
            charge: routes.map { bound.mostCharge(on: $0.route, requestBytes: record.requestBytes, codec.wire) }.max()
                ?? .zero)
        if let allowance = key.allowance { try reserve(demand, of: allowance) }
        guard isPrepaid, let credits else { return }
        guard credits.reserve(demand.charge) else { throw .creditsExhausted }
        heldCredits = demand.charge
    }

    private mutating func reserve(_ demand: UsageDemand, of allowance: Allowance) throws(GatewayError) {
        do throws(LimitStruck) {
            let reservation = try allowance.reserve(demand, within: key.policy.limits, at: created)
            self.reservation = reservation
            standing = reservation.standing
        } catch {
            standing = error.standing
            throw GatewayError(error)
        }
    }

    /// What wasn't used is there for others again.
    mutating func settle(at now: Timestamp) {
        credits.take()?.settle(record.charge?.charge ?? .zero, reserved: heldCredits)
        guard let reservation = reservation.take() else { return }
        key.allowance?.settle(
            reservation, tokens: record.usage?.total ?? 0, charge: record.charge?.charge ?? .zero, at: now)
    }
}

extension UsageBound {
    /// An image, a page or a minute of sound is taken for no more tokens than this by any model in the catalog: the dearest
    /// counts 2,833 for an image and 5,667 for each of its tiles.
    private static let tokensOfMedium = 50_000

    /// What counts against the tokens of a minute until it is known: four bytes a token, and all the output that was asked
    /// for. Where the caller says nothing of the output, none is held.
    func expectedTokens(requestBytes: Int, on wire: ChatWire) -> Int {
        guard wire != .anthropicTokenCount else { return 0 }
        return ((requestBytes + 3) / 4).saturated(adding: (outputTokens ?? 0).saturated(times: choices))
    }

    /// What no request like this can exceed: no text has more tokens than bytes, and no model reads more than its window.
    func mostCharge(on route: Route, requestBytes: Int, _ wire: ChatWire) -> Money {
        guard wire != .anthropicTokenCount else { return .zero }
        let read = requestBytes.saturated(adding: mediaCount.saturated(times: Self.tokensOfMedium))
        let written = wire.hasOutput ? outputTokens ?? route.capabilities.maximumOutputTokens : 0
        return route.prices.mostCharge(
            input: min(read, max(route.capabilities.contextWindow, 1)), output: written.saturated(times: choices))
    }
}

extension TokenUsage {
    /// Of all classes together.
    fileprivate var total: Int { input + cachedInput + cacheWrite + output + reasoning }
}

extension Int {
    /// No larger than a record may hold, whatever a caller asks for.
    fileprivate func saturated(times factor: Int) -> Int {
        let (product, isTooMuch) = multipliedReportingOverflow(by: factor)
        return isTooMuch ? 1 << 53 : Swift.min(product, 1 << 53)
    }

    fileprivate func saturated(adding other: Int) -> Int {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? 1 << 53 : Swift.min(sum, 1 << 53)
    }
}

/// The rate-limit lines, by OpenAI's names.
enum LimitHeaders {
    static func add(_ standing: LimitStanding, to lines: inout ByteWriter) {
        if let requests = standing.requests {
            add(
                requests, "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
                to: &lines)
        }
        if let tokens = standing.tokens {
            add(
                tokens, "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
                to: &lines)
        }
    }

    private static func add(
        _ pace: LimitStanding.Pace, _ limit: StaticString, _ remaining: StaticString, _ reset: StaticString,
        to lines: inout ByteWriter
    ) {
        lines.addLine(limit, "\(pace.limit)")
        lines.addLine(remaining, "\(pace.remaining)")
        lines.addLine(reset, pace.resetAfter < 60 ? "\(pace.resetAfter)s" : "1m\(pace.resetAfter - 60)s")
    }
}
