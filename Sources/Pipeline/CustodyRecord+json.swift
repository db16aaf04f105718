import Domain
import Wire

extension CustodyRecord {
    /// The record on its way to the ledger.
    func entry(_ phase: LedgerEntry.Phase, gatewayVersion: String) -> LedgerEntry {
        LedgerEntry(
            id: id, organization: organization, phase: phase, openedAt: openedAt, json: json(gatewayVersion: gatewayVersion))
    }

    /// The record as JSON text. Never content: what a caller wrote freely, its nonce aside, isn't among the members.
    func json(gatewayVersion: String) -> [UInt8] {
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
        if let route { route.writeRecord(to: &bytes) }
        writeAttempts(to: &bytes)
        if let usage { usage.writeRecord(to: &bytes) }
        if let charge { charge.writeRecord(to: &bytes) }
        bytes.add("request_bytes", requestBytes)
        bytes.add("response_bytes", responseBytes)
        bytes.add("gateway_version", gatewayVersion)
        bytes.append("}")
        return bytes
    }

    private func writeAttempts(to bytes: inout [UInt8]) {
        bytes.append(",\"attempts\":[")
        for (index, attempt) in attempts.enumerated() {
            bytes.append(index == 0 ? "{\"route\":" : ",{\"route\":")
            attempt.write(to: &bytes)
        }
        bytes.append("]")
    }
}

extension Route {
    fileprivate func writeRecord(to bytes: inout [UInt8]) {
        bytes.add("route", id)
        bytes.add("tier", tier.rawValue)
        bytes.add("credential_source", credentialSource.rawValue)
        bytes.append(",\"residency\":{\"region\":")
        bytes.append(json: residency.region)
        bytes.add("jurisdiction", residency.jurisdiction.code)
        bytes.add("processing", residency.processing.description)
        bytes.add("storage", residency.storage.description)
        bytes.add("exposure", residency.exposure.description)
        bytes.add("evidence", EvidenceGrade.declared.rawValue)
        bytes.append("}")
    }
}

extension Attempt {
    /// From the value of `route` on.
    fileprivate func write(to bytes: inout [UInt8]) {
        bytes.append(json: route.id)
        bytes.add("provider", route.provider.rawValue)
        bytes.add("upstream_model", route.upstreamModel)
        bytes.add("region", route.residency.region)
        bytes.add("host", route.endpoint.authority)
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
