#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lets a stream of the OpenAI wire through event by event, and learns from it what the books need.
///
/// Events go on as they came, byte for byte, with two exceptions: a usage chunk that only the gateway asked for stays
/// here, and so does `[DONE]`, which is the gateway's to say once the record is closed.
public struct OpenAIStreamPassage: ChatStreamPassage, Sendable {
    public private(set) var usage: ChatUsage?
    public private(set) var model: String?
    /// Whether a finish reason went through.
    public private(set) var isFinished = false
    /// How many chunks brought something. Where no usage comes, it is the best guess at the number of tokens.
    public private(set) var pieceCount = 0
    /// Whether `[DONE]` came.
    public private(set) var isDone = false

    private let passesUsage: Bool
    private let limit: Int
    /// The beginning of an event whose end hasn't come.
    private var rest: [UInt8] = []

    /// - Parameter limit: bytes that one event may have.
    public init(passesUsage: Bool, limit: Int = 16 << 20) {
        self.passesUsage = passesUsage
        self.limit = limit
    }

    /// Takes the next bytes, and appends the events that are complete now.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(ChatPassageFailure) {
        guard rest.isEmpty else { return try receiveAfterRest(bytes, into: &out) }
        let consumed = try passEvents(of: bytes, searchingFrom: 0, into: &out)
        rest.append(contentsOf: bytes[consumed...])
        try checkLimit()
    }

    /// The stream is over. A last `[DONE]` counts without its empty line, which some servers leave out.
    public mutating func end() {
        let isLastMark = rest.withUnsafeBytes { bytes in Self.data(of: bytes).map(Self.isDoneMark) ?? false }
        guard isLastMark else { return }
        isDone = true
        rest = []
    }

    /// Whether the stream ended in the middle of an event.
    public var isInsideEvent: Bool {
        !rest.allSatisfy { $0 == 0x0A || $0 == 0x0D }
    }

    private mutating func receiveAfterRest(
        _ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]
    ) throws(ChatPassageFailure) {
        // What was searched without finding an end isn't searched again, but for the four bytes an end may have.
        let searched = max(0, rest.count - 3)
        var whole = rest
        rest = []
        whole.append(contentsOf: bytes)
        let result = whole.withUnsafeBytes { buffer in
            Result { () throws(ChatPassageFailure) in try passEvents(of: buffer, searchingFrom: searched, into: &out) }
        }
        whole.removeFirst(try result.get())
        rest = whole
        try checkLimit()
    }

    private func checkLimit() throws(ChatPassageFailure) {
        if rest.count > limit { throw .tooLong(limit: limit) }
    }

    /// Passes all complete events, and returns how many bytes they had.
    private mutating func passEvents(
        of bytes: UnsafeRawBufferPointer, searchingFrom first: Int, into out: inout [UInt8]
    ) throws(ChatPassageFailure) -> Int {
        var start = 0
        var searchFrom = first
        while let end = Self.endOfEvent(in: bytes, from: max(searchFrom, start)) {
            let event = bytes[rebasing: start..<end]
            if try isPassed(event) { out.append(contentsOf: event) }
            start = end
            searchFrom = end
        }
        return start
    }

    /// Behind the empty line that ends an event; lines end with LF or CRLF.
    private static func endOfEvent(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = start
        while position < bytes.count,
            let found = memchr(base + position, 0x0A, bytes.count - position)
        {
            let lineEnd = UnsafeRawPointer(found) - base
            let next = lineEnd + 1
            if next < bytes.count, bytes[next] == 0x0A { return next + 1 }
            if next + 1 < bytes.count, bytes[next] == 0x0D, bytes[next + 1] == 0x0A { return next + 2 }
            position = next
        }
        return nil
    }

    /// Whether an event goes on to the caller.
    private mutating func isPassed(_ event: UnsafeRawBufferPointer) throws(ChatPassageFailure) -> Bool {
        guard let data = Self.data(of: event) else { return true }
        guard !Self.isDoneMark(data) else {
            isDone = true
            return false
        }
        let scan: OpenAIReplyScan
        do { scan = try OpenAIReplyScan(data, readsModel: model == nil) } catch { throw .malformed }
        if let error = scan.error { throw .error(error) }
        usage = scan.usage ?? usage
        // The first chunk of some services has an empty name.
        if model == nil, let name = scan.model, !name.isEmpty { model = name }
        isFinished = isFinished || scan.isFinished
        if !scan.hasNoChoices && !scan.isFinished { pieceCount += 1 }
        return passesUsage || scan.usage == nil || !scan.hasNoChoices
    }

    private static func isDoneMark(_ data: UnsafeRawBufferPointer) -> Bool {
        let mark: StaticString = "[DONE]"
        return data.count >= 6 && memcmp(data.baseAddress.unsafelyUnwrapped, mark.utf8Start, 6) == 0
    }

    /// The data of an event; nil where it has none, as a comment. No server of this wire spreads a chunk over lines.
    private static func data(of event: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let base = event.baseAddress else { return nil }
        let field: StaticString = "data:"
        var position = 0
        while position < event.count {
            let line = base + position
            let length = memchr(line, 0x0A, event.count - position).map { UnsafeRawPointer($0) - line }
            let end = position + (length ?? event.count - position)
            if end - position >= 5, memcmp(line, field.utf8Start, 5) == 0 {
                let start = position + (end - position > 5 && event[position + 5] == 0x20 ? 6 : 5)
                return event[rebasing: start..<(end > start && event[end - 1] == 0x0D ? end - 1 : end)]
            }
            position = end + 1
        }
        return nil
    }
}
