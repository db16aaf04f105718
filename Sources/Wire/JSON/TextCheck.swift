/// What one pass over a text tells: whether it is UTF-8 (RFC 3629, section 4), and whether it has control characters.
///
/// Whether a byte must continue a letter is told by the three bytes before it. So sixteen bytes are judged at once, by
/// looking at the blocks that begin one, two and three bytes earlier. How far back one must look depends on the letters
/// of a text, and a stretch of it mostly has letters as long as those of the stretch before.
struct TextCheck {
    private(set) var isUTF8 = true
    /// Whether any byte is below 0x20.
    var hasControlCharacters: Bool { lowest.hasByte(below: 0x20) }

    private let bytes: UnsafeRawBufferPointer
    private var lowest = ByteBlock(repeating: 0xFF)
    private var faults = LetterFaults()

    private static let step = 64
    /// After so many bytes it is decided whether shorter letters are enough, or longer ones are needed.
    private static let stretch = 512

    init(of bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        let start = bytes.count < 16 ? 0 : skipASCII(from: 0)
        guard start < bytes.count else { return }
        if bytes.count < Self.step + 3 {
            checkShort(from: start)
        } else if let start = start < 3 ? skipFirstLetters() : start {
            checkLetters(from: start)
            isUTF8 = !faults.isAny && !endsInsideLetter
        } else {
            isUTF8 = false
        }
    }

    /// Returns the end of the text, or where a block begins that has something else than ASCII.
    private mutating func skipASCII(from start: Int) -> Int {
        var position = start
        var lowest = lowest
        defer { self.lowest = lowest }
        while position + 64 <= bytes.count {
            let (a, b) = (bytes.block(at: position), bytes.block(at: position + 16))
            let (c, d) = (bytes.block(at: position + 32), bytes.block(at: position + 48))
            guard !(a | b | c | d).hasHighBit else { return position }
            lowest = lowest.lower(of: a.lower(of: b).lower(of: c.lower(of: d)))
            position += 64
        }
        while position < bytes.count {
            // The last block ends with the text, and begins in what was seen before.
            let block = bytes.block(at: min(position, bytes.count - 16))
            guard !block.hasHighBit else { return position }
            lowest = lowest.lower(of: block)
            position += 16
        }
        return bytes.count
    }

    private mutating func checkShort(from start: Int) {
        isUTF8 = bytes.letterFault(from: start) == nil
        if bytes[start...].contains(where: { $0 < 0x20 }) { lowest = ByteBlock(repeating: 0) }
    }

    /// Three bytes must stand before a block that is judged. Returns the first end of a letter that is behind them.
    private mutating func skipFirstLetters() -> Int? {
        lowest = lowest.lower(of: bytes.block(at: 0))
        var position = 0
        while position < 3 {
            guard let length = bytes.letterLength(at: position) else { return nil }
            position += length
        }
        return position
    }

    private mutating func checkLetters(from start: Int) {
        var position = start
        var longest = 2
        while position < bytes.count {
            // Each length has a loop of its own, without a branch in it.
            switch longest {
            case 1: (position, longest) = (skipASCII(from: position), 2)
            case 2: (position, longest) = check(from: position, TwoBytes.self)
            case 3: (position, longest) = check(from: position, ThreeBytes.self)
            default: (position, longest) = check(from: position, FourBytes.self)
            }
        }
    }

    /// Goes on while the letters are as long as they are taken to be. Returns where they aren't, and how long they are.
    private mutating func check<Longest: LetterLength>(from start: Int, _: Longest.Type) -> (end: Int, longest: Int) {
        var position = start
        var (lowest, faults) = (lowest, faults)
        defer { (self.lowest, self.faults) = (lowest, faults) }
        while position < bytes.count {
            let end = min(position + Self.stretch, bytes.count)
            let found = findings(in: position..<end, Longest.self)
            let longest = found.longest
            guard longest <= Longest.bytes else { return (position, longest) }
            lowest = lowest.lower(of: found.lowest)
            faults.add(found.faults)
            position = end
            guard longest == Longest.bytes else { return (position, longest) }
        }
        return (position, Longest.bytes)
    }

    @inline(__always)
    private func findings<Longest: LetterLength>(in range: Range<Int>, _: Longest.Type) -> Findings {
        // The three bytes before the first one that is judged decide on it too.
        let first = min(range.lowerBound, range.upperBound - Self.step)
        var findings = Findings(highest: bytes.block(at: min(first - 3, bytes.count - 16)))
        var position = range.lowerBound
        while position < range.upperBound {
            // The last step ends with the stretch, and begins in what was judged before.
            let start = min(position, range.upperBound - Self.step)
            for block in 0..<4 { findings.take(start + block * 16, of: bytes, Longest.self) }
            position += Self.step
        }
        return findings
    }

    private var endsInsideLetter: Bool {
        let end = bytes.count
        return bytes[end - 1] >= 0xC0 || bytes[end - 2] >= 0xE0 || bytes[end - 3] >= 0xF0
    }
}

/// How many bytes the longest letter has. Types, so that the compiler makes a loop for each.
private protocol LetterLength { static var bytes: Int { get } }
private enum TwoBytes: LetterLength { static var bytes: Int { 2 } }
private enum ThreeBytes: LetterLength { static var bytes: Int { 3 } }
private enum FourBytes: LetterLength { static var bytes: Int { 4 } }

private struct LetterFaults {
    /// The highest bit of a byte is set for one that wrongly continues a letter, or wrongly doesn't.
    var order = ByteBlock(repeating: 0)
    /// Below 2 for the bytes 0xC0 and 0xC1, which begin overlong letters.
    var overlong = ByteBlock(repeating: 0xFF)
    /// Bit 5 of a byte is set for the second byte of an overlong letter of three bytes, and for that of a surrogate.
    var second = ByteBlock(repeating: 0)

    @inline(__always)
    mutating func add(_ other: Self) {
        order |= other.order
        overlong = overlong.lower(of: other.overlong)
        second |= other.second
    }

    var isAny: Bool {
        order.hasHighBit || overlong.hasByte(below: 2) || !(second & ByteBlock(repeating: 0x20)).isZero
    }
}

/// What was found in a stretch of text.
private struct Findings {
    var faults = LetterFaults()
    var lowest = ByteBlock(repeating: 0xFF)
    var highest: ByteBlock

    init(highest: ByteBlock) { self.highest = highest }

    /// How many bytes the longest letter has.
    @inline(__always)
    var longest: Int {
        guard highest.highBitWhereAtLeast(0xE0).hasHighBit else { return highest.hasHighBit ? 2 : 1 }
        return highest.highBitWhereAtLeast(0xF0).hasHighBit ? 4 : 3
    }

    @inline(__always)
    mutating func take<Longest: LetterLength>(
        _ position: Int, of bytes: UnsafeRawBufferPointer, _: Longest.Type
    ) {
        let block = bytes.block(at: position)
        let before = bytes.block(at: position - 1)
        lowest = lowest.lower(of: block)
        highest = highest.higher(of: block)
        faults.overlong = faults.overlong.lower(of: block ^ ByteBlock(repeating: 0xC0))
        var mustContinue = before.highBitWhereAtLeast(0xC0)
        if Longest.bytes >= 3 {
            mustContinue |= bytes.block(at: position - 2).highBitWhereAtLeast(0xE0)
            // From 0x80 to 0x9F, and from 0xA0 to 0xBF.
            faults.second |= before.equal(to: 0xE0) & ~block | before.equal(to: 0xED) & block
        }
        if Longest.bytes == 4 {
            mustContinue |= bytes.block(at: position - 3).highBitWhereAtLeast(0xF0)
            // From 0x80 to 0x8F, and from 0x90 to 0xBF.
            faults.order |= before.equal(to: 0xF0) & block.isBelow(signed: -0x70)
            faults.order |= before.equal(to: 0xF4) & block.isAbove(signed: -0x71)
            faults.order |= block.highBitWhereAtLeast(0xF5)
        }
        // From 0x80 to 0xBF.
        faults.order |= mustContinue ^ block.isBelow(signed: -0x40)
    }
}
