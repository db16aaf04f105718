/// Why a request gets an error in place of an answer. Each dialect has its own words for it.
struct Refusal: Error, Hashable, Sendable {
    enum Reason: Hashable, Sendable {
        /// A marker asked for it.
        case scripted
        case invalid
        /// A member that the provider does not have.
        case unknownMember
        case contextLength
        case badCredential
        case unknownModel
        case unknownPath
        case tooLarge
    }

    var status: Int
    var reason: Reason
    var message: String
    /// The part of the body that is at fault.
    var path: String?
    var retryAfter: String?
    /// The provider's own name for the error, where the status does not say enough.
    var name: String?

    init(
        _ status: Int, _ reason: Reason, _ message: String, path: String? = nil, retryAfter: String? = nil,
        name: String? = nil
    ) {
        self.status = status
        self.reason = reason
        self.message = message
        self.path = path
        self.retryAfter = retryAfter
        self.name = name
    }

    static func invalid(_ message: String, at path: String) -> Refusal {
        Refusal(400, .invalid, path.isEmpty ? message : "\(path): \(message)", path: path.isEmpty ? nil : path)
    }

    static func unknownModel(_ model: String) -> Refusal {
        Refusal(404, .unknownModel, "The model '\(model)' does not exist here.", path: "model")
    }

    static let unknownPath = Refusal(404, .unknownPath, "Nothing answers at this method and path.")
    static let badCredential = Refusal(401, .badCredential, "The credential is missing or is not the one expected.")
}
