import Domain
import Wire

extension CustodyRecord {
    /// The record on its way to the ledger.
    func entry(_ phase: LedgerEntry.Phase, _ snapshot: ServingSnapshot) -> LedgerEntry {
        LedgerEntry(id: id, organization: organization, phase: phase, openedAt: openedAt, json: json(snapshot))
    }

    /// The record as JSON text. Never content: what a caller wrote freely, its nonce aside, isn't among the members.
    func json(_ snapshot: ServingSnapshot) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1200)
        bytes.append("{\"id\":\"")
        bytes.append(text: id.hex)
        bytes.append(outcome == .open ? "\",\"state\":\"open\"" : "\",\"state\":\"closed\"")
        bytes.add("outcome", outcome.rawValue)
        bytes.add("organization", organization.rawValue)
        bytes.add("key", key)
        bytes.add("policy", policy)
        bytes.add("surface", surface)
        bytes.append(isStreamed ? ",\"streamed\":true" : ",\"streamed\":false")
        bytes.add("asked_route", askedRoute)
        bytes.add("nonce", nonce)
        bytes.add("opened_at", openedAt.description)
        bytes.add("closed_at", closedAt?.description)
        bytes.add("status", status)
        bytes.add("error", error?.rawValue)
        if let route, let binding = snapshot.binding(for: route) { bytes.append(contentsOf: binding.record.route) }
        writeAttempts(to: &bytes, snapshot)
        if let usage { usage.writeRecord(to: &bytes) }
        if let charge { charge.writeRecord(to: &bytes) }
        bytes.add("request_bytes", requestBytes)
        bytes.add("response_bytes", responseBytes)
        bytes.add("gateway_version", snapshot.version)
        bytes.append("}")
        return bytes
    }

    private func writeAttempts(to bytes: inout [UInt8], _ snapshot: ServingSnapshot) {
        bytes.append(",\"attempts\":[")
        for (index, attempt) in attempts.enumerated() {
            if index > 0 { bytes.append(",") }
            attempt.write(to: &bytes, snapshot)
        }
        bytes.append("]")
    }
}

/// What a route adds to each record, rendered once for each route.
struct RouteRecord {
    /// The members of the record itself.
    let route: [UInt8]
    /// The beginning of an attempt.
    let attempt: [UInt8]

    init(_ route: Route) {
        let residency = route.residency
        var bytes: [UInt8] = []
        bytes.add("route", route.id)
        bytes.add("tier", route.tier.rawValue)
        bytes.add("credential_source", route.credentialSource.rawValue)
        bytes.append(",\"residency\":{\"region\":")
        bytes.append(json: residency.region)
        bytes.add("jurisdiction", residency.jurisdiction.code)
        bytes.add("processing", residency.processing.description)
        bytes.add("storage", residency.storage.description)
        bytes.add("exposure", residency.exposure.description)
        bytes.add("evidence", EvidenceGrade.declared.rawValue)
        bytes.append("}")
        self.route = bytes
        attempt = Self.attempt(route)
    }

    private static func attempt(_ route: Route) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append("{\"route\":")
        bytes.append(json: route.id)
        bytes.add("provider", route.provider.rawValue)
        bytes.add("upstream_model", route.upstreamModel)
        bytes.add("region", route.residency.region)
        bytes.add("host", route.endpoint.authority)
        return bytes
    }
}

extension Attempt {
    fileprivate func write(to bytes: inout [UInt8], _ snapshot: ServingSnapshot) {
        // Every route of an attempt is one of the snapshot's.
        bytes.append(contentsOf: snapshot.binding(for: route)?.record.attempt ?? RouteRecord(route).attempt)
        bytes.add("address", address)
        bytes.add("started_at", startedAt.description)
        bytes.add("ended_at", endedAt?.description)
        bytes.add("status", status)
        bytes.add("upstream_request_id", upstreamRequestID)
        bytes.add("answered_model", answeredModel)
        bytes.add("failure", failure)
        bytes.add("sent_bytes", sentBytes)
        bytes.add("received_bytes", receivedBytes)
        bytes.append("}")
    }
}

extension TokenUsage {
    fileprivate func writeRecord(to bytes: inout [UInt8]) {
        bytes.append(",\"usage\":{\"input_tokens\":")
        bytes.append(decimal: input)
        bytes.add("cached_input_tokens", cachedInput)
        bytes.add("cache_write_tokens", cacheWrite)
        bytes.add("output_tokens", output)
        bytes.add("reasoning_tokens", reasoning)
        bytes.append(isEstimated ? ",\"estimated\":true}" : ",\"estimated\":false}")
    }
}

extension Charge {
    fileprivate func writeRecord(to bytes: inout [UInt8]) {
        bytes.append(",\"money\":{\"cost_picodollars\":")
        bytes.append(decimal: cost.picodollars)
        bytes.append(",\"charge_picodollars\":")
        bytes.append(decimal: charge.picodollars)
        bytes.add("price_snapshot", priceSnapshot)
        bytes.append("}")
    }
}

extension [UInt8] {
    /// Appends `,"name":"value"`; nothing for nil.
    fileprivate mutating func add(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        appendName(name)
        append(json: value)
    }

    fileprivate mutating func add(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        appendName(name)
        append(decimal: value)
    }

    private mutating func appendName(_ name: StaticString) {
        append(",\"")
        append(name)
        append("\":")
    }
}
