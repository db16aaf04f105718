import Wire

/// What is fixed for a route to an upstream that speaks the OpenAI wires: where its requests go, and how they are written
/// and read.
struct OpenAIUpstream: Sendable {
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
        case .anthropicMessages: nil
        }
    }

    func request(passing body: Splice, of wire: ChatWire, credential: Credential) -> UpstreamRequest {
        let core =
            switch wire {
            case .openAIResponses: responses ?? chat
            case .openAIEmbeddings: embeddings
            case .openAIChat, .anthropicMessages: chat
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
