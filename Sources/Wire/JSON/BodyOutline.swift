#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

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
///     let scan = try outline.text.withUnsafeBytes { try OpenAIChatScan($0) }
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
            guard isInString else {
                position = enterString(in: bytes, from: position)
                continue
            }
            guard let stretch = Stretch(in: bytes, from: position, atMost: Self.keptOfString - kept) else { return nil }
            if kept >= Self.keptOfString, stretch.range.count >= Self.shortestGap {
                guard TextCheck(of: bytes[rebasing: stretch.range]).isFreeOfFaults else { return nil }
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

    /// Returns the offset behind the next quote, or the end where there is none.
    private mutating func enterString(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress, let quote = memchr(base + start, 0x22, bytes.count - start) else {
            return bytes.count
        }
        isInString = true
        kept = 0
        return UnsafeRawPointer(quote) - base + 1
    }
}

/// A part of a string: up to its closing quote, as many bytes as were wanted, or all that are there.
private struct Stretch {
    let range: Range<Int>
    let isAtQuote: Bool
    let isCutByLimit: Bool

    /// - Parameter limit: where it isn't positive, there is none.
    /// - Returns: nil when an escape is unsound.
    init?(in bytes: UnsafeRawBufferPointer, from start: Int, atMost limit: Int) {
        let end = limit > 0 ? min(bytes.count, start + limit) : bytes.count
        var scanner = JSONScanner(part: bytes[rebasing: 0..<end], at: start)
        guard let isAtQuote = try? scanner.moveToQuoteOrCut() else { return nil }
        self.isAtQuote = isAtQuote
        range = start..<scanner.position
        isCutByLimit = !isAtQuote && end < bytes.count
    }
}

extension TextCheck {
    fileprivate var isFreeOfFaults: Bool { isUTF8 && !hasControlCharacters }
}
