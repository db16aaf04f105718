/// `POST /v1/chat/completions`
public struct OpenAIChatCodec: ChatCodec {
    public let wire = ChatWire.openAIChat
    public let streamEnd: StaticString = "data: [DONE]\n\n"

    public init() {}

    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(OpenAIRequestError) -> ChatRequest {
        try OpenAIChatDecoder().request(body, leavingOut: ours)
    }

    public func streamWriter(_ identity: ChatReplyIdentity, for ask: ChatScan) -> any ChatStreamWriter {
        OpenAIChunkWriter(identity, includesUsage: ask.includesUsage)
    }

    public func builder(_ identity: ChatReplyIdentity) -> any ChatReplyBuilder { OpenAICompletionBuilder(identity) }

    public func passage(for ask: ChatScan) -> any ChatStreamPassage {
        OpenAIStreamPassage(passesUsage: ask.includesUsage)
    }

    public func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts {
        let scan = try OpenAIReplyScan(reply)
        return ChatReplyFacts(usage: scan.usage, model: scan.model, error: scan.error)
    }

    public func errorBody(_ error: ChatReplyError) -> [UInt8] {
        var bytes: [UInt8] = []
        OpenAIErrorBody(
            message: error.message, type: error.openAIType, parameter: error.parameter, code: error.code
        ).write(to: &bytes)
        return bytes
    }

    public func errorEvent(_ error: ChatReplyError) -> [UInt8] {
        Array("data: ".utf8) + errorBody(error) + Array("\n\n".utf8)
    }
}

extension ChatReplyError {
    var openAIType: String {
        switch status {
        case 429: "requests"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }
}
