/// A wire on which clients ask models, and on which some upstreams are asked.
public enum ChatWire: String, Hashable, Sendable, CaseIterable {
    /// `POST /v1/chat/completions`
    case openAIChat
    /// `POST /v1/responses`
    case openAIResponses
    /// `POST /v1/messages`
    case anthropicMessages
    /// `POST /v1/embeddings`
    case openAIEmbeddings
    /// `POST /v1/messages/count_tokens`: what is asked is asked as on ``anthropicMessages``, and the reply is a count.
    case anthropicTokenCount

    /// Whether Anthropic's header fields stand beside its bodies.
    public var isAnthropic: Bool { self == .anthropicMessages || self == .anthropicTokenCount }
}

/// How a body is edited on its way to an upstream of the same wire.
public struct PassageEdits: Hashable, Sendable {
    public enum Model: Hashable, Sendable {
        /// The upstream's own name of the model takes the place of the route's.
        case replaced(by: String)
        /// The model stands in the path.
        case removed
    }

    public var model: Model
    /// Members that the upstream wants at the beginning of the object, as JSON text with a comma behind each, such as
    /// `"anthropic_version":"vertex-2023-10-16",`.
    public var inserted: [UInt8] = []
    /// Whether `stream` is left out, because the path says it.
    public var removesStream = false
    /// What is in trial on Anthropic's wire, for an upstream that is told so in `anthropic_beta`; nil where a header field
    /// tells it. A caller who writes that member has said it all: then it stays as it came.
    public var betas: [String]?

    public init(model: Model) { self.model = model }

    /// With more of what is in trial, a list as the header field has it, where the body tells it.
    public func adding(betas list: String?) -> PassageEdits {
        guard let list, var betas else { return self }
        let names = list.split { $0 == "," || $0 == " " }.map { String($0) }
        for name in names where !betas.contains(name) { betas.append(name) }
        var edits = self
        edits.betas = betas
        return edits
    }
}
