#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One server-sent event. It points into bytes that are only there during the call that offers it.
public struct SSEEvent {
    /// The value of `event`; empty where the stream gives none.
    public let name: UnsafeRawBufferPointer
    /// The values of all `data` lines, joined by LF.
    public let data: UnsafeRawBufferPointer
    /// All lines of the event as they came, for upstreams that write things between events which are none.
    public let block: UnsafeRawBufferPointer
}

/// Why reading a stream stopped: the reader's own reason, or that of whoever looks at its events.
public enum SSEFailure<Failure: Error>: Error {
    case eventTooLarge(limit: Int)
    case event(Failure)
}

/// Splits a byte stream into server-sent events, as WHATWG HTML, section 9.2, has them.
///
/// However the stream is cut into pieces, the events are the same. An event that comes whole is offered where it stands;
/// only an unfinished one is copied and kept, and no byte is searched twice. `id` and `retry` are read over: they serve
/// reconnecting, which makes no sense for the reply to a POST.
///
///     try reader.receive(bytes) { event in print(event.data.count) }
public struct SSEReader: Sendable {
    /// What is done with blocks of lines that hold no `data`, which the standard says to skip.
    public enum BlocksWithoutData: Sendable {
        case skipped, offered
    }

    private let limit: Int
    private let blocksWithoutData: BlocksWithoutData
    /// The unfinished event, from its first byte on.
    private var rest: [UInt8] = []
    private var open = OpenEvent()
    /// The values of an event's `data` lines, when there is more than one.
    private var joined: [UInt8] = []
    private var isFirstLine = true
    /// A line ended with CR and its piece of the stream with it: an LF that comes next still belongs to that line.
    private var isAfterCR = false

    /// - Parameter limit: bytes that one event may take, 16 MiB by default.
    public init(limit: Int = 16 << 20, blocksWithoutData: BlocksWithoutData = .skipped) {
        self.limit = limit
        self.blocksWithoutData = blocksWithoutData
    }

    /// Calls `body` for each event that is complete now. After an error the reader can't be used again.
    public mutating func receive<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ body: (SSEEvent) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) {
        guard !rest.isEmpty else {
            let unfinished = try read(bytes, body)
            rest.append(contentsOf: bytes[unfinished...])
            return
        }
        // Taken out, so that it can be read while the reader changes.
        var whole: [UInt8] = []
        swap(&whole, &rest)
        whole.append(contentsOf: bytes)
        let unfinished = try whole.withUnsafeBufferPointer { buffer throws(SSEFailure<Failure>) in
            try read(UnsafeRawBufferPointer(buffer), body)
        }
        whole.removeSubrange(..<unfinished)
        swap(&whole, &rest)
    }

    /// The stream is over. Returns the bytes of the event that it left unfinished, and an empty array where it ended
    /// between events, as it should.
    public func end() -> [UInt8] { rest }

    /// Reads on where the last piece ended. Returns where the unfinished event begins.
    private mutating func read<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ body: (SSEEvent) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) -> Int {
        var lineEnds = LineEnds(bytes)
        var eventStart = 0
        skipLineFeed(bytes)
        while let lineEnd = lineEnds.first(from: eventStart + open.searched) {
            let line = strippingByteOrderMark(bytes, eventStart + open.lineStart..<lineEnd)
            let next = endOfBreak(bytes, at: lineEnd)
            guard line.isEmpty else {
                open.read(line, of: bytes, eventStart: eventStart, joined: &joined)
                open.move(to: next - eventStart)
                continue
            }
            try offer(bytes[rebasing: eventStart..<line.lowerBound], body)
            open = OpenEvent()
            eventStart = next
        }
        open.searched = bytes.count - eventStart
        guard open.searched <= limit else { throw .eventTooLarge(limit: limit) }
        return eventStart
    }

    private mutating func offer<Failure>(
        _ block: UnsafeRawBufferPointer, _ body: (SSEEvent) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) {
        guard block.count <= limit else { throw .eventTooLarge(limit: limit) }
        guard open.dataLines > 0 || (blocksWithoutData == .offered && !block.isEmpty) else { return }
        let name = block[rebasing: open.name]
        do throws(Failure) {
            guard open.dataLines > 1 else {
                return try body(SSEEvent(name: name, data: block[rebasing: open.data], block: block))
            }
            try joined.withUnsafeBufferPointer { data throws(Failure) in
                try body(SSEEvent(name: name, data: UnsafeRawBufferPointer(data), block: block))
            }
        } catch {
            throw .event(error)
        }
    }

    /// Steps over the LF whose CR ended the piece before. Between events it needs no care: it is a blank line more.
    private mutating func skipLineFeed(_ bytes: UnsafeRawBufferPointer) {
        guard isAfterCR, open.searched < bytes.count else { return }
        isAfterCR = false
        if open.searched > 0, bytes[open.searched] == UInt8(ascii: "\n") { open.move(to: open.searched + 1) }
    }

    /// The offset behind CR, LF or CRLF.
    private mutating func endOfBreak(_ bytes: UnsafeRawBufferPointer, at lineEnd: Int) -> Int {
        guard bytes[lineEnd] == UInt8(ascii: "\r") else { return lineEnd + 1 }
        guard lineEnd + 1 < bytes.count else {
            isAfterCR = true
            return lineEnd + 1
        }
        return bytes[lineEnd + 1] == UInt8(ascii: "\n") ? lineEnd + 2 : lineEnd + 1
    }

    private mutating func strippingByteOrderMark(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Range<Int> {
        guard isFirstLine else { return line }
        isFirstLine = false
        return bytes[line].starts(with: [0xEF, 0xBB, 0xBF]) ? line.lowerBound + 3..<line.upperBound : line
    }
}

/// What is known of the event in progress. Offsets count from its first byte, so they stay right when its bytes move.
private struct OpenEvent {
    var name = 0..<0
    /// The value of the first `data` line.
    var data = 0..<0
    var dataLines = 0
    private(set) var lineStart = 0
    /// Up to here there is no line end left to be found.
    var searched = 0

    mutating func move(to offset: Int) {
        lineStart = offset
        searched = offset
    }

    /// Reads a line that isn't empty: `field: value`, `field`, or a comment, which begins with the colon.
    mutating func read(_ line: Range<Int>, of bytes: UnsafeRawBufferPointer, eventStart: Int, joined: inout [UInt8]) {
        let colon = bytes.firstOffset(of: UInt8(ascii: ":"), in: line) ?? line.upperBound
        var start = min(colon + 1, line.upperBound)
        if start < line.upperBound, bytes[start] == UInt8(ascii: " ") { start += 1 }
        let field = bytes[rebasing: line.lowerBound..<colon]
        let value = start..<line.upperBound
        if field.equals("data") {
            add(data: value, of: bytes, eventStart: eventStart, joined: &joined)
        } else if field.equals("event") {
            name = value.lowerBound - eventStart..<value.upperBound - eventStart
        }
    }

    private mutating func add(
        data value: Range<Int>, of bytes: UnsafeRawBufferPointer, eventStart: Int, joined: inout [UInt8]
    ) {
        dataLines += 1
        guard dataLines > 1 else {
            data = value.lowerBound - eventStart..<value.upperBound - eventStart
            return
        }
        if dataLines == 2 {
            joined.removeAll(keepingCapacity: true)
            joined.append(contentsOf: bytes[eventStart + data.lowerBound..<eventStart + data.upperBound])
        }
        joined.append(UInt8(ascii: "\n"))
        joined.append(contentsOf: bytes[value])
    }
}

/// Finds line ends from left to right. It remembers the next LF and the next CR, so that each byte is looked at once for
/// either, whichever of them the stream uses.
private struct LineEnds {
    private let bytes: UnsafeRawBufferPointer
    private var lineFeed: Int?
    private var carriageReturn: Int?

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func first(from offset: Int) -> Int? {
        let lineFeed = Self.update(&self.lineFeed, UInt8(ascii: "\n"), in: bytes, from: offset)
        let carriageReturn = Self.update(&self.carriageReturn, UInt8(ascii: "\r"), in: bytes, from: offset)
        let first = min(lineFeed, carriageReturn)
        return first < bytes.count ? first : nil
    }

    /// The next offset of a byte, or the end; found anew only when the one that was found before is passed.
    private static func update(
        _ found: inout Int?, _ byte: UInt8, in bytes: UnsafeRawBufferPointer, from offset: Int
    ) -> Int {
        if let found, found >= offset { return found }
        let next = bytes.firstOffset(of: byte, in: min(offset, bytes.count)..<bytes.count) ?? bytes.count
        found = next
        return next
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard !range.isEmpty, let base = baseAddress else { return nil }
        guard let found = memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    fileprivate func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let base = baseAddress else { return false }
        return memcmp(base, text.utf8Start, count) == 0
    }
}
