/// Finds the lines of a head, wherever it ends for now: the rest is found from there when more has come.
///
/// A fault is told as soon as the first byte that makes one is there, so it is the same fault however a head is cut.
struct HTTP1HeadLines {
    enum Step {
        case first(Range<Int>)
        case field(HTTP1Field)
        /// The empty line was read; the head ends at this offset.
        case end(Int)
    }

    private var isBehindFirst = false
    /// Where the line begins that isn't complete yet.
    private var start = 0
    /// Up to where that line was looked at.
    private var scanned = 0
    /// Where that line's colon stands.
    private var colon: Int?

    /// Bytes of the longest first line whose target isn't too long: its method, version and spaces have room.
    private static let firstLineLimit = HTTP1Limits.target + 64

    /// - Parameter head: all that has come of the head since its first byte.
    @inline(__always)
    mutating func next(in head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Step? {
        guard isBehindFirst else { return try firstLine(in: head).map(Step.first) }
        if colon == nil {
            scanned = head.endOfToken(from: scanned)
            guard scanned < head.count else { return nil }
            guard head[scanned] == UInt8(ascii: ":"), scanned > start else { return try lineWithoutName(in: head) }
            colon = scanned
            scanned += 1
        }
        guard let colon, let end = try lineEnd(in: head) else { return nil }
        let field = HTTP1Field(name: start..<colon, value: head.trimmed(colon + 1..<end))
        beginLine(at: end + 2)
        return .field(field)
    }

    /// The line that was read as the first is none: the next one is.
    mutating func skipEmptyFirst() { isBehindFirst = false }

    @inline(__always)
    private mutating func beginLine(at offset: Int) {
        start = offset
        scanned = offset
        colon = nil
    }

    private mutating func firstLine(in head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Range<Int>? {
        let end = try lineEnd(in: head)
        guard scanned - start <= Self.firstLineLimit else { throw .targetTooLong }
        guard let end else { return nil }
        let line = start..<end
        isBehindFirst = true
        beginLine(at: end + 2)
        return line
    }

    /// Where the line's CR stands, when its LF has come too.
    @inline(__always)
    private mutating func lineEnd(in head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Int? {
        scanned = head.endOfText(from: scanned)
        guard scanned < head.count else { return nil }
        guard head[scanned] == HTTP1Octet.carriageReturn else {
            throw head[scanned] == HTTP1Octet.lineFeed ? .bareLineFeed : .controlCharacter
        }
        guard scanned + 1 < head.count else { return nil }
        guard head[scanned + 1] == HTTP1Octet.lineFeed else { throw .bareCarriageReturn }
        return scanned
    }

    /// The line that has no field's name is the empty one at the end, or it is none (RFC 9112, section 5).
    private mutating func lineWithoutName(in head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Step? {
        switch head[scanned] {
        case HTTP1Octet.carriageReturn where scanned == start:
            return try lineEnd(in: head).map { .end($0 + 2) }
        case HTTP1Octet.space, HTTP1Octet.tab:
            throw scanned == start ? .foldedLine : .fieldLine
        case HTTP1Octet.lineFeed: throw .bareLineFeed
        default: throw .fieldLine
        }
    }
}
