/// `POST /v1/messages`
public struct AnthropicCodec: ChatCodec {
    public let wire = ChatWire.anthropicMessages
    public let streamEnd: StaticString = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"

    public init() {}

    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest {
        try AnthropicDecoder().request(body, leavingOut: ours)
    }

    public func streamWriter(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatStreamWriter {
        AnthropicStreamWriter(identity.anthropic)
    }

    public func builder(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatReplyBuilder {
        AnthropicReplyBuilder(identity: identity.anthropic)
    }

    public func passage(for ask: ChatScan) -> any ChatStreamPassage { AnthropicStreamPassage() }

    public func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts {
        let scan = try AnthropicReplyScan(reply)
        return ChatReplyFacts(usage: scan.usage, model: scan.model, error: scan.error?.message)
    }

    public func errorBody(_ error: ChatReplyError) -> [UInt8] {
        var bytes: [UInt8] = []
        error.anthropic.write(requestID: error.id, to: &bytes)
        return bytes
    }
}

/// Gathers a message, and knows whose it is.
private struct AnthropicReplyBuilder: ChatReplyBuilder {
    let identity: AnthropicReplyIdentity
    private var message = AnthropicMessageBuilder()

    init(identity: AnthropicReplyIdentity) { self.identity = identity }

    mutating func add(_ event: ChatEvent) { message.add(event) }

    func write(to bytes: inout [UInt8]) throws(ChatReplyUnwritable) {
        do throws(AnthropicMessageBuilder.MalformedCall) {
            try message.write(identity, to: &bytes)
        } catch {
            throw ChatReplyUnwritable("The arguments of a tool call are no JSON object.")
        }
    }
}

extension AnthropicStreamWriter: ChatStreamWriter {
    public func fail(_ error: ChatReplyError, to bytes: inout [UInt8]) {
        error.anthropic.writeEvent(requestID: error.id, to: &bytes)
    }
}

extension AnthropicStreamPassage: ChatStreamPassage {
    public func fail(_ error: ChatReplyError, to bytes: inout [UInt8]) {
        error.anthropic.writeEvent(requestID: error.id, to: &bytes)
    }
}

extension ChatReplyIdentity {
    fileprivate var anthropic: AnthropicReplyIdentity { AnthropicReplyIdentity(id: "msg_\(id)", model: model) }
}

extension ChatReplyError {
    /// With our own code among the details, as the service itself has one there. It has no place for the member at fault,
    /// so the message begins with it, unless it says it anyway.
    fileprivate var anthropic: AnthropicError {
        let place = parameter.flatMap { message.contains("'\($0)'") ? nil : "\($0): " } ?? ""
        return AnthropicError(type: AnthropicError.type(of: status), message: place + message, code: code)
    }
}
