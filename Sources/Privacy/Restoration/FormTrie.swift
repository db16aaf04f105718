/// Finds the longest of many byte strings at a place in a text, where it isn't part of a longer word.
///
/// A tree over bytes in one flat array. Since forms begin at borders of words, one walk for each word is enough, and no
/// state has to live from one word to the next; a walk is never longer than the longest form.
struct FormTrie: Sendable {
    /// What stands at a place in a text.
    enum Finding: Equatable {
        case nothing
        case form(Int, end: Int)
        /// The text ends before it is certain.
        case undecided
    }

    private struct Node: FormNode {
        var byte: UInt8
        var child: Int32 = 0
        var sibling: Int32 = 0
        /// The form that ends here, and one more; zero for none.
        var form: Int32 = 0
    }

    /// A node of a tree that has fewer than 65,536 of them, as nearly each has: as long as a stream lives, so does one.
    private struct SmallNode: FormNode {
        let byte: UInt8
        let child: UInt16
        let sibling: UInt16
        let form: UInt16

        init?(_ node: Node) {
            guard let child = UInt16(exactly: node.child), let sibling = UInt16(exactly: node.sibling),
                let form = UInt16(exactly: node.form)
            else { return nil }
            (byte, self.child, self.sibling, self.form) = (node.byte, child, sibling, form)
        }
    }

    /// What each byte is: see ``ByteKind``.
    private var kinds = (0..<256).map { ByteKind(UInt8($0)) }
    /// Bits for each two bytes that a form begins with, so that most words are passed over without a walk. Several share
    /// one, since a table with a bit for each would take more than all else.
    private var pairs = [UInt64](repeating: 0, count: 64)
    /// The root, which stands for no byte, and all others.
    private var nodes = [Node(byte: 0)]
    /// The same in less memory once no more come; empty until then.
    private var small: [SmallNode] = []
    private(set) var longest = 0

    var isEmpty: Bool { longest == 0 }

    /// Gives back what isn't needed when no more forms come.
    mutating func compact() {
        let all = nodes.compactMap(SmallNode.init)
        if all.count == nodes.count {
            (small, nodes) = (all.map(\.self), [])
        } else {
            nodes = nodes.map(\.self)
        }
    }

    /// - Parameter form: not empty; one that is here already keeps its number.
    mutating func insert(_ form: some Collection<UInt8>, as number: Int) {
        precondition(small.isEmpty, "the tree is closed")
        var node: Int32 = 0
        for byte in form { node = child(of: node, for: byte) }
        guard let first = form.first, nodes[Int(node)].form == 0 else { return }
        kinds[Int(first)].insert(.start)
        let second = form.dropFirst().first.map { $0...$0 } ?? 0...255
        for byte in second { pairs[Self.row(first)] |= Self.bit(first, byte) }
        nodes[Int(node)].form = Int32(clamping: number + 1)
        longest = max(longest, form.count)
    }

    private mutating func child(of node: Int32, for byte: UInt8) -> Int32 {
        var next = nodes[Int(node)].child
        while next != 0 {
            if nodes[Int(next)].byte == byte { return next }
            next = nodes[Int(next)].sibling
        }
        let made = Int32(clamping: nodes.count)
        nodes.append(Node(byte: byte, sibling: nodes[Int(node)].child))
        nodes[Int(node)].child = made
        return made
    }

    /// The next place at which a form may begin, or `end`.
    ///
    /// - Parameter index: where no word has begun before, or where one that was looked at has ended.
    func nextStart(in text: UnsafeBufferPointer<UInt8>, from index: Int, to end: Int) -> Int {
        kinds.withUnsafeBufferPointer { kinds in
            var index = index
            while index < end {
                let kind = kinds[Int(text[index])]
                if kind.contains(.start), isPair(at: index, in: text),
                    !kind.contains(.begins) || WordBorder.isBefore(index, in: text)
                {
                    return index
                }
                index += 1
                // A border after `\n` is the only one inside a run.
                guard kind.contains(.begins), !WordBorder.isEscape(at: index - 1, in: text) else { continue }
                while index < end, kinds[Int(text[index])].contains(.goesOn) { index += 1 }
            }
            return end
        }
    }

    @inline(__always)
    private func isPair(at index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard index + 1 < text.count else { return true }
        let (first, second) = (text[index], text[index + 1])
        return pairs[Self.row(first)] & Self.bit(first, second) != 0
    }

    /// Small letters and capitals have rows of their own.
    @inline(__always)
    private static func row(_ first: UInt8) -> Int { Int(first & 0x1F | first >> 1 & 0x20) }

    @inline(__always)
    private static func bit(_ first: UInt8, _ second: UInt8) -> UInt64 {
        1 << UInt64((second ^ first >> 7 &* 0x15) & 63)
    }

    private struct ByteKind: OptionSet {
        let rawValue: UInt8

        /// Begins a character of a word; is in a word; begins a form.
        static let begins = Self(rawValue: 1)
        static let goesOn = Self(rawValue: 2)
        static let start = Self(rawValue: 4)

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        init(_ byte: UInt8) {
            self = WordBorder.begins(byte) ? [.begins, .goesOn] : WordBorder.goesOn(byte) ? .goesOn : []
        }
    }

    /// Passes over a place at which nothing was found.
    @inline(__always)
    func afterNothing(in text: UnsafeBufferPointer<UInt8>, at index: Int, to end: Int) -> Int {
        guard WordBorder.begins(text[index]), !WordBorder.isEscape(at: index, in: text) else { return index + 1 }
        var index = index + 1
        while index < end, WordBorder.goesOn(text[index]) { index += 1 }
        return index
    }

    /// What stands at a place that ``nextStart(in:from:to:)`` gave.
    ///
    /// - Parameters:
    ///   - end: where a form has to end at the latest.
    ///   - isWhole: whether nothing comes after the text.
    func read(
        _ text: UnsafeBufferPointer<UInt8>, at start: Int, to end: Int, isWhole: Bool
    ) -> Finding {
        if small.isEmpty { return Self.walk(nodes, text, at: start, to: end, isWhole: isWhole) }
        return Self.walk(small, text, at: start, to: end, isWhole: isWhole)
    }

    private static func walk<Node: FormNode>(
        _ nodes: [Node], _ text: UnsafeBufferPointer<UInt8>, at start: Int, to end: Int, isWhole: Bool
    ) -> Finding {
        var found = Finding.nothing
        var index = start
        nodes.withUnsafeBufferPointer { nodes in
            var next = nodes[0].child
            while index < end {
                while next != 0, nodes[Int(next)].byte != text[index] { next = nodes[Int(next)].sibling }
                guard next != 0 else { return }
                let here = nodes[Int(next)]
                let needsBorder = WordBorder.goesOn(text[index])
                index += 1
                if here.form != 0, !needsBorder || WordBorder.isAfter(index, in: text) {
                    found = .form(Int(here.form) - 1, end: index)
                }
                if index >= end, !isWhole, here.child != 0 || here.form != 0 && needsBorder { found = .undecided }
                next = here.child
            }
        }
        return found
    }
}

/// A place in the tree: the byte that leads there, the first of the places beyond it, and the next one beside it; both
/// zero for none.
private protocol FormNode {
    associatedtype Index: FixedWidthInteger

    var byte: UInt8 { get }
    var child: Index { get }
    var sibling: Index { get }
    var form: Index { get }
}
