import Crypto
import Domain
import HTTPTypes
import HummingbirdCore

/// What a page of the portal knows of the request it is made for.
struct PortalContext: Sendable {
    let request: Request
    let cookies: PortalCookies
    /// Nil for somebody who isn't signed in.
    let session: Session?
    /// Of the session, or of the visit: what forms are bound to.
    let token: SecretToken
    let language: Language
    /// The path's parts with a name, such as `id`.
    let parameters: [String: String]
    /// Empty for a page that is only looked at.
    let form: FormBody
    let now: Timestamp
    /// Where callers reach the gateway, without `/v1`.
    let baseURL: String

    /// Letters for 256 bits.
    static let tokenLength = 43

    var actor: Actor? { session?.actor }

    /// Goes into each form, and comes back with it: another site's page can't know it.
    var csrf: String { Self.csrf(of: token) }

    static func csrf(of token: SecretToken) -> String { token.derived(for: "portal form") }

    static func isCSRF(_ text: String, of token: SecretToken) -> Bool {
        AdminToken(csrf(of: token))?.matches(text) ?? false
    }

    /// The user and where, of a request that can't come here without both.
    func signedIn() throws(PortalProblem) -> (session: Session, actor: Actor, organization: Organization) {
        guard let session, let membership = session.membership else { throw .notSignedIn }
        return (
            session, .member(session.user.id, membership.organization.id, membership.role), membership.organization
        )
    }

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    func query(_ name: String) -> String { request.uri.queryParameters[name[...]].map(String.init) ?? "" }

    func say(_ english: String, _ french: String) -> String { language == .french ? french : english }

    /// Who it is, for the admin audit.
    var author: ChangeAuthor {
        let address = request.field("x-ni-client-address").flatMap { IPAddress($0) }?.unwrapped
        return ChangeAuthor(session?.author ?? .visitor, address: address)
    }

    /// Where the request comes from, as the data plane says: callers can't.
    var network: String { SignInThrottle.network(of: request.field("x-ni-client-address")) }
}

extension PortalContext {
    /// Whether a browser says that the request comes from a page of ours. One that says nothing is let through: it has no
    /// cookie that another site could use without the form's token.
    static func isFromOurPage(_ request: Request) -> Bool {
        if let site = request.field("sec-fetch-site"), site != "same-origin" { return false }
        guard let origin = request.headers[.origin] else { return true }
        guard let host = request.head.authority, let end = origin.firstRange(of: "://") else { return false }
        return origin[end.upperBound...].lowercased() == host.lowercased()
    }

    static func randomToken() -> SecretToken {
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var generator = SystemRandomNumberGenerator()
        return SecretToken(
            String((0..<tokenLength).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }))
    }
}

extension SecretToken {
    /// A text that only who has the token can know, and that doesn't tell the token: 64 hexadecimal digits.
    func derived(for purpose: String) -> String {
        HMAC<SHA256>.authenticationCode(
            for: Array(purpose.utf8), using: SymmetricKey(data: Array(text.utf8))
        ).hex
    }
}

/// What the portal can't do, told on a page.
enum PortalProblem: Error, Hashable {
    case notSignedIn
    case foreignForm
    case unreadableForm
    /// - Parameter limit: bytes.
    case formTooLarge(limit: Int)
    case fileTooLarge(limit: Int)
    /// It will be there soon.
    case notReady
    case tooManyTries(seconds: Int64)
    case refused(AccessRefusal)
    case people(PeopleError)
    /// Somebody comes back from an identity provider whom nobody here sent there.
    case signOnLost
    case signOnRefused
    case signOnWithoutRole
    case identityProvider(IdentityProviderError)
    case invalid(LocalizedText)

    var status: Int {
        switch self {
        case .notSignedIn: 401
        case .foreignForm, .refused(.denied), .people(.wrongPassword), .signOnRefused, .signOnWithoutRole,
            .identityProvider(.untrustworthy):
            403
        case .unreadableForm, .invalid, .signOnLost: 400
        case .identityProvider(.unavailable): 502
        case .formTooLarge, .fileTooLarge: 413
        case .tooManyTries: 429
        case .notReady: 503
        case .refused(.unknown), .people(.memberNotFound), .people(.invitationNotFound): 404
        case .people(.linkUnusable): 410
        case .people(.alreadyMember), .people(.lastOwner): 409
        }
    }

    var message: LocalizedText {
        switch self {
        case .notSignedIn: Self.text("Sign in first.", "Connectez-vous d'abord.")
        case .foreignForm:
            Self.text(
                "This form is too old, or came from another site. Open the page again and repeat what you did.",
                "Ce formulaire est trop ancien ou vient d'un autre site. Rouvrez la page et recommencez.")
        case .notReady:
            Self.text(
                "The next checkpoint of the log has it, within a second or two. Try again.",
                "Le prochain point de contrôle du journal l'aura, dans une seconde ou deux. Réessayez.")
        case .unreadableForm: Self.text("The form can't be read.", "Le formulaire est illisible.")
        case .formTooLarge(let limit):
            Self.text(
                "The form is larger than the \(limit) bytes that it may have.",
                "Le formulaire dépasse les \(limit) octets qu'il peut avoir.")
        case .fileTooLarge(let limit):
            Self.text(
                "The file is larger than the \(limit) bytes that it may have here. Send a shorter period, or use the "
                    + "command line.",
                "Le fichier dépasse les \(limit) octets qu'il peut avoir ici. Envoyez une période plus courte, ou "
                    + "utilisez la ligne de commande.")
        case .tooManyTries(let seconds):
            Self.text(
                "There were too many tries. Try again in \(seconds) seconds.",
                "Il y a eu trop de tentatives. Réessayez dans \(seconds) secondes.")
        case .refused(.denied): AdminError.permissionDeniedMessage
        case .refused(.unknown): Self.text("There is no such thing.", "Cela n'existe pas.")
        case .people(let error): error.message
        case .signOnLost:
            Self.text(
                "This sign-in took too long, or didn't begin here. Sign in again.",
                "Cette connexion a pris trop de temps ou n'a pas commencé ici. Connectez-vous de nouveau.")
        case .signOnRefused:
            Self.text(
                "The identity provider didn't let you in. Try again, or ask whoever runs it.",
                "Le fournisseur d'identité ne vous a pas laissé entrer. Réessayez ou demandez à qui le gère.")
        case .signOnWithoutRole:
            Self.text(
                "You are who you say, and have no role here. Ask an owner to invite you, under the address that the "
                    + "identity provider knows, or to give one of your groups a role.",
                "Vous êtes bien qui vous dites, mais n'avez aucun rôle ici. Demandez à un propriétaire de vous inviter, à "
                    + "l'adresse que connaît le fournisseur d'identité, ou de donner un rôle à l'un de vos groupes.")
        case .identityProvider(.unavailable):
            Self.text(
                "The identity provider doesn't answer. Try again in a minute.",
                "Le fournisseur d'identité ne répond pas. Réessayez dans une minute.")
        case .identityProvider(.untrustworthy):
            Self.text(
                "What the identity provider says of you doesn't hold. Sign in again; if it stays so, ask whoever runs "
                    + "the gateway: its log says why.",
                "Ce que le fournisseur d'identité dit de vous ne tient pas. Connectez-vous de nouveau; si cela persiste, "
                    + "demandez à qui gère la passerelle: son journal dit pourquoi.")
        case .invalid(let text): text
        }
    }

    static func text(_ english: String, _ french: String) -> LocalizedText {
        LocalizedText(english: english, french: french)
    }
}

extension PeopleError {
    var message: LocalizedText {
        switch self {
        case .linkUnusable:
            LocalizedText(
                english: "This link was used, has expired or was withdrawn. Ask for another one.",
                french: "Ce lien a servi, a expiré ou a été retiré. Demandez-en un autre.")
        case .wrongPassword:
            LocalizedText(
                english: "The password is wrong. Check it, and try again.",
                french: "Le mot de passe est erroné. Vérifiez-le, puis réessayez.")
        case .alreadyMember:
            LocalizedText(
                english: "Somebody with this e-mail address is a member already. Change the member's role instead.",
                french: "Cette adresse est déjà celle d'un membre. Changez plutôt son rôle.")
        case .memberNotFound:
            LocalizedText(
                english: "The organization has no such member.", french: "L'organisation n'a pas un tel membre.")
        case .invitationNotFound:
            LocalizedText(
                english: "The organization has no such invitation.",
                french: "L'organisation n'a pas une telle invitation.")
        case .lastOwner:
            LocalizedText(
                english: "An organization keeps one owner. Make somebody else an owner first.",
                french: "Une organisation garde un propriétaire. Nommez-en d'abord un autre.")
        }
    }
}
