/// Fetches the content of the parts of a request that only say where it is. A port: see `Upstream`.
public protocol MediaFetcher: Sendable {
    /// How many addresses one request may name.
    var mostParts: Int { get }

    /// - Parameter urls: as their caller wrote them.
    /// - Returns: for each URL what is there.
    func contents(of urls: [String]) async throws(MediaFetchFailure) -> [[UInt8]]
}

/// Why something could not be fetched. It says nothing that whoever serves it has said, and nothing of networks that the
/// caller can't see.
public struct MediaFetchFailure: Error, Hashable, Sendable {
    /// Which of the URLs it was.
    public let index: Int
    public let reason: Reason

    public init(at index: Int, _ reason: Reason) {
        self.index = index
        self.reason = reason
    }

    public enum Reason: Error, Hashable {
        /// It isn't `https`.
        case scheme
        /// It can't be read, or in more than one way.
        case form
        /// It has a user's name or a password.
        case credentials
        case port
        /// There is no such host, or one of its addresses isn't public. Which of the two isn't told: it would be a way to
        /// ask about names of the operator's own network.
        case host
        case connection
        case certificate
        case redirection
        /// Any HTTP status but 200.
        case status(Int)
        /// It has more bytes than these.
        case size(Int)
        case time
        /// The reply broke off, or isn't one.
        case reply
        /// It is none of the kinds that go where it is named.
        case image, document
        /// Neither an image nor a document is to be there.
        case kind
        /// So much is being fetched that nothing more can be now.
        case busy
    }
}

extension MediaFetchFailure.Reason {
    /// As the end of a sentence.
    var text: LocalizedText {
        switch self {
        case .scheme:
            LocalizedText(
                english: "only https addresses are fetched", french: "seules les adresses https sont récupérées")
        case .form:
            LocalizedText(
                english: "it isn't an address that can be read in one way only",
                french: "ce n'est pas une adresse qui se lit d'une seule façon")
        case .credentials:
            LocalizedText(
                english: "it has a user name or a password in it",
                french: "elle contient un nom d'utilisateur ou un mot de passe")
        case .port:
            LocalizedText(
                english: "nothing is fetched from its port", french: "rien n'est récupéré depuis son port")
        case .host:
            LocalizedText(
                english: "its host can't be found on the public Internet",
                french: "son hôte est introuvable sur l'Internet public")
        case .connection:
            LocalizedText(
                english: "no connection to its host could be made",
                french: "aucune connexion à son hôte n'a pu être établie")
        case .certificate:
            LocalizedText(
                english: "its host has no certificate that is trusted for its name",
                french: "son hôte n'a pas de certificat reconnu pour son nom")
        case .redirection:
            LocalizedText(
                english: "its host says that it is elsewhere, and redirections aren't followed",
                french: "son hôte dit qu'elle est ailleurs, et les redirections ne sont pas suivies")
        case .status(let status):
            LocalizedText(
                english: "its host has answered with the status \(status)",
                french: "son hôte a répondu par le statut \(status)")
        case .size(let most):
            LocalizedText(
                english: "what is there has more than \(most) bytes",
                french: "ce qui s'y trouve dépasse \(most) octets")
        case .time:
            LocalizedText(english: "it took too long", french: "cela a pris trop de temps")
        case .reply:
            LocalizedText(
                english: "its host's answer could not be read to the end",
                french: "la réponse de son hôte n'a pas pu être lue jusqu'au bout")
        case .image:
            LocalizedText(
                english: "what is there is no PNG, JPEG, GIF or WebP image",
                french: "ce qui s'y trouve n'est pas une image PNG, JPEG, GIF ou WebP")
        case .document:
            LocalizedText(
                english: "what is there is no PDF document", french: "ce qui s'y trouve n'est pas un document PDF")
        case .kind:
            LocalizedText(
                english: "only images and PDF documents are fetched",
                french: "seuls les images et les documents PDF sont récupérés")
        case .busy:
            LocalizedText(
                english: "too much is being fetched at the moment", french: "trop de récupérations sont en cours")
        }
    }
}
