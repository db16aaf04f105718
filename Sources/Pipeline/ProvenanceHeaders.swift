import Domain
import Providers
import Wire

/// The `x-ni-*` lines of a reply: who handled the request, where, and how well that is known.
enum ProvenanceHeaders {
    /// What a route alone decides, rendered once for each route.
    ///
    /// - Parameter source: of the credential that it is asked with.
    static func lines(
        for route: Route, facts: ProviderFacts, gateway: Jurisdiction, source: CredentialSource
    ) -> [UInt8] {
        let residency = route.residency
        return [UInt8](expecting: 1024) { lines in
            lines.addLine("x-ni-resolved-tier", route.tier.rawValue)
            lines.addLine("x-ni-resolved-provider", facts.displayName)
            lines.addLine("x-ni-resolved-region", residency.region)
            lines.addLine("x-ni-resolved-jurisdiction", residency.jurisdiction.code)
            lines.addLine("x-ni-custody-path", "NI-\(gateway) -> \(facts.displayName)-\(residency.jurisdiction)")
            lines.addLine("x-ni-credential-source", source.rawValue)
            lines.addLine("x-ni-resolved-litellm-model", "\(facts.litellmPrefix)/\(route.upstreamModel)")
            lines.addLine("x-ni-resolved-route", route.id)
            lines.addLine("x-ni-processing", residency.processing.description)
            lines.addLine("x-ni-exposure", residency.exposure.description)
        }
    }

    /// How well it is known where the endpoint is.
    static func addEvidence(_ grade: EvidenceGrade, to lines: inout ByteWriter) {
        lines.addLine("x-ni-evidence", grade.rawValue)
    }

    /// The same lines for a request that no route has taken: nothing left the gateway.
    static func addLinesWithoutRoute(gateway: Jurisdiction, to lines: inout ByteWriter) {
        let unresolved: [StaticString] = [
            "x-ni-resolved-tier", "x-ni-resolved-provider", "x-ni-resolved-region", "x-ni-resolved-jurisdiction",
            "x-ni-resolved-litellm-model", "x-ni-resolved-route", "x-ni-credential-source", "x-ni-processing",
            "x-ni-exposure", "x-ni-evidence",
        ]
        for name in unresolved { lines.addLine(name, "none") }
        lines.addLine("x-ni-custody-path", "NI-\(gateway)")
    }

    /// What was done about personal information.
    static func addSubstitution(_ summary: SubstitutionSummary, to lines: inout ByteWriter) {
        lines.addLine("x-ni-pii", summary.headerValue)
    }

    /// What differs from request to request. The id goes by OpenAI's name too: SDKs show that one.
    ///
    /// - Parameter wire: Anthropic's SDKs look for the id under another name than OpenAI's.
    static func addLines(
        id: RequestID, attempts: Int, policy: String?, wire: ChatWire, to lines: inout ByteWriter
    ) {
        if wire.isAnthropic {
            lines.append("request-id: ")
            lines.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
            lines.append("\r\n")
        }
        lines.append("x-ni-request-id: ")
        lines.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
        lines.append("\r\nx-request-id: ")
        lines.append(atMost: RequestID.hexLength) { id.writeHex(into: $0) }
        lines.append("\r\nx-ni-attempts: ")
        lines.append(decimal: attempts)
        lines.append("\r\n")
        if let policy { lines.addLine("x-ni-policy", policy) }
    }

    /// The warning of a route near its end: RFC 8594 for its last day, RFC 9745 for one that has none yet, and the
    /// replacement in a field of our own.
    static func addRetirement(of route: Route, on today: CalendarDate, to lines: inout ByteWriter) {
        switch route.lifecycle.state(on: today) {
        case .active, .retired: return
        case .retiring(let date):
            lines.addLine("sunset", date.httpDate)
            lines.addLine("x-ni-route-retires", date.description)
        case .deprecated(let date):
            lines.addLine("deprecation", "@\(date.daysSince1970 * 86_400)")
        }
        if let replacement = route.lifecycle.replacement { lines.addLine("x-ni-route-replacement", replacement) }
    }
}

extension ByteWriter {
    /// Appends a header line. Values come from the catalogue and the configuration, which refuse control characters.
    mutating func addLine(_ name: StaticString, _ value: String) {
        append(name)
        append(": ")
        append(text: value)
        append("\r\n")
    }
}

extension CalendarDate {
    /// The first second of the day as RFC 9110 writes dates.
    var httpDate: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = description.split(separator: "-")
        let weekday = Int(((daysSince1970 % 7) + 7) % 7)
        guard parts.count == 3, let month = Int(parts[1]), months.indices.contains(month - 1) else {
            return description
        }
        return "\(days[weekday]), \(parts[2]) \(months[month - 1]) \(parts[0]) 00:00:00 GMT"
    }
}
