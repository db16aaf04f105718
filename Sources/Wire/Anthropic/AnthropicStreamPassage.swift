/// Lets a stream of the Messages wire through event by event, and learns from it what the books need.
///
/// Events go on as they came, byte for byte, with two exceptions: `message_stop` stays here, because it is the gateway's
/// to say once the record is closed, and so does an error, which the gateway tells in its own words. Comments before the
/// first event wait for it.
public struct AnthropicStreamPassage: Sendable {
    public var usage: ChatUsage? { counts.chatUsage }
    public private(set) var model: String?
    /// Whether a stop reason went through.
    public private(set) var isFinished = false
    /// How many events brought something of the answer. Where no usage comes, it is the best guess at the tokens.
    public private(set) var pieceCount = 0
    /// The `message_stop` event as it came; empty until then.
    public private(set) var closing: [UInt8] = []

    private var early = EarlyComments()
    private var counts = AnthropicUsage()
    private var events: SSESlicer

    /// - Parameter limit: bytes that one event may have.
    public init(limit: Int = 16 << 20) { events = SSESlicer(limit: limit) }

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

    /// The stream is over. A last `message_stop` counts without its empty line.
    public mutating func end() {
        var last = self
        let event = events.rest + Array("\n\n".utf8)
        guard (try? event.withUnsafeBytes { try last.isPassed($0) }) == false else { return }
        self = last
        events.dropRest()
    }

    /// Whether `message_stop` came.
    public var isDone: Bool { !closing.isEmpty }

    /// Whether the stream ended in the middle of an event.
    public var isInsideEvent: Bool { events.isInsideEvent }

    /// Whether an event goes on to the caller.
    private mutating func isPassed(_ event: UnsafeRawBufferPointer) throws(ChatPassageFailure) -> Bool {
        // Nothing has a place behind the last event.
        guard !isDone else { return false }
        guard let data = SSESlicer.data(of: event) else { return true }
        let scan: AnthropicEventScan
        do { scan = try AnthropicEventScan(data, usage: &counts) } catch { throw .malformed }
        if let error = scan.error { throw .error(error.message) }
        model = model ?? scan.model
        switch scan.kind {
        case .error: throw .error("It ended its stream with an error.")
        case .delta: pieceCount += 1
        case .messageDelta: isFinished = isFinished || scan.isFinished
        case .messageStop:
            closing = Array(event)
            return false
        case .messageStart, .other: break
        }
        return true
    }
}
