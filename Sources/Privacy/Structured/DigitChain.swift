/// What stands between two groups of digits.
enum Separator: UInt8 {
    case none, space, dash, dot, slash
    /// A dash with spaces around it.
    case spacedDash
    /// A parenthesis opens or closes.
    case parenthesis
}

/// Groups of digits that may be one number, such as `(613) 555-0142`.
///
/// Its size is bounded, so reading one at every digit of a text takes time in proportion to the text.
struct DigitChain {
    struct Group {
        var range: Range<Int>
        /// What stands before it.
        var separator: Separator
        /// How many digits the chain has up to its end.
        var total: Int
    }

    private static let maximumGroups = 12
    private static let maximumDigits = 40
    private static let maximumGroupLength = 20

    private(set) var groups: [Group] = []
    /// The digits' values, one after the other.
    private(set) var digits: [UInt8] = []
    private(set) var start = 0

    init() {
        groups.reserveCapacity(Self.maximumGroups)
        digits.reserveCapacity(Self.maximumDigits)
    }

    var count: Int { groups.count }

    mutating func read(at start: Int, in text: UnsafeBufferPointer<UInt8>) {
        groups.removeAll(keepingCapacity: true)
        digits.removeAll(keepingCapacity: true)
        self.start = start
        var (offset, separator) = (start, Separator.none)
        while groups.count < Self.maximumGroups {
            let begin = offset
            while text.byte(offset).isDigit, offset - begin <= Self.maximumGroupLength { offset += 1 }
            let length = offset - begin
            guard length > 0, length <= Self.maximumGroupLength, digits.count + length <= Self.maximumDigits else {
                return
            }
            for place in begin..<offset { digits.append(text.byte(place) &- 0x30) }
            groups.append(Group(range: begin..<offset, separator: separator, total: digits.count))
            (separator, offset) = Self.separator(at: offset, in: text)
            guard separator != .none else { return }
        }
    }

    /// What separates two groups; `.none` where no digit follows soon.
    private static func separator(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> (Separator, Int) {
        var offset = start
        var (spaces, dashes, dots, slashes, parentheses) = (0, 0, 0, 0, 0)
        for _ in 0..<4 {
            let byte = text.byte(offset)
            if byte.isDigit { break }
            if case let length = text.space(at: offset), length > 0 {
                (spaces, offset) = (spaces + 1, offset + length)
            } else if case let length = text.dash(at: offset), length > 0 {
                (dashes, offset) = (dashes + 1, offset + length)
            } else if byte == UInt8(ascii: ".") {
                (dots, offset) = (dots + 1, offset + 1)
            } else if byte == 0xC2, text.byte(offset + 1) == 0xB7 {
                // A middle dot.
                (dots, offset) = (dots + 1, offset + 2)
            } else if byte == UInt8(ascii: "/") {
                (slashes, offset) = (slashes + 1, offset + 1)
            } else if byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") {
                (parentheses, offset) = (parentheses + 1, offset + 1)
            } else {
                return (.none, start)
            }
        }
        guard text.byte(offset).isDigit else { return (.none, start) }
        switch (spaces, dashes, dots, slashes, parentheses) {
        case (1, 0, 0, 0, 0): return (.space, offset)
        case (0, 1, 0, 0, 0): return (.dash, offset)
        case (0, 0, 1, 0, 0): return (.dot, offset)
        case (0, 0, 0, 1, 0): return (.slash, offset)
        case (2, 1, 0, 0, 0): return (.spacedDash, offset)
        case (0...2, 0...1, 0, 0, 1...2): return (.parenthesis, offset)
        default: return (.none, start)
        }
    }

    /// The lengths of the first groups, one hexadecimal digit each: 0x334 for `613-555-0142`; zero if there are fewer.
    func shape(_ count: Int, from first: Int = 0) -> Int {
        guard first + count <= groups.count else { return 0 }
        var shape = 0
        for group in groups[first..<first + count] { shape = shape << 4 | min(group.range.count, 15) }
        return shape
    }

    /// The number that a group writes; groups of more than nine digits count as -1.
    func value(_ index: Int) -> Int {
        guard index < groups.count, groups[index].range.count <= 9 else { return -1 }
        var value = 0
        for digit in digits(of: index) { value = value * 10 + Int(digit) }
        return value
    }

    func digits(of index: Int) -> ArraySlice<UInt8> {
        digits[groups[index].total - groups[index].range.count..<groups[index].total]
    }

    /// Whether the separators of some groups are all of one kind.
    func isSeparated(_ range: ClosedRange<Int>, by separators: Separator...) -> Bool {
        guard range.upperBound < groups.count else { return false }
        let first = groups[range.lowerBound].separator
        return separators.contains(first) && groups[range].allSatisfy { $0.separator == first }
    }
}
