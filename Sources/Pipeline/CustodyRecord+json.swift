import Domain
import Wire

extension CustodyRecord {
    /// The record on its way to the ledger.
    func entry(_ phase: LedgerEntry.Phase, _ snapshot: ServingSnapshot) -> LedgerEntry {
        LedgerEntry(
            id: id, organization: organization, phase: phase, openedAt: openedAt, hasDrift: hasDrift,
            json: json(snapshot), usage: phase == .closed ? usageEntry : nil)
    }

    private var usageEntry: UsageEntry {
        UsageEntry(key: key, route: route?.id, outcome: outcome, usage: usage, charge: charge)
    }

    private var hasDrift: Bool { attempts.contains { !$0.hasNothingRare && !$0.drifts.isEmpty } }

    /// The record as canonical JSON text (RFC 8785), since that is what the log commits to: members in the order of their
    /// names, nothing between them. Never content: what a caller wrote freely, its nonce aside, isn't among the members.
    func json(_ snapshot: ServingSnapshot) -> [UInt8] {
        [UInt8](expecting: 2048) { write(to: &$0, snapshot) }
    }

    private func write(to text: inout ByteWriter, _ snapshot: ServingSnapshot) {
        let binding = route.flatMap { snapshot.binding(for: $0) }
        text.append("{")
        text.addAhead("\"asked_route\":", askedRoute)
        writeAttempts(to: &text, snapshot)
        if closedAt == nil { text.append(",\"closed_at\":null") }
        text.add(",\"closed_at\":", closedAt)
        text.add(",\"command\":", command)
        if let binding { writeCredential(to: &text, binding.record) }
        if let digests { digests.writeRecord(to: &text) }
        text.add(",\"error\":", error?.rawValue)
        if let fetched { fetched.write(to: &text) }
        text.add(",\"gateway_version\":", snapshot.version)
        text.append(",\"id\":\"")
        text.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
        text.add("\",\"key\":", key)
        if let mapping { mapping.write(to: &text) }
        if let charge { charge.writeRecord(to: &text) }
        text.add(",\"nonce\":", nonce)
        text.add(",\"opened_at\":", openedAt)
        text.add(",\"organization\":", organization.rawValue)
        text.add(",\"outcome\":", outcome.rawValue)
        if let substitution { substitution.writeRecord(to: &text) }
        text.add(",\"policy\":", policy)
        text.append(",\"record_version\":1")
        text.add(",\"request_bytes\":", requestBytes)
        if let binding { text.append(binding.record.residency) }
        text.add(",\"response_bytes\":", responseBytes)
        if let binding { text.append(binding.record.route) }
        text.append(outcome == .open ? ",\"state\":\"open\"" : ",\"state\":\"closed\"")
        text.add(",\"status\":", status)
        text.append(isStreamed ? ",\"streamed\":true" : ",\"streamed\":false")
        text.add(",\"surface\":", surface)
        if let binding { text.append(binding.record.tier) }
        if let trace {
            text.append(",\"trace\":\"")
            text.append(atMost: RequestID.hexLength) { trace.trace.writeHex(into: $0) }
            text.append("\"")
        }
        if let usage { usage.writeRecord(to: &text) }
        text.append("}")
    }

    /// That of the attempt that was made last, which is the record's route.
    private func writeCredential(to text: inout ByteWriter, _ facts: RouteRecordMembers) {
        let label = attempts.isEmpty ? nil : attempts[attempts.count - 1].credential
        text.add(",\"credential\":", label?.fingerprint?.text)
        if label?.source == .customer {
            text.add(",\"credential_source\":", CredentialSource.customer.rawValue)
        } else {
            text.append(facts.credentialSource)
        }
    }

    private func writeAttempts(to text: inout ByteWriter, _ snapshot: ServingSnapshot) {
        text.append("\"attempts\":[")
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

extension CustodyRecord.Fetched {
    fileprivate func write(to text: inout ByteWriter) {
        text.add(",\"fetched\":{\"bytes\":", bytes)
        text.add(",\"parts\":", parts)
        text.append("}")
    }
}

extension CustodyRecord.Mapping {
    fileprivate func write(to text: inout ByteWriter) {
        text.add(",\"mapping\":{\"name\":", name)
        text.add(",\"route\":", route)
        text.append("}")
    }
}

/// What a route adds to each record; rendered once for each route. It stands in several places, since members are sorted.
struct RouteRecordMembers {
    let credentialSource: [UInt8]
    let residency: [UInt8]
    let route: [UInt8]
    let tier: [UInt8]

    init(_ route: Route) {
        credentialSource = .member(",\"credential_source\":", route.credentialSource.rawValue)
        residency = route.residency.recordMember
        self.route = .member(",\"route\":", route.id)
        tier = .member(",\"tier\":", route.tier.rawValue)
    }
}

extension Residency {
    fileprivate var recordMember: [UInt8] {
        [UInt8](expecting: 512) { text in
            text.add(",\"residency\":{\"evidence\":", evidence.endpoint.rawValue)
            text.add(",\"exposure\":", exposure.description)
            text.add(",\"jurisdiction\":", jurisdiction.code)
            text.add(",\"processing\":", processing.description)
            text.add(",\"processing_evidence\":", evidence.processing.rawValue)
            text.add(",\"region\":", region)
            text.add(",\"storage\":", storage.description)
            text.append("}")
        }
    }
}

/// What an endpoint adds to each attempt; rendered once for each endpoint.
struct AttemptRecordMembers {
    let host: [UInt8]
    let provider: [UInt8]
    let regionAndRoute: [UInt8]
    let upstreamModel: [UInt8]

    /// - Parameter route: as if it had this endpoint only.
    init(_ route: Route) {
        host = .member("\"host\":", route.endpoint.authority)
        provider = .member(",\"provider\":", route.provider.rawValue)
        regionAndRoute = .member(",\"region\":", route.residency.region) + .member(",\"route\":", route.id)
        upstreamModel = .member(",\"upstream_model\":", route.upstreamModel)
    }
}

extension AddressFinding {
    /// With a comma behind it.
    var recordMember: [UInt8] {
        [UInt8](expecting: 128) { text in
            text.append("\"address_check\":{")
            text.addAhead("\"found\":", detail)
            text.addAhead("\"list\":", list)
            text.addAhead("\"range\":", range?.description)
            text.add("\"result\":", result.rawValue)
            text.append("},")
        }
    }
}

extension Attempt {
    fileprivate func write(to text: inout ByteWriter, _ snapshot: ServingSnapshot) {
        // Every route of an attempt is one of the snapshot's.
        let binding = snapshot.binding(for: route)
        let facts =
            binding?.endpoint(endpointIndex).attemptMembers
            ?? AttemptRecordMembers(route.served(at: route.endpoints[endpointIndex]))
        text.append("{")
        text.addAhead("\"address\":", address)
        if let finding { text.append(binding?.addressCheck(of: finding) ?? finding.recordMember) }
        text.addAhead("\"answered_model\":", answeredModel)
        if !hasNothingRare { writeRareFactsAhead(to: &text) }
        text.addAhead("\"ended_at\":", endedAt)
        // Only where more is known than the route says; the record has that already.
        let known = route.residency.evidence
        if endpointEvidence > known.endpoint { text.addAhead("\"evidence\":", endpointEvidence.rawValue) }
        text.addAhead("\"failure\":", failure)
        text.append(facts.host)
        if !hasNothingRare {
            text.add(",\"observed_geography\":", observedGeography)
            text.add(",\"observed_region\":", observedRegion)
        }
        if processingEvidence > known.processing {
            text.add(",\"processing_evidence\":", processingEvidence.rawValue)
        }
        text.append(facts.provider)
        text.add(",\"received_bytes\":", receivedBytes)
        if !hasNothingRare { text.add(",\"refused_address\":", refusedAddress) }
        text.append(facts.regionAndRoute)
        text.add(",\"sent_bytes\":", sentBytes)
        text.add(",\"started_at\":", startedAt)
        text.add(",\"status\":", status)
        text.append(facts.upstreamModel)
        text.add(",\"upstream_request_id\":", upstreamRequestID)
        text.append("}")
    }

    private func writeRareFactsAhead(to text: inout ByteWriter) {
        text.addAhead("\"certificate_sha256\":", certificate)
        guard !drifts.isEmpty else { return }
        for (index, drift) in drifts.enumerated() {
            text.append(index == 0 ? "\"drifts\":[" : ",")
            text.add("{\"expected\":", drift.expected)
            text.add(",\"kind\":", drift.kind.rawValue)
            text.add(",\"seen\":", drift.seen)
            text.append("}")
        }
        text.append("],")
    }
}

extension ContentDigests {
    fileprivate func writeRecord(to text: inout ByteWriter) {
        text.add(",\"digests\":{\"key\":", key)
        text.add(",\"request\":", request)
        text.add(",\"response\":", response)
        text.append("}")
    }
}

extension SubstitutionSummary {
    fileprivate func writeRecord(to text: inout ByteWriter) {
        text.append(",\"pii\":{\"entities\":{")
        let sorted = counts.map { (name: $0.key.name, count: $0.value) }.sorted { $0.name < $1.name }
        for (index, entry) in sorted.enumerated() {
            if index > 0 { text.append(",") }
            text.append(json: entry.name)
            text.append(":")
            text.append(decimal: entry.count)
        }
        text.append("},\"not_covered\":[")
        for (index, name) in uncovered.sorted().enumerated() {
            if index > 0 { text.append(",") }
            text.append(json: name)
        }
        text.append(demand == .required ? "],\"substitution\":\"required\"}" : "],\"substitution\":\"on\"}")
    }
}

extension TokenUsage {
    fileprivate func writeRecord(to text: inout ByteWriter) {
        text.add(",\"usage\":{\"cache_write_tokens\":", cacheWrite)
        text.add(",\"cached_input_tokens\":", cachedInput)
        text.append(isEstimated ? ",\"estimated\":true" : ",\"estimated\":false")
        text.add(",\"input_tokens\":", input)
        text.add(",\"output_tokens\":", output)
        text.add(",\"reasoning_tokens\":", reasoning)
        text.append("}")
    }
}

extension Charge {
    fileprivate func writeRecord(to text: inout ByteWriter) {
        text.add(",\"money\":{\"basis\":", basis.rawValue)
        text.append(",\"charge_picodollars\":")
        text.append(exactly: charge.picodollars)
        text.append(",\"cost_picodollars\":")
        text.append(exactly: cost.picodollars)
        text.add(",\"price_snapshot\":", priceSnapshot)
        text.append("}")
    }
}

/// A member with its value; nothing for nil. The name comes with all that stands around it, so that it is one piece.
extension ByteWriter {
    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        append(name)
        append(json: value)
    }

    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        append(name)
        append(decimal: value)
    }

    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        add(name, atMost: Timestamp.textLength) { value.write(into: $0) }
    }

    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ value: ContentDigest?) {
        guard let value else { return }
        add(name, atMost: ContentDigest.hexLength) { value.writeHex(into: $0) }
    }

    /// Text that nothing in needs an escape.
    @inline(__always)
    private mutating func add(
        _ name: StaticString, atMost limit: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) {
        append(name)
        append("\"")
        append(atMost: limit, fill)
        append("\"")
    }

    /// The same with a comma behind it: what stands before the first member that is always there.
    @inline(__always)
    fileprivate mutating func addAhead(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        add(name, value)
        append(",")
    }

    @inline(__always)
    fileprivate mutating func addAhead(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        add(name, value)
        append(",")
    }

    /// A number that a reader of doubles would change stands as text (RFC 8785, appendix D).
    fileprivate mutating func append(exactly number: Int128) {
        let isExact = number.magnitude < 1 << 53
        if !isExact { append("\"") }
        append(decimal: number)
        if !isExact { append("\"") }
    }
}

extension [UInt8] {
    fileprivate static func member(_ name: StaticString, _ value: String) -> [UInt8] {
        [UInt8](expecting: 128) { $0.add(name, value) }
    }
}
