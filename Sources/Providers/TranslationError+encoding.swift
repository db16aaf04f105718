import Wire

extension TranslationError {
    /// What can't be said on a provider's wire.
    init(_ error: ChatEncodingError, provider: String) {
        switch error {
        case .unsupported(let parameter): self = .unsupported(parameter, by: provider)
        case .invalid(let parameter, let message): self.init(.invalid, parameter: parameter, message)
        }
    }
}
