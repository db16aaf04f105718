/// What a caller says about the substitution of personal information.
public enum PIISubstitutionChoice: Sendable, Hashable {
    case off, on
    /// Refuse rather than send unprotected.
    case required

    init(_ span: JSONSpan, _ scanner: JSONScanner) throws {
        switch (scanner.bool(of: span), scanner.string(of: span)) {
        case (false?, _): self = .off
        case (true?, _): self = .on
        case (_, "required"?): self = .required
        default: throw OpenAIRequestError.type("pii_substitution", expected: .flagOrRequired)
        }
    }

    /// The value of the header `x-ni-pii-substitution`; nil for anything else than the three words.
    public init?(header: String) {
        switch header.lowercased() {
        case "true": self = .on
        case "false": self = .off
        case "required": self = .required
        default: return nil
        }
    }
}
