internal import Domain

extension [Entity] {
    /// The same spans, ascending and disjoint: of two that overlap the more certain stays, or else the longer.
    ///
    /// What the other one covers alone stays a span of its own, so that nothing that was found is let go; places that
    /// overlap become one.
    package func resolvingOverlaps(in text: UnsafeBufferPointer<UInt8>) -> [Entity] {
        var resolved: [Entity] = []
        resolved.reserveCapacity(count)
        for entity in sorted(by: {
            ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound)
        }) {
            resolved.settle(entity, in: text)
        }
        return resolved
    }

    /// Adds a span that begins no earlier than the last one.
    private mutating func settle(_ entity: Entity, in text: UnsafeBufferPointer<UInt8>) {
        var entity = entity
        guard !entity.range.isEmpty, entity.range.lowerBound >= 0, entity.range.upperBound <= text.count else { return }
        while let last, last.range.upperBound > entity.range.lowerBound {
            let end = Swift.max(last.range.upperBound, entity.range.upperBound)
            if last.type == entity.type, last.type == .location {
                removeLast()
                let start = Swift.min(last.range.lowerBound, entity.range.lowerBound)
                entity = Entity(.location, at: start..<end, certainty: Swift.max(last.certainty, entity.certainty))
            } else if entity.weighsMore(than: last) {
                removeLast()
                // What was cut on its left may begin behind this one.
                let start = Swift.min(last.range.lowerBound, entity.range.lowerBound)
                if let rest = last.trimmed(to: start..<entity.range.lowerBound, in: text) {
                    append(rest)
                    break
                }
            } else {
                guard let rest = entity.trimmed(to: last.range.upperBound..<end, in: text) else { return }
                entity = rest
            }
        }
        append(entity)
    }
}

extension Entity {
    /// Bands of certainty come first, so that a few points don't outweigh a longer span.
    fileprivate func weighsMore(than other: Entity) -> Bool {
        (certainty >> 6, range.count, certainty) > (other.certainty >> 6, other.range.count, other.certainty)
    }

    /// A part of the span without what surrounds its words; nil where that leaves less than two bytes.
    fileprivate func trimmed(to range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Entity? {
        func isEdge(_ byte: UInt8) -> Bool { byte < 0x80 && !byte.isAlphanumeric }
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isEdge(text.byte(start)) { start += 1 }
        while start < end, isEdge(text.byte(end - 1)) { end -= 1 }
        return end - start >= 2 ? Entity(type, at: start..<end, certainty: certainty) : nil
    }
}
