import Domain
import Providers

/// Where a publisher's list of addresses comes from.
enum AddressListSource: Hashable, Sendable, CustomStringConvertible {
    case file(String)
    case url(String)

    /// - Throws: ``ConfigurationError`` for a URL that proves nothing: whoever sits on the way could write the list.
    init(_ text: String, of setting: Setting) throws {
        guard text.contains("://") else {
            self = .file(text)
            return
        }
        guard let endpoint = Endpoint(url: text), endpoint.isTLS || endpoint.isOnThisMachine else {
            // The text isn't repeated: what is wrong with it may be a password.
            throw ConfigurationError(
                "'\(setting.key)' must be the path of a file, or an https URL without user and query. Over http only "
                    + "this machine itself is asked.")
        }
        self = .url(text)
    }

    var description: String {
        switch self {
        case .file(let path): path
        case .url(let url): url
        }
    }
}
