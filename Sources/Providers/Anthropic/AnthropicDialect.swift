import Wire

/// Who speaks the Messages wire, and what may stand in its place.
struct AnthropicDialect: Sendable {
    /// As errors name it.
    let provider: String
    /// Reads an error that the cloud in front of the model writes in a form of its own.
    var foreignFault: (@Sendable (UnsafeRawBufferPointer) -> UpstreamFault?)?

    func fault(_ error: AnthropicError) -> UpstreamFault {
        UpstreamFault(
            error, status: error.status ?? 500, upstreamStatus: nil, retryAfter: nil, provider: provider)
    }

    func malformed(_ error: JSONError) -> UpstreamFault {
        .malformed("\(provider)'s reply is not the JSON it should be: \(error).")
    }
}

extension TranslationError {
    init(_ error: AnthropicEncodingError, by provider: String) {
        switch error.kind {
        case .unsupported: self = .unsupported(error.parameter, by: provider)
        case .invalid(let message): self.init(.invalid, parameter: error.parameter, message)
        }
    }
}

extension AnthropicEncoder {
    func body(of chat: ChatRequest, for provider: String) throws(TranslationError) -> [UInt8] {
        do { return try body(of: chat) } catch { throw TranslationError(error, by: provider) }
    }
}
