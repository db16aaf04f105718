/// Part of a segment that is to be read.
struct JournalStretch {
    let segment: JournalSegment
    let seed: UInt64
    /// Moves to the end of the last whole frame.
    var position: Int
    let end: Int
    /// Where something begins that is no frame.
    var damage: Int?
    /// More is expected to follow, so that half a frame is no damage.
    private let grows: Bool
    private var isAtHalfFrame = false

    init(_ segment: JournalSegment) {
        self.segment = segment
        seed = segment.seed ?? 0
        // First this, then that: see `JournalSegment.isSealed`.
        grows = !segment.isSealed
        end = segment.committedBytes
        position = segment.drainedBytes
        if segment.isDamaged || segment.seed == nil { damage = position }
    }

    var hasMore: Bool { damage == nil && !isAtHalfFrame && position < end }

    mutating func halfFrameReached() {
        if grows { isAtHalfFrame = true } else { damage = position }
    }

    /// The mark behind the last frame. What follows is of an earlier use of the file, unless it is known that frames do.
    mutating func endReached() {
        if segment.isInherited { position = end } else { damage = position }
    }
}
