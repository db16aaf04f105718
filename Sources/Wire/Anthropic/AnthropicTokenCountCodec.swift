/// `POST /v1/messages/count_tokens`: a request as for a message, and a reply that is never streamed.
///
/// Among the inner form's events a count is the usage of a reply that has nothing else.
public struct AnthropicTokenCountCodec: ChatCodec {
    public let wire = ChatWire.anthropicTokenCount
    public let streamEnd: StaticString = ""

    private let messages = AnthropicCodec()

    public init() {}

    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest {
        var request = try AnthropicDecoder(.tokenCount).request(body, leavingOut: ours)
        request.isStreamed = false
        return request
    }

    public func name(of parameter: String, in chat: ChatRequest, _ body: UnsafeRawBufferPointer) -> String {
        messages.name(of: parameter, in: chat, body)
    }

    public func streamWriter(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatStreamWriter {
        messages.streamWriter(identity, for: chat)
    }

    public func builder(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatReplyBuilder {
        AnthropicTokenCountBuilder()
    }

    public func passage(for ask: ChatScan) -> any ChatStreamPassage { messages.passage(for: ask) }

    /// A count is no usage: nothing was spent on it.
    public func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts {
        if let error = try AnthropicReplyScan(reply).error { return ChatReplyFacts(error: error.message) }
        guard AnthropicTokenCount(reply) != nil else { return ChatReplyFacts(error: "Its reply tells no count.") }
        return ChatReplyFacts()
    }

    public func errorBody(_ error: ChatReplyError) -> [UInt8] { messages.errorBody(error) }
}

private struct AnthropicTokenCountBuilder: ChatReplyBuilder {
    private var count: AnthropicTokenCount?

    mutating func add(_ event: ChatEvent) {
        if case .usage(let usage) = event { count = AnthropicTokenCount(inputTokens: usage.input) }
    }

    func write(to bytes: inout [UInt8]) throws(ChatReplyUnwritable) {
        guard let count else { throw ChatReplyUnwritable("It tells no count.") }
        count.write(to: &bytes)
    }
}
