/// A JSON text without the inside of its long strings, made while the text comes in.
///
/// A large body is large because of a few strings, which nobody has to look at: images, mostly. They are checked piece by
/// piece, while the piece is in the processor's cache, and their bytes stay where they are. What remains is JSON of the
/// same structure, small enough to be looked through as one text; it is sound if and only if the whole text is.
///
/// A string that was shortened can't be taken for one that is decided on. It keeps about ``keptOfString`` bytes, which
/// are 339 letters or more even where each is written as an escape of six bytes, and ids of routes have up to 200.
///
///     outline.take(piece)
///     outline.finish()
///     let scan = try outline.text.withUnsafeBytes { try ChatScan($0) }
///     outline.gaps.original(offset)
public struct BodyOutline: Sendable {
    /// What remained.
    public private(set) var text: [UInt8] = []
    public private(set) var gaps = TextGaps()
    /// False when a string is certainly unsound, or when too much remained for an outline to be of use. What is wrong with
    /// the text, if anything, must then be found in the whole of it.
    public private(set) var isUsable = true

    private let limit: Int
    private var isInString = false
    /// How much of the string at hand remained.
    private var kept = 0
    /// The beginning of an escape or a letter of which the rest has yet to come.
    private var cut: [UInt8] = []

    private static let keptOfString = 2048
    /// Shorter stretches are kept: it takes longer to note them.
    private static let shortestGap = 256
    /// So many bytes of the next piece make whole whatever was cut off.
    private static let joint = 64

    /// - Parameter limit: bytes that may remain. A text of many short strings is better read as a whole.
    public init(limit: Int) {
        self.limit = limit
        text.reserveCapacity(min(limit, 16 << 10))
    }

    /// Reads the next bytes of the text.
    public mutating func take(_ piece: UnsafeRawBufferPointer) {
        guard isUsable else { return }
        guard let start = takeJoint(with: piece) else { return }
        guard let end = read(piece[rebasing: start..<piece.count]) else { return giveUp() }
        cut = Array(piece[(start + end)...])
        if text.count > limit { giveUp() }
    }

    /// The text is over.
    public mutating func finish() {
        // What was cut off stays so, and is found wrong in its place.
        text += cut
        cut = []
    }

    private mutating func giveUp() {
        isUsable = false
        text = []
        cut = []
        gaps = TextGaps()
    }

    /// Reads what was cut off together with the beginning of the next piece. Returns where in the piece to go on; nil when
    /// there is nothing left of it.
    private mutating func takeJoint(with piece: UnsafeRawBufferPointer) -> Int? {
        guard !cut.isEmpty else { return 0 }
        let count = cut.count
        let joined = cut + piece.prefix(Self.joint)
        cut = []
        guard let end = joined.withUnsafeBytes({ read($0) }) else {
            giveUp()
            return nil
        }
        if end >= count { return end - count }
        // A very short piece.
        cut = Array(joined[end...])
        return nil
    }

    /// Returns where something is cut off, or the end; nil when a string isn't sound.
    private mutating func read(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var position = 0
        var copied = 0
        while position < bytes.count {
            if !isInString {
                position = bytes.endOfShortStrings(from: position, isInString: &isInString)
                kept = 0
                continue
            }
            guard let stretch = Stretch(in: bytes, from: position, atMost: Self.keptOfString - kept) else { return nil }
            if kept >= Self.keptOfString, stretch.range.count >= Self.shortestGap {
                guard stretch.isSoundText(in: bytes) else { return nil }
                text.append(contentsOf: bytes[rebasing: copied..<position])
                gaps.add(stretch.range.count, at: text.count)
                copied = stretch.range.upperBound
            }
            kept = stretch.isCutByLimit ? Self.keptOfString : kept + stretch.range.count
            position = stretch.range.upperBound
            isInString = !stretch.isAtQuote
            if stretch.isAtQuote { position += 1 } else if !stretch.isCutByLimit { break }
        }
        text.append(contentsOf: bytes[rebasing: copied..<position])
        return position
    }
}

/// A part of a string: up to its closing quote, as many bytes as were wanted, or all that are there.
private struct Stretch {
    let range: Range<Int>
    let isAtQuote: Bool
    let isCutByLimit: Bool
    /// Where the first byte may stand that isn't one of ASCII's usual letters.
    private let plainEnd: Int

    /// - Parameter limit: where it isn't positive, there is none.
    /// - Returns: nil when an escape is unsound.
    init?(in bytes: UnsafeRawBufferPointer, from start: Int, atMost limit: Int) {
        let end = limit > 0 ? min(bytes.count, start + limit) : bytes.count
        var scanner = JSONScanner(part: bytes[rebasing: 0..<end], at: start)
        scanner.skipPlain()
        plainEnd = scanner.position
        guard let isAtQuote = try? scanner.moveToQuoteOrCut() else { return nil }
        self.isAtQuote = isAtQuote
        range = start..<scanner.position
        isCutByLimit = !isAtQuote && end < bytes.count
    }

    /// Whether it is UTF-8 and has no control characters.
    func isSoundText(in bytes: UnsafeRawBufferPointer) -> Bool {
        let check = TextCheck(of: bytes[rebasing: plainEnd..<range.upperBound])
        return check.isUTF8 && !check.hasControlCharacters
    }
}

extension UnsafeRawBufferPointer {
    /// Goes on outside a string. Returns the end, or where a string begins that is long or has escapes: behind its quote.
    fileprivate func endOfShortStrings(from start: Int, isInString: inout Bool) -> Int {
        var position = start
        while let quote = firstQuote(from: position) {
            position = quote + 1
            guard let end = endOfShortString(from: position) else {
                isInString = true
                return position
            }
            position = end
        }
        return count
    }

    @inline(__always)
    private func firstQuote(from start: Int) -> Int? {
        var position = start
        while position + 16 <= count {
            if let found = block(at: position).equal(to: UInt8(ascii: "\"")).firstMarked { return position + found }
            position += 16
        }
        while position < count {
            if self[position] == UInt8(ascii: "\"") { return position }
            position += 1
        }
        return nil
    }

    /// Where a string of up to 64 bytes without escapes ends, behind its quote.
    @inline(__always)
    private func endOfShortString(from start: Int) -> Int? {
        var position = start
        while position < start + 64, position + 16 <= count {
            if let found = block(at: position).quotesAndBackslashes.firstMarked {
                return self[position + found] == UInt8(ascii: "\"") ? position + found + 1 : nil
            }
            position += 16
        }
        return nil
    }
}
