/// Why a request on the Responses wire is refused.
public enum ResponsesRequestError: Error, Hashable, Sendable {
    /// It is wrong, by the name of the member at fault.
    case request(OpenAIRequestError)
    /// It needs something that is stored from one request to the next, or that goes on without the caller: a gateway that
    /// keeps nothing doesn't offer it. A surface answers 501 with the ``NotOffered/code``.
    case notOffered(NotOffered)

    public enum NotOffered: String, Hashable, Sendable, CaseIterable {
        case previousResponse = "previous_response_id"
        case conversation
        case background
        case prompt
        case itemReference = "item_reference"

        /// The member of the request.
        public var parameter: String { self == .itemReference ? "input" : rawValue }

        public var code: String { "\(rawValue)_not_offered" }

        /// What to do instead.
        public var message: String {
            switch self {
            case .previousResponse:
                "Responses aren't stored here. Leave out 'previous_response_id', and send the earlier items in 'input'."
            case .conversation:
                "Conversations aren't stored here. Leave out 'conversation', and send the earlier items in 'input'."
            case .background: "Nothing runs in the background here. Leave out 'background', and wait for the answer."
            case .prompt: "Prompts aren't stored here. Leave out 'prompt', and send its text in 'instructions'."
            case .itemReference: "Items aren't stored here. Send the item itself in place of a reference to it."
            }
        }
    }
}
