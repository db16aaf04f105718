/// Writes events as the chunks of a streamed chat completion. It never invents a finish: what isn't among the events
/// isn't in the chunks.
public struct OpenAIChunkWriter: ChatStreamWriter {
    /// From `data: ` to the beginning of the delta.
    private let prefix: [UInt8]
    private let includesUsage: Bool
    private let usagePrefix: [UInt8]
    private let callForm: OpenAICallForm
    private var thinking = OpenAIThinking()

    public init(_ identity: ChatReplyIdentity, includesUsage: Bool, callForm: OpenAICallForm = .toolCalls) {
        self.includesUsage = includesUsage
        self.callForm = callForm
        var head: [UInt8] = []
        head.append("data: {\"id\":")
        head.append(json: identity.openAIChatID)
        head.append(",\"object\":\"chat.completion.chunk\",\"created\":")
        head.append(decimal: identity.created)
        head.append(",\"model\":")
        head.append(json: identity.model)
        usagePrefix = head + Array(",\"choices\":[],\"usage\":".utf8)
        prefix = head + Array(",\"choices\":[{\"index\":0,\"delta\":{".utf8)
    }

    /// Appends the chunk that an event makes, if it makes one.
    public mutating func write(_ event: ChatEvent, to bytes: inout [UInt8]) {
        if let block = thinking.block(endedBy: event) {
            chunk(&bytes) {
                $0.append("\"thinking_blocks\":[")
                $0.append(contentsOf: block)
                $0.append("]")
            }
        }
        switch event {
        case .started:
            chunk(&bytes) { $0.append("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null") }
        case .text(let text):
            chunk(&bytes) {
                $0.append("\"content\":")
                $0.append(json: text)
            }
        case .reasoning(let text):
            chunk(&bytes) {
                $0.append("\"reasoning_content\":")
                $0.append(json: text)
            }
        case .refusal(let text):
            chunk(&bytes) {
                $0.append("\"refusal\":")
                $0.append(json: text)
            }
        case .toolCallStarted(let index, let id, let name):
            chunk(&bytes) { callStart(index, id, name, to: &$0) }
        case .toolCallArguments(let index, let text):
            chunk(&bytes) { callArguments(index, text, to: &$0) }
        case .finished(let reason):
            chunk(&bytes, finish: reason) { _ in }
        case .usage(let usage):
            if includesUsage { write(usage, to: &bytes) }
        case .reasoningSignature, .redactedReasoning, .stopSequence, .ended:
            break
        }
    }

    private func chunk(
        _ bytes: inout [UInt8], finish: ChatFinishReason? = nil, delta: (inout [UInt8]) -> Void
    ) {
        bytes.append(contentsOf: prefix)
        delta(&bytes)
        bytes.append("},\"logprobs\":null,\"finish_reason\":")
        if let finish { bytes.append(json: finish.openAIName(callForm)) } else { bytes.append("null") }
        bytes.append("}]")
        if includesUsage { bytes.append(",\"usage\":null") }
        bytes.append("}\n\n")
    }

    private func callStart(_ index: Int, _ id: String, _ name: String, to bytes: inout [UInt8]) {
        guard callForm == .toolCalls else {
            bytes.append("\"function_call\":{\"name\":")
            bytes.append(json: name)
            return bytes.append(",\"arguments\":\"\"}")
        }
        bytes.append("\"tool_calls\":[{\"index\":")
        bytes.append(decimal: index)
        bytes.append(",\"id\":")
        bytes.append(json: id)
        bytes.append(",\"type\":\"function\",\"function\":{\"name\":")
        bytes.append(json: name)
        bytes.append(",\"arguments\":\"\"}}]")
    }

    private func callArguments(_ index: Int, _ text: String, to bytes: inout [UInt8]) {
        guard callForm == .toolCalls else {
            bytes.append("\"function_call\":{\"arguments\":")
            bytes.append(json: text)
            return bytes.append("}")
        }
        bytes.append("\"tool_calls\":[{\"index\":")
        bytes.append(decimal: index)
        bytes.append(",\"function\":{\"arguments\":")
        bytes.append(json: text)
        bytes.append("}}]")
    }

    private func write(_ usage: ChatUsage, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: usagePrefix)
        usage.writeOpenAI(to: &bytes)
        bytes.append("}\n\n")
    }
}

/// Gathers events into the one object of a chat completion that isn't streamed.
public struct OpenAICompletionBuilder: ChatReplyBuilder {
    private let identity: ChatReplyIdentity
    private var text: String?
    private var reasoning: String?
    private var refusal: String?
    private var calls: [ChatToolCall] = []
    private var finish: ChatFinishReason?
    private var thinking = OpenAIThinking()
    /// Elements of `thinking_blocks`.
    private var blocks: [[UInt8]] = []
    private let callForm: OpenAICallForm
    public private(set) var usage: ChatUsage?

    public init(_ identity: ChatReplyIdentity, callForm: OpenAICallForm = .toolCalls) {
        self.identity = identity
        self.callForm = callForm
    }

    public mutating func add(_ event: ChatEvent) {
        if let block = thinking.block(endedBy: event) { blocks.append(block) }
        switch event {
        case .text(let piece): text = (text ?? "") + piece
        case .reasoning(let piece): reasoning = (reasoning ?? "") + piece
        case .refusal(let piece): refusal = (refusal ?? "") + piece
        case .toolCallStarted(_, let id, let name): calls.append(ChatToolCall(id: id, name: name, arguments: ""))
        case .toolCallArguments(let index, let piece):
            if calls.indices.contains(index) { calls[index].arguments += piece }
        case .finished(let reason): finish = reason
        case .usage(let counts): usage = counts
        case .started, .reasoningSignature, .redactedReasoning, .stopSequence, .ended: break
        }
    }

    public func write(to bytes: inout [UInt8]) {
        bytes.append("{\"id\":")
        bytes.append(json: identity.openAIChatID)
        bytes.append(",\"object\":\"chat.completion\",\"created\":")
        bytes.append(decimal: identity.created)
        bytes.append(",\"model\":")
        bytes.append(json: identity.model)
        bytes.append(",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":")
        writeMessage(to: &bytes)
        bytes.append("},\"logprobs\":null,\"finish_reason\":")
        if let finish { bytes.append(json: finish.openAIName(callForm)) } else { bytes.append("null") }
        bytes.append("}]")
        if let usage {
            bytes.append(",\"usage\":")
            usage.writeOpenAI(to: &bytes)
        }
        bytes.append("}")
    }

    /// The message's members from the value of `content` on.
    private func writeMessage(to bytes: inout [UInt8]) {
        // Clients tell a message that only calls tools by its null; an empty text would be shown.
        if let text {
            bytes.append(json: text)
        } else {
            bytes.append(calls.isEmpty && refusal == nil ? "\"\"" : "null")
        }
        bytes.append(",\"refusal\":")
        if let refusal { bytes.append(json: refusal) } else { bytes.append("null") }
        if let reasoning {
            bytes.append(",\"reasoning_content\":")
            bytes.append(json: reasoning)
        }
        if !blocks.isEmpty {
            bytes.append(",\"thinking_blocks\":[")
            bytes.append(contentsOf: blocks.joined(separator: [UInt8(ascii: ",")]))
            bytes.append("]")
        }
        if !calls.isEmpty { writeCalls(to: &bytes) }
        bytes.append(",\"annotations\":[]")
    }

    private func writeCalls(to bytes: inout [UInt8]) {
        if callForm == .functionCall, let call = calls.first {
            bytes.append(",\"function_call\":{\"name\":")
            bytes.append(json: call.name)
            bytes.append(",\"arguments\":")
            bytes.append(json: call.arguments)
            return bytes.append("}")
        }
        bytes.append(",\"tool_calls\":[")
        for (index, call) in calls.enumerated() {
            if index > 0 { bytes.append(",") }
            bytes.append("{\"id\":")
            bytes.append(json: call.id)
            bytes.append(",\"type\":\"function\",\"function\":{\"name\":")
            bytes.append(json: call.name)
            bytes.append(",\"arguments\":")
            bytes.append(json: call.arguments)
            bytes.append("}}")
        }
        bytes.append("]")
    }
}

/// Thinking that its model can check, as elements of `thinking_blocks`: OpenAI's own wire has no place for it, and this
/// member is what clients of several providers know. A caller sends them back with the message.
struct OpenAIThinking {
    private var text = ""

    /// Bytes. Longer thinking is shown, but can't be sent back.
    private static let limit = 16 << 20

    /// The element that is complete with an event, if one is.
    mutating func block(endedBy event: ChatEvent) -> [UInt8]? {
        switch event {
        case .reasoning(let piece):
            if text.utf8.count + piece.utf8.count <= Self.limit { text += piece }
            return nil
        case .reasoningSignature(let signature):
            defer { text = "" }
            var block: [UInt8] = []
            block.append("{\"type\":\"thinking\",\"thinking\":")
            block.append(json: text)
            block.append(",\"signature\":")
            block.append(json: signature)
            block.append("}")
            return block
        case .redactedReasoning(let data):
            text = ""
            var block: [UInt8] = []
            block.append("{\"type\":\"redacted_thinking\",\"data\":")
            block.append(json: data)
            block.append("}")
            return block
        case .text, .toolCallStarted:
            text = ""
            return nil
        default: return nil
        }
    }
}

extension ChatReplyIdentity {
    fileprivate var openAIChatID: String { "chatcmpl-\(id)" }
}

extension ChatFinishReason {
    /// `finish_reason`; the wire knows no others.
    func openAIName(_ form: OpenAICallForm) -> String {
        switch self {
        case .stop, .paused: "stop"
        case .length, .contextWindow: "length"
        case .toolCalls: form == .toolCalls ? "tool_calls" : "function_call"
        case .contentFilter, .refusal: "content_filter"
        }
    }
}

extension ChatUsage {
    /// The `usage` object. The total is always the sum, whatever an upstream says.
    func writeOpenAI(to bytes: inout [UInt8]) {
        bytes.append("{\"prompt_tokens\":")
        bytes.append(decimal: input)
        bytes.append(",\"completion_tokens\":")
        bytes.append(decimal: output)
        bytes.append(",\"total_tokens\":")
        bytes.append(decimal: input &+ output)
        bytes.append(",\"prompt_tokens_details\":{\"cached_tokens\":")
        bytes.append(decimal: cachedInput)
        bytes.append(",\"cache_write_tokens\":")
        bytes.append(decimal: cacheWrite)
        bytes.append(",\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":")
        bytes.append(decimal: reasoning)
        bytes.append(
            ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}")
    }
}

/// The `error` object of the OpenAI wire, whole or as an event in a stream.
public struct OpenAIErrorBody: Sendable {
    public let message: String
    public let type: String
    public let parameter: String?
    public let code: String

    public init(message: String, type: String, parameter: String?, code: String) {
        self.message = message
        self.type = type
        self.parameter = parameter
        self.code = code
    }

    public func write(to bytes: inout [UInt8]) {
        bytes.append("{\"error\":{\"message\":")
        bytes.append(json: message)
        bytes.append(",\"type\":")
        bytes.append(json: type)
        bytes.append(",\"param\":")
        if let parameter { bytes.append(json: parameter) } else { bytes.append("null") }
        bytes.append(",\"code\":")
        bytes.append(json: code)
        bytes.append("}}")
    }
}
