/// The way from a node up to the root of a tree: says on which side the next sibling stands. RFC 9162 walks so in both
/// sections 2.1.3.2 and 2.1.4.2, where the two numbers are `fn` and `sn`.
struct WalkToRoot {
    enum Side {
        case left, right
    }

    /// The node's number at its height, and that of the last node there.
    private var node: Int
    private var last: Int

    init(from leaf: Int, last: Int) {
        node = leaf
        self.last = last
    }

    var isAtRoot: Bool { last == 0 }

    /// Goes up past one sibling; nil where the root has none.
    mutating func next() -> Side? {
        guard !isAtRoot else { return nil }
        var side = Side.right
        if isRightChild || node == last {
            side = .left
            // A last node without a sibling is its own parent.
            while !isRightChild && node > 0 { goUp() }
        }
        goUp()
        return side
    }

    /// Goes up while what is left of the node belongs to the same subtree.
    mutating func skipRightChildren() {
        while isRightChild { goUp() }
    }

    private var isRightChild: Bool { node & 1 == 1 }

    private mutating func goUp() {
        node >>= 1
        last >>= 1
    }
}
