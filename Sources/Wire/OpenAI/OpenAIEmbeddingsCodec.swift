/// `POST /v1/embeddings`: passed on to upstreams that speak this wire too, and translated for none.
public struct OpenAIEmbeddingsCodec: ChatCodec {
    public let wire = ChatWire.openAIEmbeddings
    public let streamEnd: StaticString = ""

    public init() {}

    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest {
        throw .value("model", message: "This route's provider makes no embeddings. Choose another route.")
    }

    /// Nothing is ever translated, so an adapter has nothing to name.
    public func name(of parameter: String, in chat: ChatRequest, _ body: UnsafeRawBufferPointer) -> String {
        parameter
    }

    public func streamWriter(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatStreamWriter {
        OpenAIChatCodec().streamWriter(identity, for: chat)
    }

    public func builder(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatReplyBuilder {
        OpenAIChatCodec().builder(identity, for: chat)
    }

    public func passage(for ask: ChatScan) -> any ChatStreamPassage { OpenAIChatCodec().passage(for: ask) }

    public func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts {
        let scan = try OpenAIEmbeddingReplyScan(reply)
        return ChatReplyFacts(
            usage: scan.usage, model: scan.model, error: scan.error, vectors: scan.vectors)
    }

    public func errorBody(_ error: ChatReplyError) -> [UInt8] { error.openAIBody }
}
