import Domain
import Gateway
import Wire

/// Finished requests as spans: one for the request, and one for each upstream that was asked.
///
/// What is taken of a record is named here, member by member: no content is in it, and neither are keys, organizations,
/// nonces and digests, which are nobody's business who looks after a collector.
struct OTLPTraces {
    /// OpenTelemetry's names of the providers.
    let providers: [ProviderID: String]

    func json(_ requests: [FinishedRequest], of resource: TelemetryResource) -> JSON {
        [
            "resourceSpans": [
                [
                    "resource": resource.json,
                    "scopeSpans": [
                        [
                            "scope": OTLP.scope, "spans": .array(requests.flatMap(spans)),
                            "schemaUrl": .string(Conventions.schemaURL),
                        ]
                    ],
                ]
            ]
        ]
    }

    private enum Kind: Int {
        case server = 2
        case client = 3
    }

    private func spans(_ request: FinishedRequest) -> [JSON] {
        let record = request.record
        let spans = RequestSpans(of: record.id, in: record.trace)
        let end = record.closedAt ?? record.openedAt
        let whole = span(
            "POST " + Conventions.path(of: record.surface), .server, spans.trace, spans.request, below: spans.parent,
            record.openedAt, end, attributes(of: record), error: record.outcome == .completed ? nil : error(of: record))
        let attempts = record.attempts.indices.map { index in
            let attempt = record.attempts[index]
            let isLast = index == record.attempts.count - 1
            let name = Conventions.operation(of: record.surface) + " " + attempt.route.upstreamModel
            return span(
                name, .client, spans.trace, spans.attempt(index), below: spans.request, attempt.startedAt,
                attempt.endedAt ?? end, attributes(of: attempt, of: record, isLast, request.firstChunk),
                error: attempt.failure)
        }
        return [whole] + attempts
    }

    private func error(of record: CustodyRecord) -> String { record.error?.rawValue ?? record.outcome.rawValue }

    private func span(
        _ name: String, _ kind: Kind, _ trace: RequestID, _ id: UInt64, below parent: UInt64?, _ start: Timestamp,
        _ end: Timestamp, _ attributes: [JSON], error: String?
    ) -> JSON {
        var span: JSONObject = [
            "traceId": .string(trace.hex), "spanId": .string(id.spanHex), "name": .string(name),
            "kind": JSON(kind.rawValue), "startTimeUnixNano": OTLP.nanoseconds(start),
            "endTimeUnixNano": OTLP.nanoseconds(max(start, end)),
            "attributes": .array(attributes + (error.map { [OTLP.attribute(Conventions.errorType, $0)] } ?? [])),
            // STATUS_CODE_ERROR; unset is for whatever is no error.
            "status": error == nil ? [:] : ["code": 2],
        ]
        if let parent { span["parentSpanId"] = .string(parent.spanHex) }
        return .object(span)
    }

    private func attributes(of record: CustodyRecord) -> [JSON] {
        var attributes = [
            OTLP.attribute(Conventions.requestMethod, "POST"),
            OTLP.attribute(Conventions.httpRoute, Conventions.path(of: record.surface)),
            OTLP.attribute(Conventions.operation, Conventions.operation(of: record.surface)),
            OTLP.attribute(Conventions.requestID, record.id.hex),
            OTLP.attribute(Conventions.outcome, record.outcome.rawValue),
            OTLP.attribute(Conventions.streamed, record.isStreamed),
        ]
        if let status = record.status { attributes.append(OTLP.attribute(Conventions.responseStatus, status)) }
        // One of the catalogue's: a name that somebody has made up isn't kept.
        if let asked = record.askedRoute { attributes.append(OTLP.attribute(Conventions.requestModel, asked)) }
        if let route = record.route { attributes += self.attributes(of: route) }
        return attributes + usage(of: record)
    }

    private func attributes(
        of attempt: Attempt, of record: CustodyRecord, _ isLast: Bool, _ firstChunk: Timestamp?
    ) -> [JSON] {
        let route = attempt.route
        var attributes = [
            OTLP.attribute(Conventions.operation, Conventions.operation(of: record.surface)),
            OTLP.attribute(Conventions.provider, providers[route.provider] ?? route.provider.rawValue),
            OTLP.attribute(Conventions.requestModel, route.upstreamModel),
            OTLP.attribute(Conventions.serverAddress, attempt.endpoint.host),
            OTLP.attribute(Conventions.serverPort, attempt.endpoint.port),
        ]
        attributes += self.attributes(of: route)
        if let model = attempt.answeredModel { attributes.append(OTLP.attribute(Conventions.responseModel, model)) }
        if let status = attempt.status { attributes.append(OTLP.attribute(Conventions.responseStatus, status)) }
        if let address = attempt.address { attributes.append(OTLP.attribute(Conventions.peerAddress, address)) }
        if isLast { attributes += usage(of: record) }
        return attributes
    }

    private func attributes(of route: Route) -> [JSON] {
        [
            OTLP.attribute(Conventions.route, route.id), OTLP.attribute(Conventions.tier, route.tier.rawValue),
            OTLP.attribute(Conventions.region, route.residency.region),
            OTLP.attribute(Conventions.jurisdiction, route.residency.jurisdiction.code),
        ]
    }

    private func usage(of record: CustodyRecord) -> [JSON] {
        guard let usage = record.usage else { return [] }
        return [
            OTLP.attribute(Conventions.inputTokens, usage.prompt),
            OTLP.attribute(Conventions.outputTokens, usage.output + usage.reasoning),
        ]
    }
}
