#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lets a stream of the OpenAI wire through event by event, and learns from it what the books need.
///
/// Events go on as they came, byte for byte, with two exceptions: a usage chunk that only the gateway asked for stays
/// here, and so does `[DONE]`, which is the gateway's to say once the record is closed. Comments before the first event
/// wait for it.
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
    private var early = EarlyComments()
    private var events: SSESlicer

    /// - Parameter limit: bytes that one event may have.
    public init(passesUsage: Bool, limit: Int = 16 << 20) {
        self.passesUsage = passesUsage
        events = SSESlicer(limit: limit)
    }

    /// Takes the next bytes, and appends the events that are complete now.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(ChatPassageFailure) {
        // Taken out, so that its events can be read while the passage changes.
        var slicer = SSESlicer(limit: 0)
        swap(&slicer, &events)
        defer { swap(&slicer, &events) }
        do throws(SSEFailure<ChatPassageFailure>) {
            try slicer.receive(bytes) { event throws(ChatPassageFailure) in
                if SSESlicer.data(of: event) == nil, early.keep(event) { return }
                guard try isPassed(event) else { return }
                early.release(into: &out)
                out.append(contentsOf: event)
            }
        } catch {
            throw ChatPassageFailure(error)
        }
    }

    /// The stream is over. A last `[DONE]` counts without its empty line, which some servers leave out.
    public mutating func end() {
        let isLastMark = events.rest.withUnsafeBytes { SSESlicer.data(of: $0).map(Self.isDoneMark) ?? false }
        guard isLastMark else { return }
        isDone = true
        events.dropRest()
    }

    /// Whether the stream ended in the middle of an event.
    public var isInsideEvent: Bool { events.isInsideEvent }

    /// Whether an event goes on to the caller.
    private mutating func isPassed(_ event: UnsafeRawBufferPointer) throws(ChatPassageFailure) -> Bool {
        guard let data = SSESlicer.data(of: event) else { return true }
        guard !Self.isDoneMark(data) else {
            isDone = true
            return false
        }
        let scan: OpenAIReplyScan
        do { scan = try OpenAIReplyScan(data) } catch { throw .malformed }
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
}
