import Wire

/// Reads the events of a streamed reply of Cohere, up to `message-end`.
struct CohereStreamReader: ReplyReader {
    private var stream = SSEReader()
    private var message: Message

    init(takesFirstCallOnly: Bool) {
        message = Message(calls: CohereCalls(takesFirstOnly: takesFirstCallOnly))
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        do throws(SSEFailure<UpstreamFault>) {
            try stream.receive(bytes) { event throws(UpstreamFault) in
                try message.read(event.data, into: &events)
            }
        } catch {
            throw UpstreamFault(error, of: "An event of Cohere's reply")
        }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard message.isEnded else { throw .truncated("Cohere") }
        events.append(.ended)
    }

    private struct Message {
        var calls: CohereCalls
        var isStarted = false
        var isEnded = false

        /// Some deployments write `[DONE]` behind the end.
        mutating func read(
            _ data: UnsafeRawBufferPointer, into events: inout [ChatEvent]
        ) throws(UpstreamFault) {
            guard !isEnded, !data.isEmpty else { return }
            let event: CohereStreamEvent
            do throws(JSONError) { event = try CohereStreamEvent(data) } catch {
                throw .malformed("An event of Cohere's reply is no JSON: \(error).")
            }
            try read(event, into: &events)
        }

        private mutating func read(
            _ event: CohereStreamEvent, into events: inout [ChatEvent]
        ) throws(UpstreamFault) {
            if event.kind != .other { start(event.id, into: &events) }
            switch event.kind {
            case .contentDelta:
                if let text = event.thinking, !text.isEmpty { events.append(.reasoning(text)) }
                if let text = event.text, !text.isEmpty { events.append(.text(text)) }
            case .toolPlanDelta: if let text = event.plan, !text.isEmpty { events.append(.text(text)) }
            case .toolCallStart:
                let call = event.delta?["message"]?["tool_calls"] ?? .null
                try calls.start(call.array?.first ?? call, upstreamIndex: event.index, into: &events)
            case .toolCallDelta: try calls.add(event.arguments, upstreamIndex: event.index, to: &events)
            case .toolCallEnd: calls.stop(event.index, into: &events)
            case .messageEnd: try end(event.delta ?? .null, into: &events)
            case .messageStart, .other: break
            }
        }

        private mutating func start(_ id: String?, into events: inout [ChatEvent]) {
            guard !isStarted else { return }
            isStarted = true
            events.append(.started(id: id, model: nil))
        }

        private mutating func end(_ delta: JSON, into events: inout [ChatEvent]) throws(UpstreamFault) {
            calls.stopAll(into: &events)
            if let usage = CohereReply.usage(delta), delta["finish_reason"] == "ERROR" { events.append(.usage(usage)) }
            events.append(.finished(try CohereReply.finishReason(delta)))
            if let usage = CohereReply.usage(delta) { events.append(.usage(usage)) }
            isEnded = true
        }
    }
}
