/// Where bytes were left out of a text, so that places in what remained can be told as places in the whole.
public struct TextGaps: Sendable, Hashable {
    private struct Gap: Sendable, Hashable {
        /// Where the bytes would stand in what remained.
        var offset: Int
        var count: Int
    }

    private var gaps: [Gap] = []

    public init() {}

    /// Gaps are noted in their order.
    mutating func add(_ count: Int, at offset: Int) {
        if let last = gaps.indices.last, gaps[last].offset == offset {
            gaps[last].count += count
        } else {
            gaps.append(Gap(offset: offset, count: count))
        }
    }

    /// Where in the whole text a byte stands of what remained; for its end, where the whole ends.
    public func original(_ offset: Int) -> Int {
        var original = offset
        for gap in gaps {
            guard gap.offset <= offset else { break }
            original += gap.count
        }
        return original
    }
}
