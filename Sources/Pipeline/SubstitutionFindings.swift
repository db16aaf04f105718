public import Domain
import Privacy
import Wire

/// What would be replaced in a request, for whoever sent it.
public struct SubstitutionFindings: Sendable {
    public let demand: SubstitutionDemand
    public let entities: [Place]
    /// Kinds of content that aren't looked through, such as `image`.
    public let uncovered: [String]
    /// Why the request would be refused for want of protection; nil where it wouldn't.
    public let refusal: GatewayError?

    /// Where an entity stands.
    public struct Place: Sendable {
        public let type: EntityType
        /// The text, as a JSON pointer (RFC 6901). For a text in one that is JSON itself it leads on into that.
        public let text: String
        /// In Unicode scalars of the text.
        public let range: Range<Int>
    }
}

extension SubstitutionWork {
    /// Looks through a request without replacing anything.
    ///
    /// - Throws: errors about the caller's request.
    public func findings(
        in body: some WholeText, with remote: RemoteFindings
    ) throws(GatewayError) -> SubstitutionFindings {
        try body.withWhole { text throws(GatewayError) in
            var places: [SubstitutionFindings.Place] = []
            let collector = EntityCollector(engine, scope: scope, remote) { places.append($0.place(in: $1)) }
            let uncovered = try walk(text, for: collector).uncovered
            return SubstitutionFindings(
                demand: demand, entities: places, uncovered: uncovered.names,
                refusal: refusal(of: uncovered) ?? obstacle(to: collector.substitution))
        }
    }

    private func obstacle(to substitution: Substitution) -> GatewayError? {
        var substitution = substitution
        do throws(SubstitutionFailure) { try substitution.choose() } catch { return .noStandIn }
        return nil
    }
}

extension Entity {
    fileprivate func place(in text: FoundText) -> SubstitutionFindings.Place {
        let start = text.bytes[..<range.lowerBound].scalarCount
        let length = text.bytes[range].scalarCount
        return SubstitutionFindings.Place(type: type, text: text.place, range: start..<start + length)
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    fileprivate var scalarCount: Int { reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
}
