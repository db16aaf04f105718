/// Gathers events into the one message of a reply that isn't streamed. Whoever reads the reply bounds it.
public struct AnthropicMessageBuilder {
    private var blocks: [AnthropicReplyBlock] = []
    private var ending = AnthropicEnding()

    public init() {}

    public var usage: ChatUsage? { ending.usage }

    public mutating func add(_ event: ChatEvent) {
        switch event {
        case .text, .reasoning, .reasoningSignature, .redactedReasoning, .toolCallStarted:
            if blocks.last?.goesOn(with: event) != true {
                guard let block = AnthropicReplyBlock(beginningWith: event) else { return }
                blocks.append(block)
            }
            blocks[blocks.count - 1].add(event)
        case .toolCallArguments(let call, _):
            guard let place = blocks.firstIndex(where: { $0.isCall(call) }), !blocks[place].hasAllArguments else {
                return
            }
            blocks[place].add(event)
        case .started, .finished, .usage, .stopSequence, .refusal, .ended: ending.read(event)
        }
    }

    /// A call whose arguments are no JSON object, so that no message can hold it.
    public struct MalformedCall: Error, Hashable, Sendable {
        public let id: String
    }

    public func write(_ identity: AnthropicReplyIdentity, to bytes: inout [UInt8]) throws(MalformedCall) {
        bytes.append("{")
        identity.write(to: &bytes)
        bytes.append(",\"content\":[")
        for (index, block) in blocks.enumerated() {
            if index > 0 { bytes.append(",") }
            bytes.append("{")
            try write(block, to: &bytes)
            bytes.append("}")
        }
        bytes.append("],")
        ending.writeStop(to: &bytes)
        bytes.append(",")
        ending.writeUsage(to: &bytes)
        bytes.append("}")
    }

    private func write(_ block: AnthropicReplyBlock, to bytes: inout [UInt8]) throws(MalformedCall) {
        switch block.kind {
        case .text:
            bytes.append("\"type\":\"text\",\"text\":")
            bytes.append(json: block.text)
        case .thinking:
            bytes.append("\"type\":\"thinking\",\"thinking\":")
            bytes.append(json: block.text)
            bytes.append(",\"signature\":")
            bytes.append(json: block.signature ?? "")
        case .redactedThinking(let data):
            bytes.append("\"type\":\"redacted_thinking\",\"data\":")
            bytes.append(json: data)
        case .toolUse(_, let id, let name):
            bytes.append("\"type\":\"tool_use\",\"id\":")
            bytes.append(json: id)
            bytes.append(",\"name\":")
            bytes.append(json: name)
            bytes.append(",\"input\":")
            bytes.append(text: try input(block.text, of: id))
        }
    }

    /// A call that the reply's length cut off is shown without its arguments, as the service does: the stop reason says that
    /// it must not be made.
    private func input(_ arguments: String, of id: String) throws(MalformedCall) -> String {
        if arguments.isJSONObject { return arguments }
        if arguments.isEmpty || ending.finish == .length || ending.finish == .contextWindow { return "{}" }
        throw MalformedCall(id: id)
    }
}
