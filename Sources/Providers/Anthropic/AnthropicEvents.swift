import Wire

/// Turns the events of a stream of the Messages wire into ours, whatever carried them.
///
/// A reply is whole only when `message_stop` came.
struct AnthropicEvents {
    private struct OpenBlock {
        let index: Int
        /// The call's number, for a block of the model's own tool calls.
        let call: Int?
        /// The input, where the block's start had all of it.
        let input: String
        var hasInput = false
    }

    private let dialect: AnthropicDialect
    private var usage = AnthropicUsage()
    private var ending = AnthropicStop()
    private var open: [OpenBlock] = []
    private var callCount = 0
    private var isStarted = false
    private var hasText = false
    private(set) var isStopped = false

    /// Blocks never interleave on this wire, so that even two open ones are strange.
    private static let mostOpen = 256

    init(_ dialect: AnthropicDialect) { self.dialect = dialect }

    mutating func read(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        let event: AnthropicEvent
        do { event = try AnthropicEvent(bytes, usage: &usage) } catch {
            throw dialect.foreignFault?(bytes) ?? dialect.malformed(error)
        }
        if event.kind == .error || event.error?.isNull == false {
            throw dialect.foreignFault?(bytes) ?? dialect.fault(AnthropicError(event))
        }
        guard event.kind != .other else { return }
        if isStopped { throw .malformed("\(dialect.provider)'s stream went on after its message_stop.") }
        start(event, into: &events)
        try read(event, into: &events)
    }

    /// The stream is over.
    func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard isStopped else { throw .truncated(dialect.provider) }
        events.append(.ended)
    }

    private mutating func start(_ event: AnthropicEvent, into events: inout [ChatEvent]) {
        guard !isStarted else { return }
        isStarted = true
        events.append(.started(id: event.id, model: event.model))
    }

    private mutating func read(_ event: AnthropicEvent, into events: inout [ChatEvent]) throws(UpstreamFault) {
        switch event.kind {
        case .blockDelta: try add(event, to: &events)
        case .blockStart: try startBlock(event, into: &events)
        case .blockStop: stopBlock(event.index, into: &events)
        case .messageDelta: ending.update(event.ending)
        case .messageStop:
            while let block = open.first { stopBlock(block.index, into: &events) }
            try ending.append(to: &events, hasText: hasText, provider: dialect.provider)
            if let usage = usage.chatUsage { events.append(.usage(usage)) }
            isStopped = true
        case .messageStart, .error, .other: break
        }
    }
}

// MARK: Blocks

extension AnthropicEvents {
    private mutating func startBlock(
        _ event: AnthropicEvent, into events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard let index = event.index, let block = event.block, open.count < Self.mostOpen,
            !open.contains(where: { $0.index == index })
        else { throw .malformed("\(dialect.provider) began a block without index or content, or inside itself.") }
        guard block["type"] == "tool_use" else {
            open.append(OpenBlock(index: index, call: nil, input: ""))
            return block.appendContent(to: &events, hasText: &hasText)
        }
        let call = try AnthropicCall(block, provider: dialect.provider)
        open.append(OpenBlock(index: index, call: callCount, input: call.input))
        events.append(.toolCallStarted(index: callCount, id: call.id, name: call.name))
        callCount += 1
    }

    private mutating func add(_ event: AnthropicEvent, to events: inout [ChatEvent]) throws(UpstreamFault) {
        switch event.piece {
        case .text(let text):
            hasText = true
            events.append(.text(text))
        case .thinking(let text): events.append(.reasoning(text))
        case .signature(let text): events.append(.reasoningSignature(text))
        case .toolInput(let text):
            guard let place = open.lastIndex(where: { $0.index == event.index }) else {
                throw .malformed("\(dialect.provider) sent the input of a tool call that it didn't begin.")
            }
            // The provider's own tools have input too.
            guard let call = open[place].call else { return }
            open[place].hasInput = true
            events.append(.toolCallArguments(index: call, text: text))
        case .other: break
        }
    }

    private mutating func stopBlock(_ index: Int?, into events: inout [ChatEvent]) {
        guard let place = open.firstIndex(where: { $0.index == index }) else { return }
        let block = open.remove(at: place)
        guard let call = block.call, !block.hasInput else { return }
        events.append(.toolCallArguments(index: call, text: block.input))
    }
}

/// The model's call of a tool.
struct AnthropicCall {
    let id: String
    let name: String
    /// JSON text of an object.
    let input: String

    init(_ block: JSON, provider: String) throws(UpstreamFault) {
        guard let id = block["id"]?.string, let name = block["name"]?.string else {
            throw .malformed("\(provider) sent a tool call without id or name.")
        }
        self.id = id
        self.name = name
        input = JSON.object(block["input"]?.object ?? JSONObject()).text()
    }
}

extension JSON {
    /// What a content block that is no tool call says, as far as other wires have a place for it: the provider's own tools
    /// and their results have none.
    func appendContent(to events: inout [ChatEvent], hasText: inout Bool) {
        switch self["type"]?.string {
        case "text":
            guard let text = self["text"]?.string, !text.isEmpty else { return }
            hasText = true
            events.append(.text(text))
        case "thinking":
            if let text = self["thinking"]?.string, !text.isEmpty { events.append(.reasoning(text)) }
            if let text = self["signature"]?.string, !text.isEmpty { events.append(.reasoningSignature(text)) }
        case "redacted_thinking":
            if let data = self["data"]?.string { events.append(.redactedReasoning(data: data)) }
        default: break
        }
    }
}

extension AnthropicError {
    fileprivate init(_ event: AnthropicEvent) {
        let error = event.error
        self.init(
            type: error?["type"]?.string ?? "", message: error?["message"]?.string ?? error?.string ?? "",
            code: error?["details"]?["error_code"]?.string)
    }
}
