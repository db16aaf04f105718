/// Puts originals back where stand-ins are: the pairs of one request, in the form that is fast to look for.
///
/// Shared by all answers of the request. It holds originals, so it prints as `<redacted>`.
public struct Restoration: Sendable {
    private var forms = FormTrie()
    private var originals: [UInt8] = []
    private var ranges: [Range<Int>] = []
    /// Where the originals stand that are written otherwise in a JSON string; the others are written alike.
    private var escaped: [Int: Range<Int>] = [:]

    init() {}

    var isEmpty: Bool { ranges.isEmpty }

    /// The longest stand-in in bytes; a stream never holds back more than this.
    public var longest: Int { forms.longest }

    mutating func add(_ standIn: [UInt8], for original: [UInt8]) {
        let number = ranges.count
        forms.insert(standIn, as: number)
        for form in JSONEscapes.forms(of: standIn) { forms.insert(form, as: number) }
        ranges.append(store(original))
        if let text = JSONEscapes.escaped(original) { escaped[number] = store(text) }
    }

    /// Gives back what was reserved for more: it lives as long as a stream does.
    mutating func compact() {
        forms.compact()
        originals = originals.map(\.self)
        ranges = ranges.map(\.self)
    }

    private mutating func store(_ text: [UInt8]) -> Range<Int> {
        originals += text
        return originals.count - text.count..<originals.count
    }

    /// Appends a whole text with its originals. In one that begins as JSON does, such as the arguments of a call or a
    /// structured answer, they are written as JSON strings have them.
    public func restore(_ text: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
        _ = restore(text, from: 0, isWhole: true, inJSON: JSONEscapes.isBeginning(text) ?? false, into: &out)
    }

    /// Appends what is certain.
    ///
    /// - Returns: where that ends in the text: at its end, if nothing comes after it.
    fileprivate func restore(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, isWhole: Bool, inJSON: Bool, into out: inout [UInt8]
    ) -> Int {
        var copied = start
        var index = start
        while true {
            index = forms.nextStart(in: text, from: index, to: text.count)
            guard index < text.count else { break }
            switch forms.read(text, at: index, to: text.count, isWhole: isWhole) {
            case .nothing:
                index = forms.afterNothing(in: text, at: index, to: text.count)
            case .form(let number, let end):
                out.append(contentsOf: text[copied..<index])
                out.append(contentsOf: originals[(inJSON ? escaped[number] : nil) ?? ranges[number]])
                index = end
                copied = end
            case .undecided:
                out.append(contentsOf: text[copied..<index])
                return index
            }
        }
        out.append(contentsOf: text[copied...])
        return text.count
    }
}

extension Restoration {
    /// A text that comes in pieces; one for each choice, block or tool call of an answer.
    ///
    /// However it is cut into pieces, together they give what ``restore(_:into:)`` gives for the whole.
    public struct Stream: Sendable {
        /// The last bytes that were passed on, as far as they tell whether a word begins, then those held back.
        private var bytes: [UInt8] = []
        private var passed = 0
        /// Whether the text begins as JSON does; nil as long as it is empty.
        private var isJSON: Bool?

        public init() {}

        /// How many bytes wait for what comes after them.
        public var heldCount: Int { bytes.count - passed }

        /// Appends what is certain now.
        public mutating func receive(
            _ piece: UnsafeBufferPointer<UInt8>, _ restoration: Restoration, into out: inout [UInt8]
        ) {
            if isJSON == nil { isJSON = JSONEscapes.isBeginning(piece) }
            bytes.append(contentsOf: piece)
            advance(restoration, isWhole: false, into: &out)
        }

        /// Appends what was held back: nothing comes after it.
        public mutating func end(_ restoration: Restoration, into out: inout [UInt8]) {
            advance(restoration, isWhole: true, into: &out)
            self = Stream()
        }

        private mutating func advance(_ restoration: Restoration, isWhole: Bool, into out: inout [UInt8]) {
            let end = bytes.withUnsafeBufferPointer {
                restoration.restore($0, from: passed, isWhole: isWhole, inJSON: isJSON ?? false, into: &out)
            }
            passed = min(end, WordBorder.reach)
            let kept = bytes[(end - passed)...]
            if bytes.capacity > Self.roomy {
                bytes = Array(kept)
            } else {
                bytes.removeFirst(bytes.count - kept.count)
            }
        }

        private static let roomy = 1024
    }
}

extension Restoration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Restoration.Stream: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
