import Domain
import NIOCore
import NIOPosix
import Pipeline
import Providers
import Routing
import Wire

/// `POST /api/explain`: what would become of a chat request. Nothing is sent, and nothing is billed or recorded.
final class ExplainAnswer: Answer {
    private let request: InboundRequest
    private let connection: ClientConnection
    private var hasCaller = true

    init(_ request: InboundRequest, connection: ClientConnection) {
        self.request = request
        self.connection = connection
    }

    func start() {
        guard let key = request.key else { return connection.reply(.internalError, to: request) }
        let loop = connection.loop
        let binding = loop.binding(for: key)
        var exchange = Exchange(
            id: request.id, key: key, policy: binding.policyDigest, surface: request.surface.name,
            codec: request.surface.codec, language: request.language, snapshot: loop.snapshot,
            requestBytes: request.body.count, engine: binding.engine, media: loop.settings.mediaURLs,
            at: request.receivedAt)
        let explanation = request.body.withWhole { body in
            exchange.explain(
                body, demands: request.head?.demands ?? CallerDemands(), on: request.receivedAt.date, at: loop.clock())
        }
        if let fetching = explanation.fetching, let sketch = try? fetching.sketch(of: request.body) {
            // Nothing is fetched to explain what would be.
            request.replaceBody(by: ByteBuffer(bytes: sketch))
        }
        look(into: explanation)
    }

    /// What only the whole body tells. A large one is parsed on another thread, as it is when it is served.
    private func look(into explanation: Explanation) {
        guard let work = explanation.substitution else { return look(into: explanation, .success(.none)) }
        connection.loop.recognize(work, in: request.body) { self.look(into: explanation, $0) }
    }

    private func look(into explanation: Explanation, _ remote: Result<RemoteFindings, GatewayError>) {
        let body = request.body
        let look = Look(
            translations: explanation.legs.map(\.translation), substitution: explanation.substitution, remote: remote)
        guard body.count > connection.loop.settings.inlineLimit, !look.isEmpty else {
            return reply(explanation, look.run(on: body))
        }
        let this = NIOLoopBound((self, explanation), eventLoop: connection.loop.eventLoop)
        connection.loop.threads.submit { _ in
            let seen = look.run(on: body)
            this.eventLoop.execute { this.value.0.reply(this.value.1, seen) }
        }
    }

    private func reply(_ explanation: Explanation, _ seen: Look.Seen) {
        guard hasCaller else { return }
        let text = ExplanationListing(language: request.language, retries: connection.loop.snapshot.retries)
            .text(of: explanation, seen)
        connection.reply(text, to: request)
    }

    func callerLeft() {
        hasCaller = false
        connection.loop.counters.activeRequests -= 1
    }
}

/// What is tried on a body without sending it.
private struct Look: Sendable {
    let translations: [Translation?]
    let substitution: SubstitutionWork?
    let remote: Result<RemoteFindings, GatewayError>

    struct Seen: Sendable {
        /// What each route's provider couldn't be asked; nil where there is nothing.
        let obstacles: [GatewayError?]
        /// Nil where nothing would be replaced.
        let findings: Result<SubstitutionFindings, GatewayError>?
    }

    var isEmpty: Bool { substitution == nil && translations.allSatisfy { $0 == nil } }

    func run(on body: RequestBody) -> Seen {
        let obstacles = translations.map { translation -> GatewayError? in
            do throws(GatewayError) {
                _ = try translation?.run(on: body)
                return nil
            } catch {
                return error
            }
        }
        let findings = substitution.map { work in
            Result { () throws(GatewayError) in try work.findings(in: body, with: remote.get()) }
        }
        return Seen(obstacles: obstacles, findings: findings)
    }
}

/// An explanation as its caller reads it.
private struct ExplanationListing {
    let language: Language
    let retries: RetryPolicy

    func text(of explanation: Explanation, _ seen: Look.Seen) -> [UInt8] {
        let findings = try? seen.findings?.get()
        let unprotected = findings?.refusal ?? seen.findings?.failure
        let found = zip(explanation.legs, seen.obstacles).map { $0.obstacle ?? $1 }
        // After a route that can't be asked this, none has its turn; one that is left alone is passed over.
        let sent = zip(explanation.legs, found).first { $1 == nil || $0.obstacle == nil }
        let isSent = unprotected == nil && sent.map { $1 == nil } ?? false
        let refusal = explanation.refusal ?? unprotected ?? (isSent ? nil : sent?.1 ?? found.first ?? nil)
        return JSON.object([
            "object": "explanation",
            "would_be_sent": .bool(isSent),
            "asked_route": explanation.asked.map { .string($0) } ?? .null,
            "mapped_to": explanation.mapping?.route.map { .string($0) } ?? .null,
            "command": explanation.command.map { .string($0) } ?? .null,
            "route": isSent ? .string(sent?.0.clearance.route.id ?? "") : .null,
            "refusal": refusal.map { .object(json($0)) } ?? .null,
            "alternative": explanation.alternative.map { .string($0) } ?? .null,
            "pii": findings.map { .object(json($0)) } ?? .null,
            "retries": JSON(retries.limit),
            "plan": .array(
                zip(explanation.legs, found).map { .object(json($0, $1, explanation.estimatedUsage)) }),
            "left_out": .array(
                explanation.leftOut.map {
                    ["route": .string($0.route), "reason": .string($0.reason[language])]
                }),
        ]).bytes()
    }

    private func json(_ findings: SubstitutionFindings) -> JSONObject {
        [
            "substitution": .string(findings.demand == .required ? "required" : "on"),
            "entities": .array(
                findings.entities.map { place in
                    [
                        "type": .string(place.type.name),
                        "at": .string(place.text),
                        "start": JSON(place.range.lowerBound),
                        "end": JSON(place.range.upperBound),
                    ]
                }),
            "not_covered": .array(findings.uncovered.map { .string($0) }),
        ]
    }

    private func json(_ leg: Explanation.Leg, _ obstacle: GatewayError?, _ usage: TokenUsage) -> JSONObject {
        let route = leg.clearance.route
        let charge = route.prices.charge(for: usage)
        return [
            "route": .string(route.id),
            "provider": .string(leg.facts.displayName),
            "upstream_model": .string(route.upstreamModel),
            "tier": .string(route.tier.rawValue),
            "credential_source": .string(route.credentialSource.rawValue),
            "residency": .object(CatalogListing.residency(route.residency)),
            "egress": .string(leg.clearance.egress.rawValue),
            "requires_proof": .bool(leg.clearance.requiresProof),
            "endpoints": .array(leg.endpoints.map { .object(json($0, $1)) }),
            "prices": .object(CatalogListing.prices(route.prices)),
            "estimate": [
                "prompt_tokens": JSON(usage.input), "prompt_charge_usd": .string(charge.charge.description),
                "basis": "four bytes a token",
            ],
            "obstacle": obstacle.map { .object(json($0)) } ?? .null,
        ]
    }

    private func json(_ endpoint: WeightedEndpoint, _ openUntil: Timestamp?) -> JSONObject {
        [
            "host": .string(endpoint.endpoint.authority),
            "weight": JSON(endpoint.weight),
            "left_alone_until": openUntil.map { .string($0.description) } ?? .null,
        ]
    }

    private func json(_ error: GatewayError) -> JSONObject {
        [
            "status": JSON(error.status),
            "code": .string(error.code.rawValue),
            "message": .string(error.message[language]),
            "param": error.parameter.map { .string($0) } ?? .null,
        ]
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
