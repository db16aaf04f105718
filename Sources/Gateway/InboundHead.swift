import Domain
import NIOCore
import NIOHTTP1
import Pipeline

/// The head of a caller's request: what the gateway looks at, picked out in one pass.
///
/// The seam to the HTTP parser: nothing above knows which one it is.
struct InboundHead {
    let method: HTTPMethod
    /// The path, percent-encoded as it came, without the query.
    let path: Substring
    /// Path and query as they came.
    let target: String
    let keepsAlive: Bool
    /// Whether the caller understands chunked replies.
    let isHTTP11: Bool
    private(set) var secret: APIKeySecret?
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false
    private(set) var demands = CallerDemands()
    private(set) var acceptLanguage: String?
    /// For requests that are passed on to the control plane.
    let fields: HTTPHeaders

    init(_ head: HTTPRequestHead) {
        method = head.method
        target = head.uri
        // Over bytes: finding letters in a text costs more than all the rest here.
        path = head.uri[..<(head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) ?? head.uri.endIndex)]
        keepsAlive = head.isKeepAlive
        isHTTP11 = head.version.major > 1 || (head.version.major == 1 && head.version.minor >= 1)
        fields = head.headers
        for (name, value) in head.headers { take(name, value) }
    }

    var language: Language { Language(acceptLanguage: acceptLanguage) }

    private mutating func take(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 6 where name.isEqual("expect"): expectsContinue = value.isEqual("100-continue")
        case 9 where name.isEqual("x-api-key"): secret = secret ?? APIKeySecret(value)
        case 10 where name.isEqual("x-ni-nonce"): demands.nonce = value
        case 13 where name.isEqual("authorization"): secret = Self.bearer(value) ?? secret
        case 14 where name.isEqual("content-length"): contentLength = Int(value)
        case 14 where name.isEqual("x-privacy-tier"): demands.privacyTier = value
        case 15 where name.isEqual("accept-language"): acceptLanguage = value
        case 20 where name.isEqual("x-ni-allow-fallbacks"): demands.fallbacks = value
        case 21 where name.isEqual("x-ni-pii-substitution"): demands.piiSubstitution = value
        default: break
        }
    }

    /// RFC 6750, section 2.1; the scheme's name in any case.
    private static func bearer(_ value: String) -> APIKeySecret? {
        let scheme = value.utf8.prefix(7)
        guard scheme.count == 7, String(Substring(scheme)).isEqual("bearer ") else { return nil }
        let space = UInt8(ascii: " ")
        let token = value.utf8.dropFirst(7).drop { $0 == space }
        let end = token.lastIndex { $0 != space }.map(token.index(after:)) ?? token.startIndex
        return APIKeySecret(String(Substring(token[..<end])))
    }
}

extension String {
    /// Compares with a lower-case text without regard to ASCII case.
    func isEqual(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount
            && zip(utf8, UnsafeBufferPointer(start: lowercase.utf8Start, count: utf8.count)).allSatisfy { byte, other in
                byte == other || (byte | 0x20 == other && UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte)
            }
    }
}
