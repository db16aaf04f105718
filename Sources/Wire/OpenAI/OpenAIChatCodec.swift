/// `POST /v1/chat/completions`
public struct OpenAIChatCodec: ChatCodec {
    public let wire = ChatWire.openAIChat
    public let streamEnd: StaticString = "data: [DONE]\n\n"

    public init() {}

    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest {
        try OpenAIChatDecoder().request(body, leavingOut: ours)
    }

    public func streamWriter(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatStreamWriter {
        OpenAIChunkWriter(identity, includesUsage: chat.includesUsage, callForm: chat.callForm)
    }

    public func builder(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatReplyBuilder {
        OpenAICompletionBuilder(identity, callForm: chat.callForm)
    }

    public func passage(for ask: ChatScan) -> any ChatStreamPassage {
        OpenAIStreamPassage(passesUsage: ask.includesUsage)
    }

    public func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts {
        let scan = try OpenAIReplyScan(reply)
        return ChatReplyFacts(usage: scan.usage, model: scan.model, error: scan.error)
    }

    public func errorBody(_ error: ChatReplyError) -> [UInt8] { error.openAIBody }
}

extension OpenAIChunkWriter {
    public func fail(_ error: ChatReplyError, to bytes: inout [UInt8]) { error.writeOpenAIEvent(to: &bytes) }
}

extension OpenAIStreamPassage {
    public func fail(_ error: ChatReplyError, to bytes: inout [UInt8]) { error.writeOpenAIEvent(to: &bytes) }
}

extension ChatReplyError {
    var openAI: OpenAIErrorBody {
        OpenAIErrorBody(message: message, type: openAIType, parameter: parameter, code: code)
    }

    var openAIBody: [UInt8] {
        var bytes: [UInt8] = []
        openAI.write(to: &bytes)
        return bytes
    }

    fileprivate func writeOpenAIEvent(to bytes: inout [UInt8]) {
        bytes.append("data: ")
        openAI.write(to: &bytes)
        bytes.append("\n\n")
    }

    private var openAIType: String {
        switch status {
        case 429: "requests"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }
}
