/// One thing in which an upstream was found to be another than its route says.
public struct Drift: Hashable, Sendable {
    /// What it is that differs.
    public enum Kind: String, CaseIterable, Sendable {
        /// The endpoint has an address that isn't its region's, or isn't one that was declared.
        case address
        /// Another model has answered.
        case model
        /// By the provider's own word, another region has answered.
        case region
        /// By the provider's own word, the model may have run where the route doesn't say.
        case geography
        /// The endpoint wants the request to be sent elsewhere, where it isn't sent.
        case redirect
    }

    public let kind: Kind
    /// What the route says.
    public let expected: String
    /// What was found: a short text, and never content.
    public let seen: String

    public init(_ kind: Kind, expected: String, seen: String) {
        self.kind = kind
        self.expected = expected
        self.seen = seen
    }
}

extension Attempt {
    /// How well it was known in the end where the endpoint is: better than the route says where the address, or the
    /// provider, has shown it.
    public var endpointEvidence: EvidenceGrade {
        var grade = route.endpointEvidence(with: finding)
        if !hasNothingRare, observedRegion != nil, !hasDrift(of: .region) { grade = max(grade, .observedProvider) }
        return grade
    }

    /// The same of where the model has run, which only the provider can tell.
    public var processingEvidence: EvidenceGrade {
        let grade = route.residency.evidence.processing
        return hasNothingRare || observedGeography == nil || hasDrift(of: .geography)
            ? grade : max(grade, .observedProvider)
    }

    private func hasDrift(of kind: Drift.Kind) -> Bool { drifts.contains { $0.kind == kind } }
}
