import Domain
import Wire

extension CustodyRecord {
    /// The record on its way to the ledger.
    func entry(_ phase: LedgerEntry.Phase, _ snapshot: ServingSnapshot) -> LedgerEntry {
        LedgerEntry(
            id: id, organization: organization, phase: phase, openedAt: openedAt, hasDrift: hasDrift,
            json: json(snapshot))
    }

    private var hasDrift: Bool { attempts.contains { !$0.hasNothingRare && !$0.drifts.isEmpty } }

    /// The record as JSON text. Never content: what a caller wrote freely, its nonce aside, isn't among the members.
    func json(_ snapshot: ServingSnapshot) -> [UInt8] {
        [UInt8](expecting: 1800) { write(to: &$0, snapshot) }
    }

    private func write(to text: inout ByteWriter, _ snapshot: ServingSnapshot) {
        text.append("{\"id\":\"")
        text.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
        text.append(outcome == .open ? "\",\"state\":\"open\"" : "\",\"state\":\"closed\"")
        text.add(",\"outcome\":", outcome.rawValue)
        text.add(",\"organization\":", organization.rawValue)
        text.add(",\"key\":", key)
        text.add(",\"policy\":", policy)
        text.add(",\"surface\":", surface)
        text.append(isStreamed ? ",\"streamed\":true" : ",\"streamed\":false")
        text.add(",\"asked_route\":", askedRoute)
        text.add(",\"command\":", command)
        if let mapping { mapping.write(to: &text) }
        text.add(",\"nonce\":", nonce)
        text.add(",\"opened_at\":", openedAt)
        text.add(",\"closed_at\":", closedAt)
        text.add(",\"status\":", status)
        text.add(",\"error\":", error?.rawValue)
        if let route, let binding = snapshot.binding(for: route) { text.append(binding.record) }
        writeAttempts(to: &text, snapshot)
        if let usage { usage.writeRecord(to: &text) }
        if let charge { charge.writeRecord(to: &text) }
        text.add(",\"request_bytes\":", requestBytes)
        text.add(",\"response_bytes\":", responseBytes)
        text.add(",\"gateway_version\":", snapshot.version)
        text.append("}")
    }

    private func writeAttempts(to text: inout ByteWriter, _ snapshot: ServingSnapshot) {
        text.append(",\"attempts\":[")
        // Through the buffer an attempt is read where it stands; the array's own subscript copies it.
        attempts.withUnsafeBufferPointer { attempts in
            for index in attempts.indices {
                if index > 0 { text.append(",") }
                attempts[index].write(to: &text, snapshot)
            }
        }
        text.append("]")
    }
}

extension CustodyRecord.Mapping {
    fileprivate func write(to text: inout ByteWriter) {
        text.add(",\"mapping\":{\"name\":", name)
        text.add(",\"route\":", route)
        text.append("}")
    }
}

/// What a route adds to each record; rendered once for each route.
extension Route {
    /// Members of the record itself.
    var recordMembers: [UInt8] {
        [UInt8](expecting: 512) { text in
            text.add(",\"route\":", id)
            text.add(",\"tier\":", tier.rawValue)
            text.add(",\"credential_source\":", credentialSource.rawValue)
            text.add(",\"residency\":{\"region\":", residency.region)
            text.add(",\"jurisdiction\":", residency.jurisdiction.code)
            text.add(",\"processing\":", residency.processing.description)
            text.add(",\"storage\":", residency.storage.description)
            text.add(",\"exposure\":", residency.exposure.description)
            text.add(",\"evidence\":", residency.evidence.endpoint.rawValue)
            text.add(",\"processing_evidence\":", residency.evidence.processing.rawValue)
            text.append("}")
        }
    }

    /// The beginning of an attempt at the first endpoint.
    var attemptMembers: [UInt8] {
        [UInt8](expecting: 512) { text in
            text.add("{\"route\":", id)
            text.add(",\"provider\":", provider.rawValue)
            text.add(",\"upstream_model\":", upstreamModel)
            text.add(",\"region\":", residency.region)
            text.add(",\"host\":", endpoint.authority)
        }
    }
}

extension AddressFinding {
    var recordMember: [UInt8] {
        [UInt8](expecting: 128) { text in
            text.add(",\"address_check\":{\"result\":", result.rawValue)
            text.add(",\"range\":", range?.description)
            text.add(",\"found\":", detail)
            text.add(",\"list\":", list)
            text.append("}")
        }
    }
}

extension Attempt {
    fileprivate func write(to text: inout ByteWriter, _ snapshot: ServingSnapshot) {
        // Every route of an attempt is one of the snapshot's.
        let binding = snapshot.binding(for: route)
        text.append(
            binding?.endpoint(endpointIndex).attemptMembers
                ?? route.served(at: route.endpoints[endpointIndex]).attemptMembers)
        text.add(",\"address\":", address)
        if let finding { text.append(binding?.addressCheck(of: finding) ?? finding.recordMember) }
        text.add(",\"started_at\":", startedAt)
        text.add(",\"ended_at\":", endedAt)
        text.add(",\"status\":", status)
        text.add(",\"upstream_request_id\":", upstreamRequestID)
        text.add(",\"answered_model\":", answeredModel)
        writeEvidence(to: &text)
        if !hasNothingRare { writeRareFacts(to: &text) }
        text.add(",\"failure\":", failure)
        text.add(",\"sent_bytes\":", sentBytes)
        text.add(",\"received_bytes\":", receivedBytes)
        text.append("}")
    }

    /// Only where more is known than the route says; the record has that already.
    private func writeEvidence(to text: inout ByteWriter) {
        let known = route.residency.evidence
        if endpointEvidence > known.endpoint { text.add(",\"evidence\":", endpointEvidence.rawValue) }
        if processingEvidence > known.processing {
            text.add(",\"processing_evidence\":", processingEvidence.rawValue)
        }
    }

    private func writeRareFacts(to text: inout ByteWriter) {
        text.add(",\"certificate_sha256\":", certificate)
        text.add(",\"refused_address\":", refusedAddress)
        text.add(",\"observed_region\":", observedRegion)
        text.add(",\"observed_geography\":", observedGeography)
        for (index, drift) in drifts.enumerated() {
            text.append(index == 0 ? ",\"drifts\":[" : ",")
            text.add("{\"kind\":", drift.kind.rawValue)
            text.add(",\"expected\":", drift.expected)
            text.add(",\"seen\":", drift.seen)
            text.append("}")
        }
        if !drifts.isEmpty { text.append("]") }
    }
}

extension TokenUsage {
    fileprivate func writeRecord(to text: inout ByteWriter) {
        text.add(",\"usage\":{\"input_tokens\":", input)
        text.add(",\"cached_input_tokens\":", cachedInput)
        text.add(",\"cache_write_tokens\":", cacheWrite)
        text.add(",\"output_tokens\":", output)
        text.add(",\"reasoning_tokens\":", reasoning)
        text.append(isEstimated ? ",\"estimated\":true}" : ",\"estimated\":false}")
    }
}

extension Charge {
    fileprivate func writeRecord(to text: inout ByteWriter) {
        text.append(",\"money\":{\"cost_picodollars\":")
        text.append(decimal: cost.picodollars)
        text.append(",\"charge_picodollars\":")
        text.append(decimal: charge.picodollars)
        text.add(",\"price_snapshot\":", priceSnapshot)
        text.append("}")
    }
}

/// A member with its value; nothing for nil. The name comes with all that stands around it, so that it is one piece.
extension ByteWriter {
    fileprivate mutating func add(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        append(name)
        append(json: value)
    }

    fileprivate mutating func add(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        append(name)
        append(decimal: value)
    }

    fileprivate mutating func add(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        append(name)
        append("\"")
        append(atMost: Timestamp.textLength) { value.write(into: $0) }
        append("\"")
    }
}
