/// Which parts of a tree its proofs are made of, as ranges of leaves (RFC 6962, section 2.1).
enum TreeShape {
    /// PATH of section 2.1.1: what stands beside the way from a leaf to the root.
    static func inclusion(of index: Int, size: Int) -> [Range<Int>] {
        descend(towards: index, from: 0..<size) { $0.count == 1 }.siblings
    }

    /// PROOF of section 2.1.2: what the earlier tree is put together from, and what the later one has besides.
    static func consistency(from earlier: Int, size: Int) -> [Range<Int>] {
        guard earlier > 0 else { return [] }
        let (end, siblings) = descend(towards: earlier - 1, from: 0..<size) { $0.upperBound == earlier }
        // The whole earlier tree is known to whoever checks the proof.
        return end.lowerBound == 0 ? siblings : [end] + siblings
    }

    /// Goes down from the root; the siblings that are passed are given from the bottom up.
    private static func descend(
        towards leaf: Int, from root: Range<Int>, until isEnd: (Range<Int>) -> Bool
    ) -> (end: Range<Int>, siblings: [Range<Int>]) {
        var range = root
        var siblings: [Range<Int>] = []
        while !isEnd(range) && range.count > 1 {
            // The left subtree has the largest power of two that is smaller than the number of leaves.
            let middle = range.lowerBound + (1 << (range.count - 1).highestBit)
            let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
            siblings.append(leaf < middle ? right : left)
            range = leaf < middle ? left : right
        }
        return (range, siblings.reversed())
    }

    /// The whole subtrees that a part of a tree consists of, the largest first: the last ones get smaller and smaller.
    static func nodes(of range: Range<Int>) -> [TreeNode] {
        var nodes: [TreeNode] = []
        var rest = range
        while !rest.isEmpty {
            let height = rest.count.highestBit
            nodes.append(TreeNode(height: height, number: rest.lowerBound >> height))
            rest = (rest.lowerBound + (1 << height))..<rest.upperBound
        }
        return nodes
    }
}

/// A whole subtree: over 2^`height` leaves, the `number`th of this height.
struct TreeNode: Hashable {
    let height: Int
    let number: Int

    /// The level of tiles that the node is in, or can be made from.
    var level: Int { height / 8 }
    /// How far the node is above the hashes of that level.
    var heightInTile: Int { height % 8 }
    /// Which tile of that level it is.
    var tile: Int { number >> (8 - heightInTile) }
    /// Which of the tile's nodes of the same height it is.
    var numberInTile: Int { number - (tile << (8 - heightInTile)) }
}

extension Int {
    /// Of a number above 0.
    fileprivate var highestBit: Int { Int.bitWidth - 1 - leadingZeroBitCount }
}
