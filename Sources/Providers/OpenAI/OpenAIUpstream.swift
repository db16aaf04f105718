public import Domain
public import Wire

/// What is fixed for a route to an upstream that speaks the OpenAI wires: where its requests go, and how they are written
/// and read.
public struct OpenAIUpstream: Sendable {
    let chat: OpenAIWireCore
    /// Nil where the upstream has no `responses`.
    let responses: OpenAIWireCore?
    let embeddings: OpenAIWireCore
    let model: String
    let encoder: OpenAIChatEncoder
    let style: ChatCompletionStyle

    func edits(passing wire: ChatWire) -> PassageEdits? {
        switch wire {
        case .openAIChat, .openAIEmbeddings: PassageEdits(model: .replaced(by: model))
        case .openAIResponses: responses.map { _ in PassageEdits(model: .replaced(by: model)) }
        case .anthropicMessages, .anthropicTokenCount: nil
        }
    }

    func request(passing body: Splice, of wire: ChatWire, credential: Credential) -> UpstreamRequest {
        let core =
            switch wire {
            case .openAIResponses: responses ?? chat
            case .openAIEmbeddings: embeddings
            case .openAIChat, .anthropicMessages, .anthropicTokenCount: chat
            }
        return core.request(passing: body, credential: credential)
    }

    func request(for request: ChatRequest, credential: Credential) throws(TranslationError) -> UpstreamRequest {
        do throws(ChatEncodingError) {
            return chat.request(try encoder.body(request), credential: credential)
        } catch {
            throw TranslationError(error, provider: style.provider)
        }
    }

    func reader(for request: ChatRequest) -> any ReplyReader {
        request.isStreamed ? ChatCompletionStreamReader(style) : ChatCompletionReader(style)
    }
}

/// An adapter whose upstream speaks the OpenAI wires, and differs from others of that kind in what ``upstream`` holds.
public protocol OpenAIWireAdapter: PassingAdapter {
    var upstream: OpenAIUpstream { get }
}

extension OpenAIWireAdapter {
    public func edits(passing wire: ChatWire) -> PassageEdits? { upstream.edits(passing: wire) }

    public func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential, at now: Timestamp
    ) -> PassedRequest {
        .ready(upstream.request(passing: body, of: wire, credential: credential))
    }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        try upstream.request(for: chat, credential: credential)
    }

    public func reader(for chat: ChatRequest) -> any ReplyReader { upstream.reader(for: chat) }

    public func fault(of reply: FailedReply) -> UpstreamFault { upstream.chat.fault(of: reply) }
}
