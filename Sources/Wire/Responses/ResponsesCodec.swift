/// `POST /v1/responses`
public struct ResponsesCodec: ChatCodec {
    public let wire = ChatWire.openAIResponses
    /// The last event is a part of the stream.
    public let streamEnd: StaticString = ""

    public init() {}

    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest {
        do throws(ResponsesRequestError) {
            let decoded = try ResponsesDecoder().decoded(body, leavingOut: ours)
            var request = decoded.request
            request.echo = decoded.echo
            return request
        } catch {
            switch error {
            case .request(let error): throw error
            case .notOffered(let what): throw .notOffered(what.parameter, message: what.message)
            }
        }
    }

    public func streamWriter(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatStreamWriter {
        ResponsesStreamWriter(identity.responses(chat))
    }

    public func builder(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatReplyBuilder {
        ResponsesBuilder(identity.responses(chat))
    }

    public func passage(for ask: ChatScan) -> any ChatStreamPassage { ResponsesStreamPassage() }

    public func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts {
        let scan = try ResponsesReplyScan(reply)
        return ChatReplyFacts(usage: scan.usage, model: scan.model, error: scan.error)
    }

    public func errorBody(_ error: ChatReplyError) -> [UInt8] { error.openAIBody }
}

extension ResponsesBuilder: ChatReplyBuilder {}

extension ResponsesStreamWriter: ChatStreamWriter {
    public mutating func fail(_ error: ChatReplyError, to bytes: inout [UInt8]) { fail(error.openAI, to: &bytes) }
}

extension ResponsesStreamPassage: ChatStreamPassage {
    public func fail(_ error: ChatReplyError, to bytes: inout [UInt8]) {
        bytes.append("event: error\ndata: {\"type\":\"error\",\"sequence_number\":")
        bytes.append(decimal: nextSequenceNumber)
        bytes.append(",\"code\":")
        bytes.append(json: error.code)
        bytes.append(",\"message\":")
        bytes.append(json: error.message)
        bytes.append(",\"param\":null}\n\n")
    }
}

extension ChatReplyIdentity {
    fileprivate func responses(_ chat: ChatRequest) -> ResponsesReplyIdentity {
        ResponsesReplyIdentity(id: "resp_\(id)", created: created, model: model, echo: chat.echo)
    }
}
