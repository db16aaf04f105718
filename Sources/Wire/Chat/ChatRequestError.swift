/// What is wrong with a request on a client's wire, by the place of the member at fault, such as `messages[0].content`.
public enum ChatRequestError: Error, Hashable, Sendable {
    case json(JSONError)
    case missing(String)
    case type(String, expected: ExpectedForm)
    case value(String, message: String)
    /// The member occurs twice.
    case repeated(String)
    /// The member's name is written with escapes, which some readers resolve and some don't.
    case escaped(String)
    /// Nobody here knows it, so it can't be said on another wire.
    case unknown(String)
    /// It asks for what this gateway doesn't offer.
    case notOffered(String, message: String)
}

public typealias OpenAIRequestError = ChatRequestError
