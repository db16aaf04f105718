/// A part of a request that can't be said on the wire it is to be written for, by the name it has on the OpenAI wire.
public enum ChatEncodingError: Error, Hashable, Sendable {
    /// That wire knows nothing like it, and leaving it out would change the meaning.
    case unsupported(String)
    /// It is wrong on any wire.
    case invalid(String, message: String)
}
