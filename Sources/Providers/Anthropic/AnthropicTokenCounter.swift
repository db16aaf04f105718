import Domain
import Wire

/// Asks a host of the Messages wire how many tokens a request has; the reply is an ``AnthropicTokenCount``.
struct AnthropicTokenCounter: UpstreamTranslator {
    private let encoder: AnthropicEncoder
    private let head: UpstreamHead
    private let provider: String

    init(_ model: AnthropicModel, _ envelope: AnthropicEnvelope, head: UpstreamHead, provider: String) {
        var envelope = envelope
        envelope.countsTokens = true
        encoder = AnthropicEncoder(model, envelope)
        self.head = head
        self.provider = provider
    }

    func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        UpstreamRequest(head: head.bytes(with: credential), body: .bytes(try encoder.body(of: chat, for: provider)))
    }

    func request(passing body: Splice, credential: Credential) -> UpstreamRequest {
        UpstreamRequest(head: head.bytes(with: credential), body: .spliced(body))
    }

    func reader(for chat: ChatRequest) -> any ReplyReader {
        TokenCountReader(provider: provider, member: "input_tokens")
    }
}
