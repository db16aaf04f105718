/// What a model's reply is made of, in the order in which it comes, whole or streamed.
///
/// An adapter turns its upstream's bytes into these; a client surface turns these into its own bytes.
public enum ChatEvent: Hashable, Sendable {
    /// Who answers, as far as the upstream says: its own id for the reply, and the model it names.
    case started(id: String?, model: String?)
    case text(String)
    /// The model's thinking, where the upstream shows it.
    case reasoning(String)
    /// What proves to the upstream that the thinking before it is its own, when it is sent back.
    case reasoningSignature(String)
    /// Thinking that only the upstream can read: a part of its own.
    case redactedReasoning(data: String)
    case refusal(String)
    /// Calls are counted from 0 over the whole reply, whatever the upstream's own numbering is.
    case toolCallStarted(index: Int, id: String, name: String)
    /// A piece of a call's arguments, as JSON text. A call without arguments has the one piece `{}`.
    case toolCallArguments(index: Int, text: String)
    /// The stop sequence that the reply ends at; it comes before `finished`, where the upstream says which it was.
    case stopSequence(String)
    case finished(ChatFinishReason)
    case usage(ChatUsage)
    /// The upstream's own closing event came: nothing is missing. A reply that ends without it was cut off.
    case ended
}

/// Why a reply ended.
public enum ChatFinishReason: Hashable, Sendable {
    /// The model was done, or came to a stop sequence.
    case stop
    /// The reply is as long as was allowed.
    case length
    /// The context window is full.
    case contextWindow
    case toolCalls
    /// A filter held the reply back.
    case contentFilter
    /// The model refused.
    case refusal
    /// The provider's own tools go on, in another request.
    case paused
}

/// Token counts as the upstream gave them. `cachedInput` and `cacheWrite` are parts of `input`; `reasoning` is a part of
/// `output`.
public struct ChatUsage: Hashable, Sendable {
    public var input: Int
    public var output: Int
    public var cachedInput: Int
    public var cacheWrite: Int
    /// The part of `cacheWrite` that is kept for an hour rather than some minutes, which costs more.
    public var longCacheWrite: Int
    public var reasoning: Int
    /// Where the model has run, in the upstream's own word: Anthropic's wire has it beside the counts.
    public var geography: String?

    public init(
        input: Int, output: Int, cachedInput: Int = 0, cacheWrite: Int = 0, longCacheWrite: Int = 0, reasoning: Int = 0,
        geography: String? = nil
    ) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.longCacheWrite = longCacheWrite
        self.reasoning = reasoning
        self.geography = geography
    }
}
