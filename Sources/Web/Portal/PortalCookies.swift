import Domain
import HTTPTypes
import HummingbirdCore

/// The cookies of the portal. Over https their names begin with `__Host-`, which no other host can set (RFC 6265bis,
/// section 4.1.3.2).
struct PortalCookies: Sendable {
    enum Name: String {
        case session = "ni_session"
        /// Binds the forms of somebody who isn't signed in.
        case visitor = "ni_visitor"
        case language = "ni_language"
        /// Somebody is away, at an identity provider.
        case signOn = "ni_sign_on"
    }

    let isSecure: Bool
    private let values: [Substring: Substring]

    init(of request: Request, isSecure: Bool) {
        self.isSecure = isSecure
        let pairs = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }.prefix(100).map { pair in
            let halves = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (halves[0], halves.count == 2 ? halves[1] : "")
        }
        values = Dictionary(pairs) { first, _ in first }
    }

    private func fullName(_ name: Name) -> String { (isSecure ? "__Host-" : "") + name.rawValue }

    func value(_ name: Name) -> String? { values[fullName(name)[...]].map(String.init) }

    /// Nil for what can't be a token of ours.
    func token(_ name: Name) -> SecretToken? {
        guard let text = value(name), text.utf8.count == PortalContext.tokenLength,
            text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber })
        else { return nil }
        return SecretToken(text)
    }

    /// - Parameters:
    ///   - value: nil takes the cookie away.
    ///   - seconds: how long it stays; nil: until the browser is closed.
    func setting(_ name: Name, to value: String?, for seconds: Int64? = nil) -> HTTPField {
        let age = value == nil ? "; Max-Age=0" : seconds.map { "; Max-Age=\($0)" } ?? ""
        let text = "\(fullName(name))=\(value ?? "")\(age); Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
        return HTTPField(name: .setCookie, value: text)
    }
}
