/// What upstreams of the OpenAI chat wire differ in, as far as a request is written for one of them.
public struct OpenAIDialect: Hashable, Sendable {
    /// The member that limits how long a reply gets.
    public enum TokenLimit: String, Hashable, Sendable {
        /// OpenAI's reasoning models refuse it.
        case maxTokens = "max_tokens"
        /// Self-hosted servers and older models don't know it.
        case maxCompletionTokens = "max_completion_tokens"
    }

    /// How thinking of earlier turns goes back.
    public enum Thinking: Hashable, Sendable {
        /// What another provider's model thought is of no use to this one, and it can't check it.
        case leftOut
        /// As `thinking_blocks`, which other gateways of this wire take.
        case blocks
        /// As text, in a member such as `reasoning_content`.
        case text(member: String)
    }

    public enum SystemMessages: Hashable, Sendable {
        case anywhere
        /// The prompt templates of many open models refuse one that doesn't come first, and neighbors of one role.
        case first
    }

    /// The upstream's name of the model; nil where it stands in the path.
    public var model: String?
    public var tokenLimit: TokenLimit
    public var thinking = Thinking.leftOut
    public var systemMessages = SystemMessages.anywhere
    /// Whether `developer`, `refusal`, `allowed_tools` and named choices are known, as at OpenAI itself.
    public var isOpenAI = true
    /// The least effort that a model takes which thinks unless it is told not to; nil for other models, which refuse to be
    /// told.
    public var leastEffort: ReasoningEffort?
    /// Whether `temperature` and `top_p` are taken.
    public var takesSampling = true
    /// Whether `top_k` is taken, which OpenAI itself never had.
    public var takesTopK = false

    public init(model: String?, tokenLimit: TokenLimit) {
        self.model = model
        self.tokenLimit = tokenLimit
    }
}
