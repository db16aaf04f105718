import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// The language of a page: what the link to the other language says, else what it said before, else what the browser
/// prefers.
struct PageLanguage {
    let language: Language
    private let isChosenNow: Bool
    private let isSecure: Bool

    /// Over https its name begins with `__Host-`, which no other host can set (RFC 6265bis, section 4.1.3.2).
    private static func cookie(isSecure: Bool) -> String { (isSecure ? "__Host-" : "") + "ni_language" }

    init(of request: Request) {
        isSecure = request.field("x-forwarded-proto") == "https"
        let asked = request.uri.queryParameters["lang"].flatMap { Language(tag: String($0)) }
        isChosenNow = asked != nil
        let name = Self.cookie(isSecure: isSecure) + "="
        let pairs = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }.prefix(100)
        let kept = pairs.map { $0.drop { $0 == " " } }.first { $0.hasPrefix(name) }
            .flatMap { Language(tag: String($0.dropFirst(name.count))) }
        language = asked ?? kept ?? request.language
    }

    /// A page in this language. The choice is kept for a year.
    ///
    /// - Parameter text: the language of what the page is about, where that isn't to be had in this one.
    func page(_ html: String, status: HTTPResponse.Status = .ok, writtenIn text: Language? = nil) -> Response {
        var response = Response.html(html, status: status)
        response.headers[.contentLanguage] = (text ?? language).tag
        response.headers[.vary] = "Accept-Language, Cookie"
        if status == .ok, !isChosenNow { response.headers[.cacheControl] = "public, max-age=60" }
        if isChosenNow {
            response.headers[.setCookie] =
                "\(Self.cookie(isSecure: isSecure))=\(language.tag); Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"
                + (isSecure ? "; Secure" : "")
        }
        return response
    }
}

extension Language {
    init?(tag: String) {
        switch tag {
        case "en": self = .english
        case "fr": self = .french
        default: return nil
        }
    }

    /// As BCP 47 has it.
    var tag: String { self == .french ? "fr" : "en" }
}
