/// What is wrong with a request on the OpenAI wire, by the name of the member at fault.
public enum OpenAIRequestError: Error, Hashable, Sendable {
    case json(JSONError)
    case missing(String)
    case type(String, expected: String)
    case value(String, message: String)
    /// The member occurs twice.
    case repeated(String)
    /// The member's name is written with escapes, which some readers resolve and some don't.
    case escaped(String)
}
