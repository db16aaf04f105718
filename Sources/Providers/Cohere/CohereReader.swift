import Wire

/// Reads a reply of Cohere that comes in one piece of JSON, once all of it is there.
struct CohereReader: ReplyReader {
    private var body: [UInt8] = []
    private var calls: CohereCalls

    private static let longestBody = 64 << 20

    init(takesFirstCallOnly: Bool) { calls = CohereCalls(takesFirstOnly: takesFirstCallOnly) }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard bytes.count <= Self.longestBody - body.count else {
            throw .malformed("Cohere's reply is longer than \(Self.longestBody >> 20) MiB.")
        }
        body.append(contentsOf: bytes)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        let reply = try parsed()
        let finish = try CohereReply.finishReason(reply)
        guard let message = reply["message"], message.object != nil else {
            throw .malformed("Cohere's reply has no message.")
        }
        events.append(.started(id: reply["id"]?.string, model: nil))
        for part in message["content"]?.array ?? [] { append(part, to: &events) }
        if let plan = message["tool_plan"]?.string, !plan.isEmpty { events.append(.text(plan)) }
        for call in message["tool_calls"]?.array ?? [] {
            try calls.start(call, upstreamIndex: nil, into: &events)
        }
        calls.stopAll(into: &events)
        events.append(.finished(finish))
        if let usage = CohereReply.usage(reply) { events.append(.usage(usage)) }
        events.append(.ended)
    }

    /// `citations` stay out: no wire of our callers has a place for them that means the same.
    private func append(_ part: JSON, to events: inout [ChatEvent]) {
        if let text = part["text"]?.string, !text.isEmpty { events.append(.text(text)) }
        if let text = part["thinking"]?.string, !text.isEmpty { events.append(.reasoning(text)) }
    }

    private func parsed() throws(UpstreamFault) -> JSON {
        do {
            return try body.withUnsafeBufferPointer { bytes throws(JSONError) in
                try JSON(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            throw error.reason == .unexpectedEnd
                ? .truncated("Cohere") : .malformed("Cohere's reply is no JSON: \(error).")
        }
    }
}
