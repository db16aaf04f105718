import Domain

/// Reads frames from segments, a piece at a time.
struct JournalReader {
    private var piece = [UInt8](repeating: 0, count: 256 << 10)

    /// Part of a segment that is to be read.
    struct Stretch {
        let segment: JournalSegment
        /// Moves to the end of the last whole frame.
        var position: Int
        let end: Int
        /// Where something begins that is no frame.
        var damage: Int?
        /// More is expected to follow, so that half a frame is no damage.
        let grows: Bool

        init(_ segment: JournalSegment) {
            self.segment = segment
            // First this, then that: see `JournalSegment.isSealed`.
            grows = !segment.isSealed
            end = segment.committedBytes
            position = segment.drainedBytes
            if segment.isDamaged { damage = position }
        }
    }

    /// Adds entries until there are as many as the limit, or the stretch is at its end.
    mutating func read(_ stretch: inout Stretch, limit: Int, into entries: inout [LedgerEntry]) throws {
        var wanted = JournalFrame.headLength
        while entries.count < limit, stretch.damage == nil, stretch.position + wanted <= stretch.end {
            if piece.count < wanted { piece = [UInt8](repeating: 0, count: wanted) }
            let count = min(piece.count, stretch.end - stretch.position)
            let filled = try fill(count, of: stretch)
            let start = stretch.position
            wanted = piece.withUnsafeBytes { bytes in
                Self.read(UnsafeRawBufferPointer(rebasing: bytes[..<filled]), &stretch, limit: limit, into: &entries)
            }
            // Shorter than it was: somebody has cut the file.
            if filled < count, stretch.position == start { stretch.damage = start }
        }
        if !stretch.grows, stretch.damage == nil, entries.count < limit, stretch.position < stretch.end {
            stretch.damage = stretch.position
        }
    }

    private mutating func fill(_ count: Int, of stretch: Stretch) throws -> Int {
        try piece.withUnsafeMutableBytes { bytes in
            let wanted = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
            return try stretch.segment.file.fill(wanted, from: stretch.position)
        }
    }

    /// - Returns: how many bytes the next frame needs, from the stretch's new position on.
    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ stretch: inout Stretch, limit: Int, into entries: inout [LedgerEntry]
    ) -> Int {
        var offset = 0
        defer { stretch.position += offset }
        while entries.count < limit {
            switch JournalFrame.read(bytes, at: offset) {
            case .entry(let entry, let end):
                entries.append(entry)
                offset = end
            case .incomplete(let length):
                return length
            case .damaged:
                stretch.damage = stretch.position + offset
                return JournalFrame.headLength
            }
        }
        return JournalFrame.headLength
    }
}
