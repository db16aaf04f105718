/// What the encoder has to know of a model and of the door to it.
public struct AnthropicModel: Sendable, Hashable {
    /// Which of `temperature` and `top_p` are taken.
    public enum Sampling: Sendable, Hashable {
        case all
        /// Not both in one request.
        case eitherOne
        case none
    }

    /// How the model is told to think.
    public enum Thinking: Sendable, Hashable {
        case byEffort
        /// By a number of tokens, as up to the generation 4.5.
        case byBudget
        /// Not at all.
        case never
    }

    /// Who takes the request.
    public enum Door: Sendable, Hashable {
        /// Anthropic itself, or a host with all of its API.
        case own
        /// Another cloud: it fetches nothing, keeps no files, and knows no members that concern Anthropic's own service.
        case hosted
    }

    public var door = Door.own
    /// Tokens; 0 where nobody knows.
    public var maximumOutputTokens: Int
    public var sampling = Sampling.all
    public var thinking = Thinking.byEffort
    public var takesSchemas = true
    /// Whether messages may have the role `system`, which only some recent models take.
    public var takesSystemMessages = false

    public init(maximumOutputTokens: Int) { self.maximumOutputTokens = maximumOutputTokens }
}

/// How a body names its model, and what stands in it beside the request.
public struct AnthropicEnvelope: Sendable, Hashable {
    /// Nil where the model stands in the path.
    public var model: String?
    /// `anthropic_version`, where it isn't a header field.
    public var version: String?
    /// Whether the body says that the reply is to be streamed; elsewhere the path says it.
    public var tellsStream = true
    /// Whether only the request's tokens are to be counted, so that nothing concerns an answer.
    public var countsTokens = false

    public init(model: String?, version: String? = nil) {
        self.model = model
        self.version = version
    }
}

/// A part of a request that the Messages wire can't be asked, by its name on the OpenAI wire.
public struct AnthropicEncodingError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The wire, the model or its door knows nothing like it.
        case unsupported
        /// It is wrong on any wire.
        case invalid(message: String)
    }

    public let kind: Kind
    public let parameter: String

    static func unsupported(_ parameter: String) -> Self { Self(kind: .unsupported, parameter: parameter) }

    static func invalid(_ parameter: String, _ message: String) -> Self {
        Self(kind: .invalid(message: message), parameter: parameter)
    }
}
