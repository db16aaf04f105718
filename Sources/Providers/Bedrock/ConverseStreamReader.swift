import Wire

/// Reads the frames of a ConverseStream reply.
///
/// A reply is whole only when both `messageStop` and `metadata` came: AWS's own SDK takes any end for one.
struct ConverseStreamReader: ReplyReader {
    private let stopSequences: [String]
    private var decoder = EventStreamDecoder()
    private var blocks = ConverseBlocks()
    private var isStarted = false
    private var isStopped = false
    private var hasMetadata = false

    init(stopSequences: [String] = []) { self.stopSequences = stopSequences }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        decoder.append(bytes)
        while let frame = try nextFrame() { try read(frame, into: &events) }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard (try? decoder.finish()) != nil, isStopped, hasMetadata else { throw .truncated("Bedrock") }
        events.append(.ended)
    }

    private mutating func nextFrame() throws(UpstreamFault) -> EventStreamFrame? {
        do {
            return try decoder.next()
        } catch {
            throw .malformed("Bedrock's stream can't be read: \(error).")
        }
    }

    private mutating func read(_ frame: EventStreamFrame, into events: inout [ChatEvent]) throws(UpstreamFault) {
        if decoder.header(":message-type", of: frame, is: "event") {
            try readEvent(frame, into: &events)
        } else if decoder.header(":message-type", of: frame, is: "exception") {
            throw exception(frame)
        } else if decoder.header(":message-type", of: frame, is: "error") {
            throw error(frame)
        }
    }

    /// The most frequent first. Types that aren't known are skipped: AWS adds some without notice.
    private mutating func readEvent(
        _ frame: EventStreamFrame, into events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        if decoder.header(":event-type", of: frame, is: "contentBlockDelta") {
            try open(&events)
            try blocks.append(try payload(frame, ConverseDelta.init), to: &events)
        } else if decoder.header(":event-type", of: frame, is: "contentBlockStart") {
            try open(&events)
            try blocks.start(try payload(frame, Self.tree), into: &events)
        } else if decoder.header(":event-type", of: frame, is: "contentBlockStop") {
            try open(&events)
            try blocks.stop(try payload(frame, Self.tree)["contentBlockIndex"]?.int, into: &events)
        } else if decoder.header(":event-type", of: frame, is: "messageStart") {
            try open(&events)
        } else if decoder.header(":event-type", of: frame, is: "messageStop") {
            try open(&events)
            try blocks.stopAll(into: &events)
            let stop = try payload(frame, Self.tree)
            let finish = try ConverseReply.finishReason(stop)
            if let text = ConverseReply.stopSequence(stop, of: stopSequences) { events.append(.stopSequence(text)) }
            events.append(.finished(finish))
            isStopped = true
        } else if decoder.header(":event-type", of: frame, is: "metadata") {
            if let usage = ConverseReply.usage(try payload(frame, Self.tree)) { events.append(.usage(usage)) }
            hasMetadata = true
        }
    }

    /// Before everything that a message is made of.
    private mutating func open(_ events: inout [ChatEvent]) throws(UpstreamFault) {
        if isStopped { throw .malformed("Bedrock's stream went on after its messageStop.") }
        guard !isStarted else { return }
        isStarted = true
        events.append(.started(id: nil, model: nil))
    }

    private func payload<Value>(
        _ frame: EventStreamFrame, _ read: (UnsafeRawBufferPointer) throws(JSONError) -> Value
    ) throws(UpstreamFault) -> Value {
        do {
            return try decoder.withPayload(of: frame, read)
        } catch {
            throw .malformed("An event of Bedrock's stream is no JSON: \(error).")
        }
    }

    private static func tree(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSON { try JSON(bytes) }

    private func error(_ frame: EventStreamFrame) -> UpstreamFault {
        let name = decoder.header(":error-code", of: frame) ?? ""
        let message = decoder.header(":error-message", of: frame) ?? ""
        return BedrockError(name: name, message: message).fault(status: nil)
    }

    private func exception(_ frame: EventStreamFrame) -> UpstreamFault {
        let name = decoder.header(":exception-type", of: frame) ?? ""
        return BedrockError(name: name, payload: try? payload(frame, Self.tree)).fault(status: nil)
    }
}
